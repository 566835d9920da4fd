using System.Text.Json.Nodes;
using KrabAuth.Storage;

namespace KrabAuth.Agents;

/// <summary>Adds to a configuration what is not in it. What is there stays as its author wrote it, whatever it says.</summary>
internal static class ConfigMerge
{
    /// <summary>Adds a value at a path of member names, making the objects on the way.</summary>
    /// <returns>The new text; the same text if the path leads to something already; null if something on the way is no object.</returns>
    public static string? Add(string text, IReadOnlyList<string> path, JsonNode value)
    {
        if (Json5Reader.Map(text) is not { } at || text[at.Start] != '{') return null;
        for (int depth = 0; depth < path.Count; depth++)
        {
            if (at.Member(path[depth]) is { } next)
            {
                if (depth == path.Count - 1) return text;
                if (text[next.Start] != '{') return null;
                at = next;
                continue;
            }
            JsonNode wrapped = value.DeepClone();
            foreach (string name in path.Skip(depth + 1).Reverse()) wrapped = new JsonObject { [name] = wrapped };
            return ConfigEditor.Insert(text, at, path[depth], indent => Indented(wrapped, indent));
        }
        return text;
    }

    private static string Indented(JsonNode value, string indent)
        => System.Text.Encoding.UTF8.GetString(JsonText.Serialize(value)).TrimEnd('\n').Replace("\n", "\n" + indent, StringComparison.Ordinal);
}
