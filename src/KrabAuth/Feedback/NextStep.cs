using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace KrabAuth.Feedback;

/// <summary>Finds the command in a recommendation, which is one, ends in one, or only says in words what to do.</summary>
internal static partial class NextStep
{
    private const string Introduction = ": ";

    /// <summary>Parts a recommendation.</summary>
    /// <returns>The words in front of the command, and the command; null if there is none.</returns>
    public static (string Words, string? Command) Read(string recommendation)
    {
        for (int start = 0; ;)
        {
            string rest = recommendation[start..];
            if (IsCommand(rest)) return (recommendation[..start].TrimEnd(), rest);
            int next = recommendation.IndexOf(Introduction, start, StringComparison.Ordinal);
            if (next < 0) return (recommendation, null);
            start = next + Introduction.Length;
        }
    }

    /// <summary>Whether PowerShell would run the text as it stands: cmdlets alone, with nothing to be filled in and no sentence behind.</summary>
    private static bool IsCommand(string text)
    {
        ScriptBlockAst script = Parser.ParseInput(text, out _, out ParseError[] errors);
        if (errors.Length > 0 || script.EndBlock is not { Statements.Count: > 0 } body) return false;
        return body.Statements.All(statement => statement is PipelineAst pipeline && pipeline.PipelineElements.All(element => element is CommandAst))
            && body.Find(part => part is CommandAst call ? !IsCmdlet(call) : part is StringConstantExpressionAst { StringConstantType: StringConstantType.BareWord } word && IsProse(word.Value), searchNestedScriptBlocks: true) is null;
    }

    private static bool IsCmdlet(CommandAst call) => call.GetCommandName() is { } name && CmdletName().IsMatch(name);

    private static bool IsProse(string word) => word.Contains('…', StringComparison.Ordinal) || word is [.., '.' or ',' or ';' or ':'];

    [GeneratedRegex("^[A-Z][a-z]+-[A-Z][A-Za-z]+$")]
    private static partial Regex CmdletName();
}
