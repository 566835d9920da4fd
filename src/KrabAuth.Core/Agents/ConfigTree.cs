using System.Buffers;
using System.Text.Json;
using KrabAuth.Diagnostics;
using KrabAuth.Storage;

namespace KrabAuth.Agents;

/// <summary>A variable that a text of the configuration needs and that is not set.</summary>
/// <param name="Path">The names that lead to the text.</param>
/// <param name="Variable">The variable.</param>
/// <param name="Place">Where the text stands.</param>
internal sealed record ConfigGap(IReadOnlyList<string> Path, string Variable, ConfigPart Place);

/// <summary>A configuration as its readers see it: JSON5, includes merged in, variables put in place.</summary>
internal sealed class ConfigTree
{
    public const string IncludeMember = "$include";

    private readonly List<ConfigGap> _gaps = [];

    private ConfigTree(ConfigNode root, Func<string, string?> variable)
    {
        Root = root;
        Variables = new ConfigVariables(variable, root.Member("env"));
    }

    /// <summary>The merged configuration; always an object.</summary>
    public ConfigNode Root { get; }

    /// <summary>What its texts' variables stand for.</summary>
    public ConfigVariables Variables { get; }

    /// <summary>Variables that were not set when <see cref="ToDocument"/> met them.</summary>
    public IReadOnlyList<ConfigGap> Gaps => _gaps;

    /// <summary>Reads a configuration.</summary>
    /// <param name="path">Its main file.</param>
    /// <param name="variable">The environment: the value of a variable, or null.</param>
    /// <param name="read">Gives the content of a file; null where there is none.</param>
    /// <returns>Null if there is no main file.</returns>
    /// <exception cref="KrabAuthException"><c>ConfigCorrupt</c> or <c>StoreUnreadable</c>.</exception>
    public static ConfigTree? Load(string path, Func<string, string?> variable, Func<string, byte[]?> read)
    {
        string main = Path.GetFullPath(path);
        if (read(main) is not { } bytes) return null;
        ConfigSource source = ConfigSource.Parse(main, bytes);
        ConfigNode root = new ConfigIncludes(source, [main], read).Resolve(source.Root);
        return root.Kind == JsonValueKind.Object ? new ConfigTree(root, variable) : throw new ConfigPart(source, source.Root).Error("the configuration must be an object");
    }

    /// <summary>The value at a path of member names.</summary>
    public ConfigNode? Find(params ReadOnlySpan<string> path)
    {
        ConfigNode? node = Root;
        foreach (string name in path) node = node?.Member(name);
        return node;
    }

    /// <summary>A text with its variables in place.</summary>
    public string? Expand(ConfigNode node) => node.Text is { } text ? Variables.Expand(text, static _ => { }) : null;

    /// <summary>The whole as JSON. The caller disposes it.</summary>
    public JsonDocument ToDocument()
    {
        _gaps.Clear();
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            Write(writer, Root, []);
        }
        return JsonDocument.Parse(buffer.WrittenMemory, new JsonDocumentOptions { MaxDepth = StrictJson.MaxDepth * 12 });
    }

    private void Write(Utf8JsonWriter writer, ConfigNode node, List<string> path)
    {
        switch (node.Kind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach ((string name, ConfigNode value) in node.Members)
                {
                    writer.WritePropertyName(name);
                    path.Add(name);
                    Write(writer, value, path);
                    path.RemoveAt(path.Count - 1);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (ConfigNode item in node.Items) Write(writer, item, path);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Variables.Expand(node.Text!, variable => _gaps.Add(new ConfigGap([.. path], variable, node.Last!))));
                break;
            default:
                node.Last!.Place.Value.WriteTo(writer);
                break;
        }
    }
}
