using System.Text;

namespace KrabAuth.Agents;

/// <summary>The names of agents.</summary>
public static class AgentId
{
    /// <summary>The agent that is there without being made.</summary>
    public const string Main = "main";

    /// <summary>
    /// Lower-case, with every run of characters outside <c>[a-z0-9_-]</c> as one hyphen and none at the ends;
    /// nothing left means <see cref="Main"/>.
    /// </summary>
    public static string Normalize(string? id)
    {
        var normalized = new StringBuilder();
        bool isGap = false;
        foreach (char c in (id ?? string.Empty).Trim().ToLowerInvariant())
        {
            bool fits = char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-';
            if (fits) normalized.Append(c);
            else if (!isGap) normalized.Append('-');
            isGap = !fits;
        }
        string text = normalized.ToString().Trim('-');
        return text.Length == 0 ? Main : text;
    }
}
