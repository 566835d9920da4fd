using System.Text;
using System.Text.Json;
using KrabAuth.Diagnostics;
using KrabAuth.Storage;

namespace KrabAuth.Agents;

/// <summary>One file of a configuration, as its author wrote it.</summary>
internal sealed record ConfigSource(string Path, string Text, Json5Node Root)
{
    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="KrabAuthException"><c>ConfigCorrupt</c>.</exception>
    public static ConfigSource Parse(string path, byte[] bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        (Json5Node? root, JsonProblem? problem) = Json5Reader.Map(text);
        return root is null ? throw AuthErrors.ConfigCorrupt(path, problem!) : new ConfigSource(path, text, root);
    }
}

/// <summary>One of the literals that a value was merged from.</summary>
internal sealed record ConfigPart(ConfigSource Source, Json5Node Place)
{
    /// <summary>Whether it does nothing but include other files.</summary>
    public bool IsOnlyInclude => Place.Children is [{ Name: ConfigTree.IncludeMember }];

    /// <summary>An error that names this place.</summary>
    public KrabAuthException Error(string description) => AuthErrors.ConfigCorrupt(Source.Path, JsonProblem.At(Source.Text, Place.Start, description));

    /// <summary>The place, for people.</summary>
    public override string ToString()
    {
        JsonProblem at = JsonProblem.At(Source.Text, Place.Start, string.Empty);
        return $"{Source.Path}({at.Line},{at.Column})";
    }
}

/// <summary>A value of the configuration after its includes were merged in, with the places that it comes from.</summary>
internal sealed class ConfigNode
{
    private ConfigNode(JsonValueKind kind, IReadOnlyList<ConfigPart> parts)
    {
        Kind = kind;
        Parts = parts;
    }

    /// <summary>What kind of value it is.</summary>
    public JsonValueKind Kind { get; }

    /// <summary>Where it comes from; what a later part says outranks the earlier. None for what includes nothing.</summary>
    public IReadOnlyList<ConfigPart> Parts { get; }

    /// <summary>The members of an object, in order.</summary>
    public List<(string Name, ConfigNode Value)> Members { get; } = [];

    /// <summary>The elements of an array.</summary>
    public List<ConfigNode> Items { get; } = [];

    /// <summary>The part that outranks the others.</summary>
    public ConfigPart? Last => Parts.Count > 0 ? Parts[^1] : null;

    /// <summary>The text, if it is one, as it is written.</summary>
    public string? Text => Kind == JsonValueKind.String ? Last!.Place.Value.GetString() : null;

    /// <summary>A member of an object.</summary>
    public ConfigNode? Member(string name)
    {
        int at = IndexOf(name);
        return at < 0 ? null : Members[at].Value;
    }

    /// <summary>A value that stands in one place, without what is in it.</summary>
    public static ConfigNode At(ConfigPart part) => new(part.Place.Value.ValueKind, [part]);

    /// <summary>An object without anything in it.</summary>
    public static ConfigNode Nothing() => new(JsonValueKind.Object, []);

    /// <summary>The same value with one more, least, part.</summary>
    public ConfigNode Behind(ConfigPart part)
    {
        var node = new ConfigNode(Kind, [part, .. Parts]);
        node.Members.AddRange(Members);
        node.Items.AddRange(Items);
        return node;
    }

    /// <summary>Two arrays become one after the other, two objects are merged member by member; else the second outranks the first.</summary>
    public static ConfigNode Merge(ConfigNode target, ConfigNode source)
    {
        if (target.Kind != source.Kind || target.Kind is not (JsonValueKind.Array or JsonValueKind.Object)) return source;
        var merged = new ConfigNode(target.Kind, [.. target.Parts, .. source.Parts]);
        merged.Items.AddRange(target.Items);
        merged.Items.AddRange(source.Items);
        merged.Members.AddRange(target.Members);
        foreach ((string name, ConfigNode value) in source.Members)
        {
            int at = merged.IndexOf(name);
            if (at < 0) merged.Members.Add((name, value));
            else merged.Members[at] = (name, Merge(merged.Members[at].Value, value));
        }
        return merged;
    }

    private int IndexOf(string name) => Members.FindIndex(member => member.Name == name);
}
