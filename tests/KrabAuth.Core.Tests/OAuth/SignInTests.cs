using System.Text.Json.Nodes;
using KrabAuth.Profiles;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>Which id a sign-in gets, what it may replace, and what changes with it.</summary>
public sealed class SignInTests : OAuthTestBase
{
    private const string Id = "acme:me@example.com";

    private static readonly FakeAccount Team = new("acct-22222222", "me@example.com");

    public SignInTests() => DefineAcme();

    // #149502: a new sign-in of the same account keeps its id, whatever the id is.
    [Fact]
    public async Task The_same_account_keeps_its_id()
    {
        await SignInAs(Server.Account, request => request with { ProfileId = "acme:work" });
        Assert.Equal("acme:work", (await SignInAs(Server.Account)).ProfileId);
        Assert.Equal("acme:work", Assert.Single(State.Agent().Profiles.List()).ProfileId);
    }

    [Fact]
    public async Task Two_accounts_with_one_e_mail_stay_apart()
    {
        Assert.Equal(Id, (await SignInAs(Server.Account)).ProfileId);
        string second = (await SignInAs(Team)).ProfileId;
        Assert.Equal($"{Id}-22222222", second);
        Assert.Equal(("acct-11111111", "acct-22222222"), (Text(StoredProfile(Id), "accountId"), Text(StoredProfile(second), "accountId")));
        Assert.Equal(second, (await SignInAs(Team)).ProfileId);
    }

    [Fact]
    public async Task An_account_without_an_e_mail_is_named_after_itself() => Assert.Equal("acme:id-11111111", (await SignInAs(new FakeAccount("acct-11111111", null))).ProfileId);

    [Theory]
    [InlineData("acme:work", "acme:work")]
    [InlineData("work", "acme:work")]
    public async Task An_id_can_be_given(string given, string id) => Assert.Equal(id, (await SignInAs(Server.Account, request => request with { ProfileId = given })).ProfileId);

    [Fact]
    public async Task Another_account_is_not_overwritten_without_force()
    {
        await SignInAs(Server.Account, request => request with { ProfileId = "work" });
        string before = State.ReadStore();
        await Refused(() => SignInAs(Team, request => request with { ProfileId = "work" }), "ProfileExists");
        Assert.Equal(before, State.ReadStore());
        await SignInAs(Team, request => request with { ProfileId = "work", Force = true });
        Assert.Equal("acct-22222222", Text(StoredProfile("acme:work"), "accountId"));
    }

    // Nobody signs in first and is told then that it was for nothing.
    [Theory]
    [InlineData("acme:key", "ProfileExists")]
    [InlineData("other:key", "ProviderMismatch")]
    [InlineData("other:new", "ProfileIdInvalid")]
    [InlineData("acme:a b", "ProfileIdInvalid")]
    [InlineData("sk-abcdefghijklmnopqrstuvwxyz", "ProfileIdInvalid")]
    public async Task An_id_that_cannot_be_is_refused_before_anybody_is_asked(string id, string errorId)
    {
        State.Write("agents/main/agent/auth-profiles.json", """
            { "profiles": { "acme:key": { "type": "api_key", "provider": "acme", "key": "k" }, "other:key": { "type": "api_key", "provider": "other", "key": "k" } } }
            """);
        string before = State.ReadStore();
        await Refused(() => SignIn(Acme, request => request with { ProfileId = id }), errorId);
        Assert.False(Prompt.Address.IsCompleted);
        Assert.Empty(Server.Requests);
        Assert.Equal(before, State.ReadStore());
    }

