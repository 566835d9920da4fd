using System.Text.RegularExpressions;

namespace KrabAuth.Agents;

/// <summary>The names of agents.</summary>
public static partial class AgentId
{
    /// <summary>The agent that is there without being made.</summary>
    public const string Main = "main";

    /// <summary>
    /// Lower-case, with every run of characters outside <c>[a-z0-9_-]</c> as one hyphen and none at the ends;
    /// nothing left means <see cref="Main"/>.
    /// </summary>
    public static string Normalize(string? id)
    {
        string normalized = Unfit().Replace((id ?? string.Empty).Trim().ToLowerInvariant(), "-").Trim('-');
        return normalized.Length == 0 ? Main : normalized;
    }

    [GeneratedRegex("[^a-z0-9_-]+", RegexOptions.CultureInvariant)]
    private static partial Regex Unfit();
}
