using KrabAuth.Routing;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>Names of providers and models, as people and programs spell them.</summary>
public sealed class ProviderIdTests
{
    [Theory]
    [InlineData(null, "", "")]
    [InlineData("  ", "", "")]
    [InlineData(" Z.AI ", "z.ai", "zai")]
    [InlineData("OpenAI", "openai", "openai")]
    public void Names_are_trimmed_and_lower_case_and_compared_by_the_id(string? name, string normalized, string canonical)
        => Assert.Equal((normalized, canonical), (ProviderId.Normalize(name), ProviderId.Canonical(name)));

    /// <summary>An order under a spelling that a peer does not look for is no order for it.</summary>
    [Theory]
    [InlineData("Z.AI", false, "zai")]
    [InlineData("z-ai", false, "zai")]
    [InlineData("opencode-zen", false, "opencode")]
    [InlineData("Z.AI", true, "z.ai")]
    [InlineData("z-ai", true, "z-ai")]
    [InlineData("opencode-zen", true, "opencode-zen")]
    [InlineData("moonshot-ai", false, "moonshot-ai")]
    [InlineData("x-ai", true, "x-ai")]
    public void An_order_is_stored_under_the_spelling_that_the_format_s_programs_look_for(string provider, bool twoFiles, string key) => Assert.Equal(key, ProviderId.OrderKey(provider, twoFiles));

    [Theory]
    [InlineData("opus@work", "opus", "work")]
    [InlineData("@work", "@work", null)]
    [InlineData("@20251001@work", "@20251001@work", null)]
    [InlineData("opus@", "opus@", null)]
    [InlineData("opus@20251001@work", "opus@20251001", "work")]
    [InlineData("a@b/opus", "a@b/opus", null)]
    public void A_profile_is_named_behind_a_model_only(string text, string model, string? profile) => Assert.Equal(new ModelReference(model, profile), ModelReference.Parse(text));
}
