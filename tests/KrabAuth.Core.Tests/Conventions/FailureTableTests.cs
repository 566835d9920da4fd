using System.Text.Json;
using System.Text.RegularExpressions;
using KrabAuth.Routing;

namespace KrabAuth.Core.Tests.Conventions;

/// <summary>The tables of failures hold what the code reads, and nothing that it would overlook.</summary>
public sealed class FailureTableTests
{
    private static readonly string[] GroupMembers = ["name", "reason", "texts", "patterns", "all", "bare", "bareAll", "unless", "providers", "sameAs", "payment"];
    private static readonly string[] StatusMembers = ["statuses", "payment", "groups", "keep", "needsMessage", "except", "else"];

    private readonly JsonElement _root = Load();

    [Fact]
    public void Each_member_is_known()
    {
        Assert.Equal(["context", "codes", "statuses", "payment", "messages", "named"], Names(_root));
        Assert.All(Groups(), group => Assert.Subset(GroupMembers.ToHashSet(), Names(group).ToHashSet()));
        Assert.All(_root.GetProperty("statuses").EnumerateArray(), rule => Assert.Subset(StatusMembers.ToHashSet(), Names(rule).ToHashSet()));
        Assert.All(_root.GetProperty("codes").EnumerateArray(), entry => Assert.Subset(new HashSet<string> { "reason", "codes", "first" }, Names(entry).ToHashSet()));
    }

    [Fact]
    public void Each_reason_is_one()
    {
        Assert.All(Groups().Where(group => group.TryGetProperty("reason", out _)), group => Assert.True(IsReason(group.GetProperty("reason")) || group.GetProperty("reason").GetString() == "none", group.ToString()));
        Assert.All(Groups().Where(group => !group.TryGetProperty("reason", out _)), group => Assert.True(group.GetProperty("payment").GetBoolean()));
        Assert.All(_root.GetProperty("codes").EnumerateArray(), entry => Assert.True(IsReason(entry.GetProperty("reason"))));
        foreach (JsonElement rule in _root.GetProperty("statuses").EnumerateArray())
        {
            if (rule.TryGetProperty("else", out JsonElement otherwise)) Assert.True(IsReason(otherwise), rule.ToString());
            if (rule.TryGetProperty("keep", out JsonElement keep)) Assert.All(keep.EnumerateArray(), reason => Assert.True(IsReason(reason) || reason.GetString() == "none"));
        }
    }

    [Fact]
    public void Each_group_that_is_named_exists_once()
    {
        List<string> names = [.. _root.GetProperty("messages").EnumerateArray().Concat(_root.GetProperty("named").EnumerateArray()).Select(group => group.GetProperty("name").GetString()!)];
        Assert.Equal(names.Count, names.Distinct().Count());
        IEnumerable<string> wanted = _root.GetProperty("statuses").EnumerateArray().SelectMany(rule => Texts(rule, "groups"))
            .Concat(Groups().SelectMany(group => group.TryGetProperty("sameAs", out JsonElement other) ? [other.GetString()!] : Array.Empty<string>()));
        Assert.All(wanted, name => Assert.Contains(name, names));
    }

    [Fact]
    public void Each_expression_runs_in_linear_time_and_each_text_is_in_lower_case()
    {
        foreach (JsonElement group in Groups())
        {
            string context = _root.GetProperty("context").GetString()!;
            List<string> patterns = [.. Texts(group, "patterns").Concat(Texts(group, "bare")).Concat(Texts(group, "unless")).Concat(Lists(group, "all")).Concat(Lists(group, "bareAll")).Select(pattern => pattern.Replace(WordGroup.StatusPlace, context, StringComparison.Ordinal))];
            Assert.All(patterns, pattern => Assert.True(WordGroup.Compile(pattern).Options.HasFlag(RegexOptions.NonBacktracking)));
            Assert.All(Texts(group, "texts").Concat(patterns.Select(pattern => Regex.Replace(pattern, @"\\.", string.Empty))), text => Assert.Equal(text.ToLowerInvariant(), text));
            Assert.True(Texts(group, "texts").Any() || patterns.Count > 0 || group.TryGetProperty("sameAs", out _), "a group that nothing can match");
        }
    }

    [Fact]
    public void No_status_has_two_meanings()
    {
        List<int> statuses = [.. _root.GetProperty("statuses").EnumerateArray().SelectMany(rule => rule.GetProperty("statuses").EnumerateArray().Select(status => status.GetInt32()))];
        Assert.Equal(statuses.Count, statuses.Distinct().Count());
    }

    private static bool IsReason(JsonElement name) => FailureReasons.Names.Contains(name.GetString());

    private static List<string> Names(JsonElement value) => [.. value.EnumerateObject().Select(member => member.Name)];

    private static IEnumerable<string> Texts(JsonElement parent, string name)
        => parent.TryGetProperty(name, out JsonElement list) ? list.EnumerateArray().Select(item => item.GetString()!) : [];

    private static IEnumerable<string> Lists(JsonElement parent, string name)
        => parent.TryGetProperty(name, out JsonElement lists) ? lists.EnumerateArray().SelectMany(list => list.EnumerateArray().Select(item => item.GetString()!)) : [];

    private IEnumerable<JsonElement> Groups()
        => _root.GetProperty("messages").EnumerateArray().Concat(_root.GetProperty("named").EnumerateArray()).Concat(_root.GetProperty("payment").EnumerateArray());

    private static JsonElement Load()
    {
        using Stream stream = typeof(FailureTables).Assembly.GetManifestResourceStream("failures.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
