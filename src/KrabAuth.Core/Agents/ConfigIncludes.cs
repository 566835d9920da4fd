using System.Text.Json;
using KrabAuth.Diagnostics;

namespace KrabAuth.Agents;

/// <summary>
/// Merges the files that <c>$include</c> names into the place where it stands: one path, or several of which each outranks those
/// before it. Paths are relative to the file that they stand in. Members beside it outrank what is included.
/// </summary>
internal sealed class ConfigIncludes(ConfigSource source, IReadOnlyList<string> chain, Func<string, byte[]?> read)
{
    /// <summary>The gateways' own limit.</summary>
    private const int DeepestInclude = 10;

    public ConfigNode Resolve(Json5Node place)
    {
        var part = new ConfigPart(source, place);
        ConfigNode node = ConfigNode.At(part);
        if (node.Kind == JsonValueKind.Array)
        {
            foreach (Json5Node item in place.Children) node.Items.Add(Resolve(item));
        }
        if (node.Kind != JsonValueKind.Object) return node;
        Json5Node? include = place.Member(ConfigTree.IncludeMember);
        foreach (Json5Node member in place.Children)
        {
            if (member != include) node.Members.Add((member.Name, Resolve(member)));
        }
        if (include is null) return node;
        ConfigNode included = Included(include);
        if (part.IsOnlyInclude) return included.Behind(part);
        return included.Kind == JsonValueKind.Object ? ConfigNode.Merge(included, node) : throw Error(include, "members beside $include need an included file that holds an object");
    }

    private ConfigNode Included(Json5Node include)
    {
        if (include.Value.ValueKind == JsonValueKind.String) return Load(include);
        if (include.Value.ValueKind != JsonValueKind.Array) throw Error(include, "$include must be a path or a list of paths");
        ConfigNode merged = ConfigNode.Nothing();
        foreach (Json5Node path in include.Children)
        {
            if (path.Value.ValueKind != JsonValueKind.String) throw Error(path, "$include must be a path or a list of paths");
            merged = ConfigNode.Merge(merged, Load(path));
        }
        return merged;
    }

    private ConfigNode Load(Json5Node place)
    {
        string given = place.Value.GetString()!;
        if (given.Contains('\0', StringComparison.Ordinal)) throw Error(place, "the path of an included file has a zero character in it");
        string path = Path.GetFullPath(given, Path.GetDirectoryName(source.Path)!);
        if (chain.Contains(path)) throw Error(place, $"the file includes itself: {string.Join(" -> ", [.. chain, path])}");
        if (chain.Count > DeepestInclude) throw Error(place, $"includes are more than {DeepestInclude} levels deep");
        if (read(path) is not { } bytes) throw Error(place, $"the included file {path} does not exist");
        ConfigSource file = ConfigSource.Parse(path, bytes);
        return new ConfigIncludes(file, [.. chain, path], read).Resolve(file.Root);
    }

    private KrabAuthException Error(Json5Node place, string description) => new ConfigPart(source, place).Error(description);
}
