using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using KrabAuth.Diagnostics;
using KrabAuth.Host;
using KrabAuth.Storage;

namespace KrabAuth.Completion;

/// <summary>What the completers share: the store that the rest of the line means, and texts that are quoted when they must be.</summary>
internal static class CompletionSource
{
    /// <summary>Opens what the parameters typed so far point to. Reads files, never the network.</summary>
    /// <param name="bound">The parameters.</param>
    /// <param name="prefix">What the names of product and state directory begin with.</param>
    public static AuthWorkspace Workspace(IDictionary bound, string prefix = "") => new(new WorkspaceOptions
    {
        Product = ProductLayout.TryParse(bound[prefix + "Product"]?.ToString(), out Product product) ? product : null,
        StateDirectory = bound[prefix + "StateDirectory"] is string path && path.Length > 0 ? FromSessionLocation(path) : null,
        Host = new SystemHostEnvironment(),
    });

    /// <summary>The session's location is not the process's directory; a relative path means the former.</summary>
    private static string FromSessionLocation(string path)
    {
        if (Path.IsPathRooted(path) || path.StartsWith('~')) return path;
        using var location = PowerShell.Create(RunspaceMode.CurrentRunspace);
        PathInfo? current = location.AddCommand("Microsoft.PowerShell.Management\\Get-Location").AddParameter("PSProvider", "FileSystem").Invoke<PathInfo>().FirstOrDefault();
        return current is null ? path : Path.Combine(current.ProviderPath, path);
    }

    /// <summary>The agent that the line names.</summary>
    public static string? Agent(IDictionary bound) => bound["Agent"] as string;

    /// <summary>The provider on the line. It narrows only where it is one name: several, or a pattern, mean several.</summary>
    public static string? Provider(IDictionary bound)
    {
        string? provider = bound["Provider"] switch
        {
            string one => one,
            object[] { Length: 1 } list => list[0] as string,
            _ => null,
        };
        return string.IsNullOrWhiteSpace(provider) || WildcardPattern.ContainsWildcardCharacters(provider) ? null : provider;
    }

    /// <summary>Whether the line names another state directory or agent to take profiles from.</summary>
    public static bool NamesSource(IDictionary bound) => bound.Contains("FromProduct") || bound.Contains("FromStateDirectory") || bound.Contains("FromAgent");

    /// <summary>
    /// The values that begin with what was typed. Completion is a courtesy: a store that cannot be read completes to nothing, and the
    /// command itself tells why.
    /// </summary>
    /// <param name="typed">What was typed of the word.</param>
    /// <param name="values">The values.</param>
    /// <param name="except">Those that stand on the line already.</param>
    public static IEnumerable<CompletionResult> Offer(string typed, Func<IEnumerable<NamedValue>> values, IReadOnlySet<string>? except = null)
    {
        try
        {
            return [.. values().Where(value => except?.Contains(value.Text) != true).Select(value => Match(typed, value)).OfType<CompletionResult>()];
        }
        catch (Exception e) when (e is KrabAuthException or IOException or UnauthorizedAccessException or RuntimeException)
        {
            return [];
        }
    }

    /// <summary>A result for a value that starts with what was typed, with the typed quote or one that is needed.</summary>
    private static CompletionResult? Match(string typed, NamedValue value)
    {
        char quote = typed.Length > 0 && typed[0] is '\'' or '"' ? typed[0] : '\0';
        if (value.Text.Length == 0 || !value.Text.StartsWith(typed.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase)) return null;
        string text = quote == '"' ? $"\"{Escape(value.Text)}\""
            : quote == '\'' || NeedsQuote(value.Text) ? CommandWord.Quoted(value.Text)
            : value.Text;
        return new CompletionResult(text, TextCells.Clean(value.Text), CompletionResultType.ParameterValue, TextCells.Clean(value.Description.Length > 0 ? value.Description : value.Text));
    }

    private static bool NeedsQuote(string text)
        => text[0] is '@' or '-' || text.Any(c => !(char.IsLetterOrDigit(c) || c is ':' or '.' or '-' or '_' or '@' or '+' or '/'));

    /// <summary>Between double quotes a dollar sign begins a variable, and each of PowerShell's four double quotes ends the text.</summary>
    private static string Escape(string text)
        => string.Concat(text.Select(c => c is '"' or '$' or '`' or '\u201C' or '\u201D' or '\u201E' ? $"`{c}" : c.ToString()));

    /// <summary>The words that stand on the line already, so that a list does not offer them again.</summary>
    public static HashSet<string> Typed(CommandAst command, string wordToComplete) => command
        .FindAll(static ast => ast is StringConstantExpressionAst, searchNestedScriptBlocks: false)
        .Cast<StringConstantExpressionAst>()
        .Select(static word => word.Value)
        .Where(word => word != wordToComplete.Trim('\'', '"'))
        .ToHashSet(StringComparer.OrdinalIgnoreCase);
}
