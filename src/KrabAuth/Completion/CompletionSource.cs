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

    /// <summary>The agent that the line means.</summary>
    public static AuthAgent Agent(IDictionary bound) => Workspace(bound).OpenAgent(bound["Agent"] as string);

    /// <summary>Completion is a courtesy: a store that cannot be read completes to nothing, and the command itself tells why.</summary>
    public static IEnumerable<CompletionResult> Try(Func<IEnumerable<CompletionResult>> complete)
    {
        try
        {
            return [.. complete()];
        }
        catch (Exception e) when (e is KrabAuthException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>A result for a value that starts with what was typed, with the typed quote or one that is needed.</summary>
    public static CompletionResult? Match(string typed, string value, string tooltip)
    {
        char quote = typed.Length > 0 && typed[0] is '\'' or '"' ? typed[0] : '\0';
        string prefix = typed.Trim('\'', '"');
        if (!value.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return null;
        bool needsQuote = quote != '\0' || value.Any(c => !(char.IsLetterOrDigit(c) || c is ':' or '.' or '-' or '_' or '@' or '+')) || value[0] is '@' or '-';
        string mark = quote == '\0' ? "'" : quote.ToString();
        string text = needsQuote ? mark + value.Replace(mark, mark + mark, StringComparison.Ordinal) + mark : value;
        return new CompletionResult(text, value, CompletionResultType.ParameterValue, tooltip.Length > 0 ? tooltip : value);
    }

    /// <summary>The words that stand on the line already, so that a list does not offer them again.</summary>
    public static HashSet<string> Typed(CommandAst command, string wordToComplete) => command
        .FindAll(static ast => ast is StringConstantExpressionAst, searchNestedScriptBlocks: false)
        .Cast<StringConstantExpressionAst>()
        .Select(static word => word.Value)
        .Where(word => word != wordToComplete.Trim('\'', '"'))
        .ToHashSet(StringComparer.OrdinalIgnoreCase);
}
