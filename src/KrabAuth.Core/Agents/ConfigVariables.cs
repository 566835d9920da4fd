using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KrabAuth.Agents;

/// <summary>
/// What <c>${NAME}</c> in a text of the configuration stands for: the variable of the environment, else the one that <c>env</c> of
/// the configuration gives. <c>$${NAME}</c> means the text itself. Names are upper-case; anything else is no variable.
/// </summary>
internal sealed class ConfigVariables
{
    private readonly Func<string, string?> _variable;
    private readonly Dictionary<string, string> _own = new(StringComparer.Ordinal);

    public ConfigVariables(Func<string, string?> variable, ConfigNode? environment)
    {
        _variable = variable;
        foreach ((string name, ConfigNode value) in environment?.Member("vars")?.Members ?? [])
        {
            if (value.Text is { Length: > 0 } text) _own[name] = text;
        }
        foreach ((string name, ConfigNode value) in environment?.Members ?? [])
        {
            if (name is not ("vars" or "shellEnv") && value.Text is { } text && !string.IsNullOrWhiteSpace(text)) _own[name] = text;
        }
    }

    /// <summary>The variables that the configuration gives, for where the environment has none of the name.</summary>
    public IReadOnlyDictionary<string, string> Own => _own;

    /// <summary>Puts values in the place of variables. One that is not set stays as it is written and is reported.</summary>
    public string Expand(string text, Action<string> onMissing)
    {
        if (!text.Contains('$', StringComparison.Ordinal)) return text;
        var expanded = new StringBuilder();
        for (int at = 0; at < text.Length;)
        {
            if (NameAt(text, at, "$${") is { } literal)
            {
                expanded.Append("${").Append(literal).Append('}');
                at += literal.Length + 4;
            }
            else if (NameAt(text, at, "${") is { } name)
            {
                if (Value(name) is { } value) expanded.Append(value);
                else expanded.Append("${").Append(name).Append('}');
                if (Value(name) is null) onMissing(name);
                at += name.Length + 3;
            }
            else
            {
                expanded.Append(text[at++]);
            }
        }
        return expanded.ToString();
    }

    /// <summary>Writes a text so that it is read as it is.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder();
        for (int at = 0; at < text.Length; at++)
        {
            if (NameAt(text, at, "${") is not null) escaped.Append('$');
            escaped.Append(text[at]);
        }
        return escaped.ToString();
    }

    /// <summary>Writes each text in a value so that it is read as it is.</summary>
    public static JsonNode Escape(JsonNode value) => value switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, member.Value is null ? null : Escape(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(item => item is null ? null : Escape(item))]),
        _ => value.GetValueKind() == JsonValueKind.String ? JsonValue.Create(Escape(value.GetValue<string>())) : value.DeepClone(),
    };

    private string? Value(string name)
    {
        string? found = _variable(name);
        if (string.IsNullOrWhiteSpace(found) && _own.TryGetValue(name, out string? own)) found = own;
        return string.IsNullOrEmpty(found) ? null : found;
    }

    private static string? NameAt(string text, int at, string opening)
    {
        if (string.CompareOrdinal(text, at, opening, 0, opening.Length) != 0) return null;
        int start = at + opening.Length;
        int end = text.IndexOf('}', start);
        if (end <= start || char.IsAsciiDigit(text[start])) return null;
        for (int i = start; i < end; i++)
        {
            if (!char.IsAsciiLetterUpper(text[i]) && !char.IsAsciiDigit(text[i]) && text[i] != '_') return null;
        }
        return text[start..end];
    }
}
