using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Providers;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Torture;

/// <summary>What every torture test asserts in the end: nothing is lost, nothing is left, nothing leaked.</summary>
[Trait("Category", "Torture")]
public abstract class TortureBase
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected TestSeed Seed { get; } = TestSeed.New();

    /// <summary>Puts the seed where a person finds it, whatever comes of the test.</summary>
    protected TortureBase() => Tell($"{Seed}");

    protected static void Tell(string text) => TestContext.Current.TestOutputHelper!.WriteLine(text);

    protected static Task Add(TempState state, string id, string key = "sk-or-of-a-test")
        => state.Agent().Profiles.AddAsync(new NewSecret("openrouter", SignInMethod.ApiKey, key) { ProfileId = $"openrouter:{id}" }, Cancellation);

    /// <summary>The error of an action: one of our own, with a next step and without a secret.</summary>
    protected static async Task<KrabAuthException> Fails(Func<Task> action, string errorId)
    {
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(action);
        Assert.True(error.ErrorId == errorId, $"{error.ErrorId}: {error.Message}");
        Assert.Matches(@"\S", error.Remedy.CommandLine);
        AssertNoSecret(error.ToString());
        return error;
    }

    protected static void AssertNoSecret(params IEnumerable<string> texts) => Assert.All(texts, text => Assert.DoesNotContain("sk-or-", text, StringComparison.Ordinal));

    /// <summary>The store is whole, holds what was stored for certain and its own secrets, and nobody left anything beside it.</summary>
    protected static HashSet<string> AssertWhole(TempState state, IReadOnlySet<string> certain)
    {
        (StrictJson? whole, JsonProblem? problem) = StrictJson.Check(File.ReadAllBytes(state.StorePath));
        Assert.True(whole is not null, $"{problem}");
        JsonObject profiles = whole.ToNode()["profiles"]!.AsObject();
        HashSet<string> stored = [.. profiles.Select(profile => profile.Key)];
        List<string> lost = [.. certain.Except(stored)];
        Assert.True(lost.Count == 0, $"{lost.Count} of {certain.Count} lost: {string.Join(", ", lost.Take(5))}");
        foreach ((string id, JsonNode? profile) in profiles)
        {
            if (id.StartsWith("openrouter:w", StringComparison.Ordinal)) Assert.Equal($"sk-or-worker-{id["openrouter:".Length..]}", (string?)profile!["key"]);
        }
        AssertNothingLeft(state);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(state.StorePath));
        return stored;
    }

    protected static void AssertNothingLeft(TempState state)
    {
        Assert.False(Path.Exists(state.LockPath), "a lock was left");
        Assert.DoesNotContain(state.Files(), path => path.EndsWith(".krabtmp", StringComparison.Ordinal));
    }
}
