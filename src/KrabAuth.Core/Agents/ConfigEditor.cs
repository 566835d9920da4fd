using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Storage;

namespace KrabAuth.Agents;

/// <summary>
/// Changes members of a configuration in the files that hold them, and nothing else: includes stay includes, variables stay
/// variables, and a value that says the same already stays as it is written.
/// </summary>
internal sealed class ConfigEditor
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _path;
    private readonly Func<string, string?> _variable;
    private readonly Dictionary<string, byte[]?> _read = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _changed = new(StringComparer.Ordinal);

    /// <summary>Opens a configuration; where there is no file, an empty one that is made when it is changed.</summary>
    /// <exception cref="KrabAuthException"><c>ConfigCorrupt</c> or <c>StoreUnreadable</c>.</exception>
    public ConfigEditor(string path, Func<string, string?> variable)
    {
        _path = Path.GetFullPath(path);
        _variable = variable;
        Tree = Load();
    }

    /// <summary>The configuration with the changes made so far.</summary>
    public ConfigTree Tree { get; private set; }

    /// <summary>The files to write: path, content as it was read, new content.</summary>
    public IEnumerable<(string Path, byte[]? Before, byte[] After)> Changes => _changed.Select(entry => (entry.Key, _read.GetValueOrDefault(entry.Key), entry.Value));

    /// <summary>Sets a member, making the objects that lead to it.</summary>
    public void Set(JsonNode value, params ReadOnlySpan<string> path)
    {
        if (Tree.Find(path) is { } present)
        {
            if (!SaysSame(present, value)) Change(present.Last!, (text, place) => Json5Text.Replace(text, place, ConfigVariables.Escape(value)));
            return;
        }
        Add(ConfigVariables.Escape(value), path);
    }

    /// <summary>Adds a member that is not there, whose texts are written as a configuration writes them: variables in them count.</summary>
    public void AddAsWritten(JsonNode value, params ReadOnlySpan<string> path) => Add(value, path);

    private void Add(JsonNode value, ReadOnlySpan<string> path)
    {
        ConfigNode container = Tree.Root;
        int depth = 0;
        while (depth < path.Length - 1 && container.Member(path[depth]) is { } inner)
        {
            container = inner;
            depth++;
        }
        string name = path[depth];
        for (int missing = path.Length - 1; missing > depth; missing--) value = new JsonObject { [path[missing]] = value };
        if (container.Kind != JsonValueKind.Object || container.Last is not { } part) throw NotThatKind(container, path[..depth], "an object");
        Change(part, (text, place) => Json5Text.Append(text, place, name, value));
    }

    /// <summary>Removes a member from every file that gives it.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(params ReadOnlySpan<string> path)
    {
        bool removed = false;
        while (Tree.Find(path[..^1]) is { } container && container.Member(path[^1]) is not null)
        {
            string name = path[^1];
            ConfigPart part = container.Parts.Last(candidate => candidate.Place.Member(name) is not null);
            Change(part, (text, place) => Json5Text.Remove(text, place, place.Member(name)!));
            removed = true;
        }
        return removed;
    }

    /// <summary>Gives a member another name in every file that gives it.</summary>
    public void Rename(string newName, params ReadOnlySpan<string> path)
    {
        string name = path[^1];
        while (Tree.Find(path[..^1]) is { } container && container.Parts.LastOrDefault(candidate => candidate.Place.Member(name) is not null) is { } part)
        {
            Change(part, (text, place) => Json5Text.Rename(text, place.Member(name)!, newName));
        }
    }

    /// <summary>Adds an element behind the last of an array, or makes the array.</summary>
    public void Append(JsonNode value, params ReadOnlySpan<string> path) => AppendAsWritten(ConfigVariables.Escape(value), path);

    /// <summary>Adds an element whose texts are written as a configuration writes them: variables in them count.</summary>
    public void AppendAsWritten(JsonNode value, params ReadOnlySpan<string> path)
    {
        if (Tree.Find(path) is not { } list)
        {
            Add(new JsonArray(value.DeepClone()), path);
            return;
        }
        if (list.Kind != JsonValueKind.Array) throw NotThatKind(list, path, "a list");
        Change(list.Last!, (text, place) => Json5Text.Append(text, place, null, value));
    }

    /// <summary>Removes the elements of an array that fit.</summary>
    /// <returns>How many there were.</returns>
    public int RemoveItems(Predicate<ConfigNode> fits, params ReadOnlySpan<string> path)
    {
        int removed = 0;
        while (Tree.Find(path) is { Kind: JsonValueKind.Array } list && list.Items.Find(fits) is { } item)
        {
            RemoveItem(list, item);
            removed++;
        }
        return removed;
    }

    /// <summary>Puts a text first in an array that is there, and nowhere else in it.</summary>
    public void MoveToFront(string text, params ReadOnlySpan<string> path)
    {
        if (Tree.Find(path) is not { Kind: JsonValueKind.Array } list || (list.Items.Count > 0 && Tree.Expand(list.Items[0]) == text)) return;
        RemoveItems(item => Tree.Expand(item) == text, path);
        Change(Tree.Find(path)!.Parts.First(part => part.Place.Value.ValueKind == JsonValueKind.Array), (json, place) => Json5Text.Prepend(json, place, JsonValue.Create(ConfigVariables.Escape(text))));
    }

    /// <summary>Puts one text in the place of another in an array.</summary>
    public void ReplaceItems(string text, string newText, params ReadOnlySpan<string> path)
    {
        while (Tree.Find(path) is { Kind: JsonValueKind.Array } list && list.Items.Find(item => Tree.Expand(item) == text) is { } item)
        {
            if (list.Items.Exists(other => Tree.Expand(other) == newText)) RemoveItem(list, item);
            else Change(item.Last!, (json, place) => Json5Text.Replace(json, place, JsonValue.Create(ConfigVariables.Escape(newText))));
        }
    }

    /// <summary>Changes the text of the file that holds a part, and reads the whole again.</summary>
    private void Change(ConfigPart part, Func<string, Json5Node, string> change)
    {
        ConfigSource source = part.Source;
        byte[] content = Strict.GetBytes(change(source.Text, part.Place));
        // What is no UTF-8 would be written back as something else.
        if (Read(source.Path) is { } before && !before.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(source.Text))) throw part.Error("the file is not valid UTF-8 and is not changed");
        _changed[source.Path] = content;
        Tree = Load();
    }

    private void RemoveItem(ConfigNode list, ConfigNode item)
    {
        // An item that an include gives stands in the list as what includes it.
        ConfigPart part = list.Parts.First(candidate => item.Parts.Any(own => own.Source == candidate.Source && candidate.Place.Children.Contains(own.Place)));
        Json5Node at = item.Parts.First(own => own.Source == part.Source && part.Place.Children.Contains(own.Place)).Place;
        Change(part, (text, place) => Json5Text.Remove(text, place, at));
    }

    private bool SaysSame(ConfigNode node, JsonNode value)
    {
        if (value.GetValueKind() == JsonValueKind.String) return Tree.Expand(node) == value.GetValue<string>();
        return node.Parts is [{ } part] && JsonNode.DeepEquals(JsonNode.Parse(part.Place.Value.GetRawText()), value);
    }

    private static KrabAuthException NotThatKind(ConfigNode node, ReadOnlySpan<string> path, string kind)
    {
        string description = $"{string.Join('.', path.ToArray())} must be {kind}";
        return node.Last!.Error(description);
    }

    private ConfigTree Load() => ConfigTree.Load(_path, _variable, Read) ?? ConfigTree.Load(_path, _variable, path => path == _path ? "{}\n"u8.ToArray() : Read(path))!;

    private byte[]? Read(string path)
    {
        if (_changed.TryGetValue(path, out byte[]? changed)) return changed;
        if (!_read.TryGetValue(path, out byte[]? content)) _read[path] = content = FileGuard.ReadAll(path);
        return content;
    }
}
