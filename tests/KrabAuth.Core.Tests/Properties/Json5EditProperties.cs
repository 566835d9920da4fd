using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using KrabAuth.Agents;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Properties;

/// <summary>Whatever a document looks like, an edit changes the member that it means and nothing else, comments included.</summary>
public sealed partial class Json5EditProperties
{
    /// <summary>A document and what is done to it: which container, which child, how.</summary>
    public sealed record Edit(string Text, int Container, int Child, int Kind, string NewText);

    private static readonly string[] Names = ["a", "b", "'c d'", "\"é\"", "$e", "_f", "'it\\'s'"];

    private static readonly string[] Scalars = ["1", "-0x1F", "+.5", "1e3", "true", "null", "'x'", "\"y, z\"", "'// no comment'", "\"/* nor this */\"", "'}'"];

    private static Arbitrary<Edit> Edits => Arb.From(
        from root in Object(3)
        from lead in Trivia
        from tail in Trivia
        from newLine in Gen.Elements("\n", "\r\n")
        from container in Gen.Choose(0, 1000)
        from child in Gen.Choose(0, 1000)
        from kind in Gen.Choose(0, 4)
        from text in Gen.Elements("new", "a \"b\"", "🦀", "it's", "// c")
        select new Edit(Number($"{lead}{root}{tail}").Replace("\n", newLine, StringComparison.Ordinal), container, child, kind, text));

    private static Gen<string> Trivia => Gen.Elements("", "", "", " ", "\n  ", "\n\t", " /*#*/ ", " //#\n  ", "\n  /*#\n*/\n", "\n  //#\n  ");

    [Fact]
    public void An_edit_changes_what_it_means_and_nothing_else() => Property.Holds(Edits, Check);

    [Fact]
    public void A_text_that_looks_like_a_variable_is_read_back_as_it_is() => Property.Holds(
        Arb.From(Gen.Elements("$", "{", "}", "A", "b", "1", "_", "$${A}", "${A}", "é").ListOf().Select(string.Concat)),
        text => Assert.Equal(text, new ConfigVariables(static _ => "!", null).Expand(ConfigVariables.Escape(text), static _ => { })));

    private static void Check(Edit edit)
    {
        Json5Node root = Json5Reader.Map(edit.Text).Root!;
        List<List<int>> containers = [.. Containers(root, [])];
        List<int> path = containers[edit.Container % containers.Count];
        Json5Node container = path.Aggregate(root, (node, index) => node.Children[index]);
        bool isArray = container.Value.ValueKind == JsonValueKind.Array;
        JsonNode expected = Node(root);
        JsonNode target = path.Aggregate((Node: expected, Place: root), (at, index) => (Child(at.Node, at.Place, index)!, at.Place.Children[index])).Node;
        Json5Node? child = container.Children.Count == 0 ? null : container.Children[edit.Child % container.Children.Count];
        JsonNode value = JsonValue.Create(edit.NewText);
        string after;
        switch (child is null ? 0 : edit.Kind)
        {
            case 1 when isArray:
                after = Json5Text.Prepend(edit.Text, container, value);
                target.AsArray().Insert(0, value);
                break;
            case 2:
                after = Json5Text.Remove(edit.Text, container, child!);
                if (isArray) target.AsArray().RemoveAt(container.Children.IndexOf(child!));
                else target.AsObject().Remove(child!.Name);
                break;
            case 3:
                after = Json5Text.Replace(edit.Text, child!, value);
                Assert.Equal(edit.Text[..child!.Start], after[..child.Start]);
                Assert.EndsWith(edit.Text[child.End..], after, StringComparison.Ordinal);
                if (isArray) target.AsArray()[container.Children.IndexOf(child)] = value;
                else target.AsObject()[child.Name] = value;
                break;
            case 4 when !isArray:
                after = Json5Text.Rename(edit.Text, child!, "new name");
                int at = target.AsObject().IndexOf(child!.Name);
                JsonNode? kept = target[child.Name];
                target.AsObject().RemoveAt(at);
                target.AsObject().Insert(at, "new name", kept);
                break;
            default:
                JsonNode added = edit.Child % 2 == 0 ? value : new JsonObject { ["x"] = new JsonObject { ["y"] = value } };
                after = Json5Text.Append(edit.Text, container, isArray ? null : "new name", added);
                if (isArray) target.AsArray().Add(added.DeepClone());
                else target.AsObject().Add("new name", added.DeepClone());
                break;
        }
        (Json5Node? read, JsonProblem? problem) = Json5Reader.Map(after);
        Assert.True(read is not null, $"{problem}\n{after}");
        Assert.Equal(expected.ToJsonString(), Node(read).ToJsonString());
        string gone = child is null ? string.Empty : edit.Kind switch
        {
            2 => edit.Text[child.NameStart..child.End],
            3 => edit.Text[child.Start..child.End],
            _ => string.Empty,
        };
        Assert.Equal(Comments(edit.Text).Except(Comments(gone)), Comments(after));
        if (edit.Text.Contains("\r\n", StringComparison.Ordinal)) Assert.DoesNotContain("\n", after.Replace("\r\n", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        else Assert.DoesNotContain("\r", after, StringComparison.Ordinal);
    }

    private static Gen<string> Value(int depth) => depth == 0
        ? Gen.Elements(Scalars)
        : Gen.Frequency((3, Gen.Elements(Scalars)), (2, Object(depth - 1)), (2, List(depth - 1)));

    private static Gen<string> Object(int depth) => Container('{', '}', Gen.Shuffle(Names).SelectMany(names => Gen.Choose(0, 4).SelectMany(count =>
        Gen.CollectToList(names.Take(count), name => from gap in Trivia from second in Trivia from value in Value(depth) select $"{name}{gap}:{second}{value}"))));

    private static Gen<string> List(int depth) => Container('[', ']', Gen.Choose(0, 3).SelectMany(count => Gen.CollectToList(Enumerable.Range(0, count), _ => Value(depth))));

    private static Gen<string> Container(char open, char close, Gen<List<string>> entries) =>
        from list in entries
        from trivia in Trivia.ListOf(list.Count * 2 + 2)
        from trailing in Gen.Elements(true, false)
        select open + string.Concat(list.Select((entry, index) => trivia[index * 2] + entry + trivia[index * 2 + 1] + (trailing || index < list.Count - 1 ? "," : string.Empty)))
            + trivia[^1] + close;

    /// <summary>Gives each comment a number of its own.</summary>
    private static string Number(string text)
    {
        int next = 0;
        return Hash().Replace(text, _ => $"#{next++}#");
    }

    private static IEnumerable<string> Comments(string text) => Comment().Matches(text).Select(match => match.Value);

    private static IEnumerable<List<int>> Containers(Json5Node node, List<int> path)
    {
        if (node.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) yield break;
        yield return path;
        for (int i = 0; i < node.Children.Count; i++)
        {
            foreach (List<int> inner in Containers(node.Children[i], [.. path, i])) yield return inner;
        }
    }

    private static JsonNode Node(Json5Node place) => JsonNode.Parse(place.Value.GetRawText())!;

    private static JsonNode? Child(JsonNode node, Json5Node place, int index) => node is JsonArray list ? list[index] : node[place.Children[index].Name];

    [GeneratedRegex("#")]
    private static partial Regex Hash();

    [GeneratedRegex("#[0-9]+#")]
    private static partial Regex Comment();
}
