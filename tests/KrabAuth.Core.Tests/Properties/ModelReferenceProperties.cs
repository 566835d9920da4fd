using FsCheck;
using FsCheck.Fluent;
using KrabAuth.Routing;

namespace KrabAuth.Core.Tests.Properties;

public sealed class ModelReferenceProperties
{
    private static Arbitrary<string> Texts => Arb.From(
        from parts in Gen.Elements("@", "/", ":", "opus", "openai", "gpt-5", "20251001", "q4_k_m", "iq2_xs", "8bit", " ", "me", "x.com", "\n", "é", "\ud83e", "/model", "-", "").ListOf()
        select string.Concat(parts));

    [Fact]
    public void Every_text_is_a_reference_and_nothing_of_it_is_lost() => Property.Holds(Texts, text =>
    {
        ModelReference reference = ModelReference.Parse(text);
        string rest = string.Concat(reference.ToString().Where(c => !char.IsWhiteSpace(c)));
        Assert.Equal(string.Concat(text.Where(c => !char.IsWhiteSpace(c))), rest);
        Assert.Equal(reference, ModelReference.Parse(reference.ToString()));
    });

    // Blanks around an @ are dropped, and must not turn a profile into a version when the text is read again.
    [Theory]
    [InlineData("a@ 8bit", "a@ 8bit", null)]
    [InlineData("a@8bit @me", "a@8bit", "me")]
    [InlineData("a @ me", "a", "me")]
    public void Blanks_do_not_change_what_is_meant(string text, string model, string? profile) => Assert.Equal(new ModelReference(model, profile), ModelReference.Parse(text));

    [Fact]
    public void A_directive_is_found_in_any_text_without_a_fault() => Property.Holds(Texts, text =>
    {
        ModelDirective? directive = ModelDirective.Find(text, ["opus", "(", "", "a.b"]);
        if (directive?.Reference is { } reference) Assert.NotEqual(string.Empty, reference.Model);
    });

    [Fact]
    public void A_profile_comes_back_as_it_was_put() => Property.Holds(Arb.From(
        from model in Gen.Elements("opus", "openai/gpt-5", "a/b/c", "claude@20251001", "m/q@q4_k_xl", "x/@cf/model")
        from profile in Gen.Elements("anthropic:work", "openai-codex:me@x.com", "p", "p:20251001")
        select (model, profile)), pair => Assert.Equal(new ModelReference(pair.model, pair.profile), ModelReference.Parse($"{pair.model}@{pair.profile}")));
}
