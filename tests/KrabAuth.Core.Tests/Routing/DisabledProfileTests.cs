using KrabAuth.Diagnostics;
using KrabAuth.Routing;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>What a person took out of use is not used, whoever the provider is.</summary>
public sealed class DisabledProfileTests : IDisposable
{
    private readonly TempState _state = new();

    public void Dispose() => _state.Dispose();

    [Theory]
    [InlineData("openai", false)]
    [InlineData("openrouter", true)]
    [InlineData("kilocode", true)]
    public async Task A_disabled_profile_is_passed_over(string provider, bool isWarnedOf)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        _state.Write("agents/main/agent/auth-profiles.json", $$"""
            { "version": 1, "profiles": {
              "{{provider}}:a": { "type": "api_key", "provider": "{{provider}}", "key": "key-of-a" },
              "{{provider}}:b": { "type": "api_key", "provider": "{{provider}}", "key": "key-of-b" } } }
            """);
        AuthAgent agent = _state.Agent();
        await agent.Profiles.SetEnabledAsync($"{provider}:a", false, cancellation);
        Assert.Equal(isWarnedOf ? 1 : 0, _state.Log.Warnings.Count(warning => warning.Contains("store an order without it", StringComparison.Ordinal)));
        ResolvedOrder order = agent.Orders.Resolve(provider);
        Assert.Equal($"{provider}:b", order.Selected);
        Assert.Equal("disabled by the user", order.Candidates.Single(candidate => candidate.ProfileId == $"{provider}:a").Explanation);
        await agent.Profiles.SetEnabledAsync($"{provider}:b", false, cancellation);
        await Assert.ThrowsAsync<KrabAuthException>(() => agent.Credentials.ForProviderAsync(provider, cancellationToken: cancellation));
        await agent.Profiles.SetEnabledAsync($"{provider}:a", true, cancellation);
        Assert.Equal($"{provider}:a", agent.Orders.Resolve(provider).Selected);
    }
}
