using System.Text;
using KrabAuth.Routing;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>Each member of the tables of failures does what its name says.</summary>
public sealed class FailureTablesTests
{
    private static readonly FailureTables Small = Read("""
        {
          "context": "status ",
          "codes": [{ "reason": "auth", "codes": ["ONE", "TWO"], "first": true }, { "reason": "billing", "codes": ["THREE"] }],
          "statuses": [
            { "statuses": [402, 403], "payment": true, "else": "billing" },
            {
              "statuses": [429], "groups": ["words"], "except": { "text": "a text", "providers": ["p"], "unless": "more" }, "keep": ["none", "auth"],
              "needsMessage": true, "else": "rate_limit"
            }
          ],
          "payment": [{ "name": "of payment", "reason": "rate_limit", "texts": ["later"] }],
          "messages": [{ "name": "words", "reason": "timeout", "texts": ["slow"] }, { "name": "pays", "payment": true, "texts": ["money"] }],
          "named": [{ "name": "by name", "reason": "format", "texts": ["odd"] }]
        }
        """);

    [Fact]
    public void Codes_stand_for_a_reason_in_any_case()
    {
        Assert.Equal((FailureReason.Auth, true), Small.Code("ONE"));
        Assert.Equal((FailureReason.Auth, true), Small.Code("two"));
        Assert.Equal((FailureReason.Billing, false), Small.Code("Three"));
        Assert.Null(Small.Code("FOUR"));
    }

    [Fact]
    public void A_status_has_a_rule()
    {
        Assert.Null(Small.Status(404));
        Assert.Same(Small.Status(402), Small.Status(403));
        StatusRule rule = Small.Status(402)!;
        Assert.Equal((true, false, FailureReason.Billing), (rule.IsPayment, rule.NeedsMessage, rule.Else));
        Assert.Null(rule.Except);
        Assert.Empty(rule.Groups);
        Assert.Empty(rule.Keep);
        rule = Small.Status(429)!;
        Assert.Equal((false, true, FailureReason.RateLimit), (rule.IsPayment, rule.NeedsMessage, rule.Else));
        Assert.Equal(["words"], rule.Groups);
        Assert.Equal(["none", "auth"], rule.Keep);
        (string text, IReadOnlyList<string> providers, string unless) = rule.Except!.Value;
        Assert.Equal(("a text", "p", "more"), (text, Assert.Single(providers), unless));
    }

    [Fact]
    public void Groups_of_words_have_their_place_and_their_name()
    {
        Assert.Equal([("words", FailureReason.Timeout, false), ("pays", null, true)], Small.Messages.Select(group => (group.Name, group.Reason, group.IsPayment)));
        Assert.Equal([("of payment", FailureReason.RateLimit)], Small.PaymentGroups.Select(group => (group.Name, group.Reason)));
        Assert.Equal((FailureReason.Timeout, FailureReason.Format), (Small.Group("words").Reason, Small.Group("by name").Reason));
    }

    [Theory]
    [InlineData("""{ "texts": ["slow"] }""", "too slow", true)]
    [InlineData("""{ "texts": ["slow"] }""", "too fast", false)]
    [InlineData("""{ "patterns": ["^slow$"] }""", "slow", true)]
    [InlineData("""{ "patterns": ["^slow$"] }""", "too slow", false)]
    [InlineData("""{ "patterns": ["<status>4\\d\\d"] }""", "status 429", true)]
    [InlineData("""{ "patterns": ["<status>4\\d\\d"] }""", "files 429", false)]
    [InlineData("""{ "all": [["a", "b"], ["c"]] }""", "b a", true)]
    [InlineData("""{ "all": [["a", "b"], ["c"]] }""", "c", true)]
    [InlineData("""{ "all": [["a", "b"], ["c"]] }""", "a", false)]
    [InlineData("""{ "bare": ["429"] }""", "429", true)]
    [InlineData("""{ "bareAll": [["4", "2"], ["9"]] }""", "24", true)]
    [InlineData("""{ "bareAll": [["4", "2"], ["9"]] }""", "9", true)]
    [InlineData("""{ "bareAll": [["4", "2"], ["9"]] }""", "4", false)]
    [InlineData("""{ "texts": ["slow"], "unless": ["very"] }""", "slow", true)]
    [InlineData("""{ "texts": ["slow"], "unless": ["very"] }""", "very slow", false)]
    [InlineData("""{ "texts": ["slow"], "providers": ["q", "P"] }""", "slow", true)]
    [InlineData("""{ "texts": ["slow"], "providers": ["q"] }""", "slow", false)]
    [InlineData("""{ "sameAs": "other" }""", "the other", true)]
    [InlineData("""{ "sameAs": "other" }""", "this", false)]
    [InlineData("""{ "sameAs": "other", "providers": ["q"] }""", "the other", false)]
    public void Words_match(string group, string text, bool matches) => Assert.Equal(matches, Matches(group, text, isFree: false));

    [Theory]
    [InlineData("""{ "bare": ["429"] }""", false)]
    [InlineData("""{ "bareAll": [["4", "2"]] }""", false)]
    [InlineData("""{ "texts": ["429"] }""", true)]
    [InlineData("""{ "patterns": ["429"] }""", true)]
    [InlineData("""{ "all": [["4", "2"]] }""", true)]
    public void What_is_bare_of_a_status_does_not_count_in_a_program_s_own_words(string group, bool matches) => Assert.Equal(matches, Matches(group, "429", isFree: true));

    /// <summary>The tables that ship are read once in a process; this reads them again.</summary>
    [Fact]
    public void The_tables_that_are_built_in_are_complete()
    {
        FailureTables tables = FailureTables.Load();
        Assert.Equal((FailureReason.AuthPermanent, true), tables.Code("deactivated_workspace"));
        Assert.True(tables.Status(402)!.IsPayment);
        Assert.Equal(FailureReason.Timeout, tables.Group("html").Reason);
        Assert.True(tables.Messages.First(group => group.Name == "rate_limit").Matches("status: 429", provider: null, isFree: true, tables));
        Assert.NotEmpty(tables.PaymentGroups);
    }

    private static bool Matches(string group, string text, bool isFree)
    {
        FailureTables tables = Read($$"""
            {
              "context": "status ", "messages": [{ "name": "asked", {{group.Trim()[1..]}}],
              "named": [{ "name": "other", "texts": ["other"] }]
            }
            """);
        return tables.Group("asked").Matches(text, "p", isFree, tables);
    }

    private static FailureTables Read(string json) => FailureTables.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)));
}
