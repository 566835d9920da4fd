using System.Text;
using System.Text.RegularExpressions;
using KrabAuth.Diagnostics;

namespace KrabAuth.Storage;

/// <summary>Reads <c>.env</c> files: <c>NAME=value</c> or <c>export NAME=value</c>, quoted or not, comments after <c>#</c>.</summary>
internal static partial class EnvFile
{
    /// <returns>The variables in the order of the file, the first of a name counting; null if there is no file.</returns>
    /// <exception cref="KrabAuthException"><c>StoreUnreadable</c>.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>>? Read(string path)
        => FileGuard.ReadAll(path) is { } bytes ? Parse(Encoding.UTF8.GetString(bytes)) : null;

    /// <summary>Reads the text of such a file. Lines that are none of its form are skipped.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Parse(string text)
    {
        var variables = new List<KeyValuePair<string, string>>();
        foreach (string line in text.TrimStart('\uFEFF').Split('\n'))
        {
            Match match = Line().Match(line.TrimEnd('\r'));
            if (!match.Success || variables.Exists(variable => variable.Key == match.Groups["name"].Value)) continue;
            variables.Add(KeyValuePair.Create(match.Groups["name"].Value, Unquote(match.Groups["value"].Value.Trim())));
        }
        return variables;
    }

    private static string Unquote(string value)
    {
        if (value.Length > 0 && value[0] is '"' or '\'' or '`')
        {
            int end = value.IndexOf(value[0], 1);
            if (end > 0) return value[1..end];
        }
        int comment = value.IndexOf(" #", StringComparison.Ordinal);
        return (comment < 0 ? value : value[..comment]).TrimEnd();
    }

    [GeneratedRegex(@"^\s*(?:export\s+)?(?<name>[A-Za-z_][A-Za-z0-9_]*)\s*=(?<value>.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Line();
}
