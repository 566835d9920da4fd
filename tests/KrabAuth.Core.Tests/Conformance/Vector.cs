using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit.Sdk;

namespace KrabAuth.Core.Tests.Conformance;

/// <summary>One measured case: what a peer was given and what it answered.</summary>
public sealed class Vector : IXunitSerializable
{
    private JsonObject _case = [];

    [Obsolete("For the test framework alone.")]
    public Vector()
    {
    }

    private Vector(JsonObject @case) => _case = @case;

    public string Area => _case["area"]!.GetValue<string>();

    public string Name => _case["name"]!.GetValue<string>();

    public JsonObject Given => _case["given"]!.AsObject();

    public JsonNode? Expected => _case["expected"];

    /// <summary>All cases there are.</summary>
    public static IReadOnlyList<Vector> LoadAll()
        => [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Vectors")).SelectMany(path => Load(Path.GetFileName(path)))];

    /// <summary>All cases of a file, in its order.</summary>
    public static IReadOnlyList<Vector> Load(string file)
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", file));
        return [.. JsonNode.Parse(text)!.AsArray().Select(node => new Vector(node!.AsObject()))];
    }

    /// <summary>A text of the input, or null.</summary>
    public string? Text(string name) => Given[name]?.GetValue<string>();

    /// <summary>The measured moment.</summary>
    public long Now => Given["now"]!.GetValue<long>();

    /// <summary>Demands the peer's answer, or ours where the two differ on purpose.</summary>
    public void Answer(JsonNode? actual)
    {
        JsonNode? wanted = DeliberateDifferences.Find(Area, Name) is { } difference ? difference.Ours : Expected;
        Assert.True(JsonNode.DeepEquals(wanted, actual), $"wanted: {wanted?.ToJsonString() ?? "null"}{Environment.NewLine}actual: {actual?.ToJsonString() ?? "null"}");
    }

    public override string ToString() => Name;

    public void Serialize(IXunitSerializationInfo info) => info.AddValue("case", _case.ToJsonString());

    public void Deserialize(IXunitSerializationInfo info)
        => _case = JsonNode.Parse(info.GetValue<string>("case") ?? throw new JsonException("a case without content"))!.AsObject();
}
