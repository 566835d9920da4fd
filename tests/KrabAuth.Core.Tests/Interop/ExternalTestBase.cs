using System.Text.Json.Nodes;
using KrabAuth.Core.Tests.OAuth;
using KrabAuth.Interop;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Interop;

/// <summary>A home directory with the files of other programs, beside a store and a server that knows their refresh tokens.</summary>
public abstract class ExternalTestBase : OAuthTestBase
{
    protected const string ClaudeId = "anthropic:claude-cli";
    protected const string CodexCliId = "openai-codex:codex-cli";
    protected const string ClaudeFile = ".claude/.credentials.json";
    protected const string CodexFile = ".codex/auth.json";

    protected static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    protected ExternalTestBase() => State.Write("agents/main/agent/auth-profiles.json", """{ "version": 1, "profiles": {} }""");

    /// <summary>A file of the home directory.</summary>
    protected string HomeFile(string relative) => Path.Combine(State.Home, relative);

    protected JsonObject HomeJson(string relative) => JsonNode.Parse(File.ReadAllText(HomeFile(relative)))!.AsObject();

    /// <summary>Signs in with Claude Code: a token that ends at the given time from now.</summary>
    protected string WriteClaude(TimeSpan left, string? access = null, string? refresh = null)
    {
        access ??= $"sk-ant-oat01-{Guid.NewGuid():N}";
        State.WriteHome(ClaudeFile, $$"""
            {"claudeAiOauth":{"accessToken":"{{access}}","refreshToken":"{{refresh ?? Server.GrantRefreshToken()}}","expiresAt":{{State.Clock.Milliseconds + (long)left.TotalMilliseconds}},"scopes":["user:inference"],"subscriptionType":"max"},"mcpOAuth":{"accessToken":"of-a-server"} }
            """.Trim());
        return access;
    }

    /// <summary>Signs in with Codex CLI.</summary>
    protected string WriteCodex(FakeAccount? account = null, string? access = null, string? refresh = null)
    {
        account ??= Server.Account;
        access ??= Server.AccessToken(account);
        State.WriteHome(CodexFile, new JsonObject
        {
            ["OPENAI_API_KEY"] = null,
            ["tokens"] = new JsonObject { ["id_token"] = Server.AccessToken(account), ["access_token"] = access, ["refresh_token"] = refresh ?? Server.GrantRefreshToken(account), ["account_id"] = account.Id },
            ["last_refresh"] = "2023-11-14T00:00:00Z",
        }.ToJsonString(new() { WriteIndented = true }));
        return access;
    }

    protected void WriteStore(params (string Id, JsonObject Profile)[] profiles) => State.Write("agents/main/agent/auth-profiles.json", new JsonObject
    {
        ["version"] = 1,
        ["profiles"] = new JsonObject(profiles.Select(profile => KeyValuePair.Create(profile.Id, (JsonNode?)profile.Profile))),
    }.ToJsonString());

    protected JsonObject OAuthProfile(string provider, TimeSpan left, string access = "stored", string refresh = "stored-refresh", string? account = null)
    {
        var profile = new JsonObject { ["type"] = "oauth", ["provider"] = provider, ["access"] = access, ["refresh"] = refresh, ["expires"] = State.Clock.Milliseconds + (long)left.TotalMilliseconds };
        if (account is not null) profile["accountId"] = account;
        return profile;
    }

    protected Task<IReadOnlyList<ExternalLogin>> Sync(params string[] tools) => State.Agent().ExternalLogins.SyncAsync(tools, Cancellation);

    /// <summary>What one program's sign-in came to.</summary>
    protected async Task<ExternalLogin> SyncOne(string tool) => Assert.Single(await Sync(tool));

    protected ExternalLogin Planned(string tool) => Assert.Single(State.Agent().ExternalLogins.Plan(), login => login.Tool == tool);
}