    [Theory]
    [InlineData("""{ "type": "api_key", "provider": "acme", "key": "k" }""")]
    [InlineData("""{ "type": "token", "provider": "acme", "token": "t" }""")]
    public async Task A_key_or_a_token_under_the_id_of_the_account_is_not_overwritten(string profile)
    {
        State.Write("agents/main/agent/auth-profiles.json", $$"""{ "profiles": { "{{Id}}": {{profile}} } }""");
        Assert.Equal($"{Id}-11111111", (await SignInAs(Server.Account)).ProfileId);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(profile), StoredProfile(Id)));
    }

    // #69414: the new sign-in is the one that is used, and nothing else changes.
    [Fact]
    public async Task A_stored_order_gets_it_in_front()
    {
        State.Write("agents/main/agent/auth-profiles.json", """
            {
              "version": 1, "future": { "a": 1 },
              "profiles": { "acme:default": { "type": "oauth", "provider": "acme", "access": "a", "refresh": "r", "expires": 1, "accountId": "acct-old" } },
              "order": { "acme": ["acme:default"], "p": ["p:a"] }
            }
            """);
        await SignInAs(Server.Account);
        JsonNode store = JsonNode.Parse(State.ReadStore())!;
        Assert.Equal($$"""{"acme":["{{Id}}","acme:default"],"p":["p:a"]}""", store["order"]!.ToJsonString());
        Assert.Equal("""{"a":1}""", store["future"]!.ToJsonString());
        Assert.Equal(Id, State.Agent().Orders.Select(Acme));
        await SignInAs(new FakeAccount("acct-old", null));
        Assert.Equal($$"""["acme:default","{{Id}}"]""", JsonNode.Parse(State.ReadStore())!["order"]!["acme"]!.ToJsonString());
    }

    [Fact]
    public async Task Without_an_order_none_is_made()
    {
        await SignInAs(Server.Account);
        Assert.Null(JsonNode.Parse(State.ReadStore())!["order"]);
    }

    // Design §5.8: signing in again ends the windows of that profile.
    [Fact]
    public async Task Its_waits_end_and_what_the_server_refused_is_forgotten()
    {
        await SignInAs(Server.Account);
        JsonObject store = JsonNode.Parse(State.ReadStore())!.AsObject();
        store["usageStats"] = new JsonObject
        {
            [Id] = new JsonObject { ["lastUsed"] = 7, ["cooldownUntil"] = 9_999_999_999_999, ["disabledUntil"] = 9_999_999_999_999, ["errorCount"] = 3, ["krabauthRefusedRefresh"] = "0123456789abcdef" },
        };
        store["profiles"]![Id]!["displayName"] = "Mine";
        store["profiles"]![Id]!["future"] = 1;
        State.Write("agents/main/agent/auth-profiles.json", store.ToJsonString());
        await SignInAs(Server.Account);
        Assert.Equal("""{"lastUsed":7,"errorCount":0}""", JsonNode.Parse(State.ReadStore())!["usageStats"]![Id]!.ToJsonString());
        Assert.Equal(("Mine", 1), (Text(StoredProfile(Id), "displayName"), StoredProfile(Id)["future"]!.GetValue<int>()));
    }

    // A program that spells the provider by its alias goes on finding the profile.
    [Fact]
    public async Task The_spelling_of_the_provider_stays()
    {
        State.Write("agents/main/agent/auth-profiles.json", """
            { "profiles": { "codex-cli:me": { "type": "oauth", "provider": "codex-cli", "access": "a", "refresh": "r", "expires": 1, "accountId": "acct-11111111" } } }
            """);
        Task<AuthProfile> signIn = SignIn(Codex);
        await PasteAnswer();
        Assert.Equal("codex-cli:me", (await signIn).ProfileId);
        Assert.Equal("codex-cli", Text(StoredProfile("codex-cli:me"), "provider"));
    }

    [Fact]
    public async Task A_definition_of_the_users_replaces_the_one_of_the_catalog()
    {
        State.Write("providers/openai-codex.json", """
            { "id": "openai-codex", "oauth": { "authorizationEndpoint": "https://own.test/a", "tokenEndpoint": "https://own.test/t", "clientId": "mine", "redirectUri": "http://localhost:0/cb" } }
            """);
        Task<AuthProfile> signIn = SignIn("codex-cli");
        await PasteAnswer();
        await signIn;
        Assert.Equal(("https://own.test/t", "mine"), (Assert.Single(Server.TokenRequests).Url.AbsoluteUri, Server.TokenRequests[0]["client_id"]));
    }

    // CVE-2026-21852, CVE-2026-48501: what a definition is for stands in its name, so that no token goes to another's server.
    [Fact]
    public async Task A_definition_under_another_name_is_refused()
    {
        State.Write("providers/acme.json", State.Workspace().Registry.Find(Acme) is null ? string.Empty : """{ "id": "openai-codex", "oauth": { "authorizationEndpoint": "https://evil.test/a", "tokenEndpoint": "https://evil.test/t", "clientId": "x" } }""");
        await Refused(() => SignIn(Acme), "ProviderDefinitionInvalid");
        Assert.Empty(Server.Requests);
    }

    [Theory]
    [InlineData("http://auth.acme.test/token")]
    [InlineData("file:///etc/passwd")]
    [InlineData("not a uri")]
    public async Task An_endpoint_of_the_users_that_is_not_https_is_refused(string endpoint)
    {
        DefineAcme(new JsonObject { ["tokenEndpoint"] = endpoint });
        await Refused(() => SignIn(Acme), "ProviderDefinitionInvalid");
    }

    private async Task<AuthProfile> SignInAs(FakeAccount account, Func<SignInRequest, SignInRequest>? with = null)
    {
        Server.Account = account;
        // A person and a terminal of its own for each sign-in.
        var prompt = new FakePrompt();
        Task<AuthProfile> signIn = State.Agent().SignIns.SignInAsync((with ?? (request => request))(new SignInRequest(Acme)), prompt, Browser, Cancellation);
        prompt.Paste(Server.Authorize((await prompt.Address.WaitAsync(Cancellation)).Address).AbsoluteUri);
        return await signIn;
    }
}
