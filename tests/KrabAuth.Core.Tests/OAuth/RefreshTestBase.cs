using System.Text.Json.Nodes;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>A stored sign-in of openai-codex, and the server that knows its refresh token.</summary>
public abstract class RefreshTestBase : OAuthTestBase
{
    protected const string Id = CodexId;

    protected static readonly TimeSpan Expired = TimeSpan.FromSeconds(-1);

    /// <summary>Usable no longer, but alive.</summary>
    protected static readonly TimeSpan Ending = TimeSpan.FromSeconds(30);

    protected string Refresh => Text(StoredProfile(Id), "refresh")!;

    protected string Access => Text(StoredProfile(Id), "access")!;

    /// <summary>Stores a sign-in that ends at the given time from now.</summary>
    protected JsonObject Store(TimeSpan left, string? refresh = null, string agent = "main", FakeAccount? account = null, Action<JsonObject>? change = null)
    {
        account ??= Server.Account;
        string access = Server.AccessToken(account);
        var profile = new JsonObject
        {
            ["type"] = "oauth",
            ["provider"] = Codex,
            ["access"] = access,
            ["refresh"] = refresh ?? Server.GrantRefreshToken(account),
            ["expires"] = State.Clock.Milliseconds + (long)left.TotalMilliseconds,
            ["accountId"] = account.Id,
            ["email"] = account.Email,
        };
        change?.Invoke(profile);
        Put(profile, agent);
        return profile;
    }

    /// <summary>Writes the store as a program does that honours no lock.</summary>
    protected void Put(JsonObject profile, string agent = "main")
        => State.Write($"agents/{agent}/agent/auth-profiles.json", new JsonObject { ["version"] = 1, ["profiles"] = new JsonObject { [Id] = profile.DeepClone() } }.ToJsonString());

    protected async Task<string> Token(string? agent = null)
        => (await State.Agent(agent).Credentials.ForProfileAsync(Id, Cancellation)).Secret.Reveal();

    protected Task Renew(string? agent = null) => State.Agent(agent).Credentials.RenewAsync(Id, Cancellation);
}
