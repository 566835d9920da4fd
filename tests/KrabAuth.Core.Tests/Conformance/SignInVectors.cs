using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Core.Tests.OAuth;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Secrets;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Conformance;

/// <summary>The recorded cases of signing in: what is asked, what is pasted, what comes back.</summary>
public sealed class SignInVectors
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Vectors("oauth.json", "pkce")]
    public void Proof_key(Vector vector)
    {
        var pkce = Pkce.Create();
        Assert.Matches(vector.Expected!["verifierRegex"]!.GetValue<string>(), pkce.Verifier);
        Assert.Matches(vector.Expected!["challengeRegex"]!.GetValue<string>(), pkce.Challenge);
    }

    [Theory]
    [Vectors("oauth.json", "oauth-paste-codex")]
    public void Pasted(Vector vector)
    {
        // The peers' function gives the state back; ours is told it, and compares.
        string input = vector.Text("input")!;
        string? state = vector.Text("expectedState") ?? vector.Expected!["state"]?.GetValue<string>();
        (AuthorizationAnswer? answer, string? problem) = PastedAnswer.Read(input, state ?? "any");
        bool hasState = PastedAnswer.Read(input, "another").Problem?.StartsWith("State mismatch", StringComparison.Ordinal) == true;
        var result = new JsonObject();
        if (problem?.StartsWith("State mismatch", StringComparison.Ordinal) == true)
        {
            result["error"] = "State mismatch";
        }
        else
        {
            result["code"] = answer?.Code ?? (problem == "Missing authorization code" ? string.Empty : null);
            if (hasState) result["state"] = state;
            else if (state is { Length: 0 }) result["state"] = string.Empty;
        }
        vector.Answer(result);
    }

    [Theory]
    [Vectors("oauth.json", "oauth-codex")]
    public async Task Codex(Vector vector)
    {
        using var server = new FakeAuthorizationServer();
        using var http = new OAuthHttp(server, TimeProvider.System);
        OAuthSettings settings = ProviderCatalog.BuiltIn.Find("openai-codex")!.OAuth!;
        var client = new OAuthClient("openai-codex", settings, http, TimeProvider.System, new FakeHost());
        if (vector.Given["response"] is { } response)
        {
            using JsonDocument document = JsonDocument.Parse(response.ToJsonString());
            vector.Answer(new JsonObject { ["failed"] = client.ToCredential(document.RootElement, null).Error is not null });
        }
        else if (vector.Text("code") is { } code)
        {
            await client.ExchangeAsync(code, Pkce.FromVerifier(vector.Text("verifier")!), settings.RedirectUri, "st", Cancellation);
            ServerRequest request = Assert.Single(server.Requests);
            vector.Answer(new JsonObject
            {
                ["method"] = request.Method,
                ["url"] = request.Url.AbsoluteUri,
                ["contentType"] = request.ContentType,
                ["form"] = new JsonObject(request.Form.Select(parameter => KeyValuePair.Create(parameter.Key, (JsonNode?)parameter.Value))),
            });
        }
        else
        {
            AuthorizationRequest begun = client.Begin(settings.RedirectUri);
            string Given(string value) => value == begun.State ? vector.Text("state")! : value == begun.Pkce.Challenge ? vector.Text("codeChallenge")! : value;
            vector.Answer(new JsonObject
            {
                ["base"] = begun.Url.GetLeftPart(UriPartial.Path),
                ["query"] = new JsonArray([.. ServerRequest.Parse(begun.Url.Query).Select(parameter => new JsonArray(parameter.Key, Given(parameter.Value)))]),
            });
        }
    }

    [Theory]
    [Vectors("oauth.json", "oauth-codex-loopback")]
    public async Task Redirect(Vector vector)
    {
        await using LoopbackListener listener = LoopbackListener.TryStart("http://localhost:0/auth/callback", TimeProvider.System)!;
        listener.Expect(vector.Text("expectedState")!);
        int port = new Uri(listener.RedirectUri).Port;
        Task<string> asking = RawHttp.SendAsync(port, RawHttp.Get(port, vector.Text("request")!), Cancellation);
        await Task.WhenAny(asking, listener.Answer);
        Task shown = listener.Answer.IsCompleted ? listener.ShowAsync(CallbackPages.Success("Codex", null)) : Task.CompletedTask;
        string response = await asking;
        if (RawHttp.Header(response, "Location") is { } next) response = await RawHttp.SendAsync(port, RawHttp.Get(port, next), Cancellation);
        await shown;
        string wanted = vector.Expected!["bodyContains"]!.GetValue<string>();
        vector.Answer(new JsonObject { ["status"] = RawHttp.Status(response), ["bodyContains"] = response.Contains(wanted, StringComparison.OrdinalIgnoreCase) ? wanted : response });
    }

    [Theory]
    [Vectors("oauth.json", "oauth-anthropic")]
    public async Task Anthropic(Vector vector)
    {
        using var server = new FakeAuthorizationServer();
        using var http = new OAuthHttp(server, TimeProvider.System);
        var client = new OAuthClient("anthropic", ProviderCatalog.BuiltIn.Find("anthropic")!.OAuth!, http, TimeProvider.System, new FakeHost());
        await client.RefreshAsync(new OAuthCredential("anthropic", null, Secret.Of(vector.Text("refresh"))), Cancellation);
        ServerRequest request = Assert.Single(server.Requests);
        string absent = Assert.Single(vector.Expected!["absent"]!.AsArray())!.GetValue<string>();
        vector.Answer(new JsonObject { ["url"] = request.Url.AbsoluteUri, ["json"] = request.Json, ["absent"] = request.Json.ContainsKey(absent) ? new JsonArray() : new JsonArray(absent) });
    }

    [Theory]
    [Vectors("oauth.json", "oauth-copilot")]
    public async Task Copilot(Vector vector)
    {
        var clock = new ManualClock();
        DateTimeOffset started = clock.GetUtcNow();
        var prompt = new FakePrompt();
        var polls = new JsonArray();
        using var server = new FakeAuthorizationServer();
        server.Serve("https://github.com/login/device/code", new JsonObject
        {
            ["device_code"] = "the-device-code", ["user_code"] = "U", ["verification_uri"] = "https://github.com/login/device",
            ["interval"] = vector.Given["interval"]!.DeepClone(), ["expires_in"] = vector.Given["expiresIn"]!.DeepClone(),
        });
        foreach (JsonNode? answer in vector.Given["answers"]!.AsArray())
        {
            server.Answer(_ =>
            {
                polls.Add((int)(clock.GetUtcNow() - started).TotalSeconds);
                return FakeAuthorizationServer.Response(HttpStatusCode.OK, new JsonObject { ["error"] = answer!.DeepClone() }.ToJsonString());
            });
        }
        using var http = new OAuthHttp(server, clock);
        OAuthSettings settings = ProviderCatalog.BuiltIn.Find("github-copilot")!.OAuth!;
        var client = new OAuthClient("github-copilot", settings, http, clock, new FakeHost());
        Task<OAuthResult<OAuthCredential>> signIn = new DeviceFlow(client, settings, clock).RunAsync(prompt, Cancellation);
        // Five seconds; five more after each slow_down; and no longer than the code lives.
        foreach (int seconds in new[] { 5, 10, 10 })
        {
            await clock.NextWaitAsync(TimeSpan.FromSeconds(29), Cancellation);
            clock.Advance(TimeSpan.FromSeconds(seconds));
        }
        vector.Answer(new JsonObject { ["pollAtSeconds"] = polls, ["errorContains"] = (await signIn).Error!.Code });
    }

    [Theory]
    [Vectors("storage.json", "redact")]
    public void Redacted(Vector vector) => vector.Answer(Redactor.Redact(vector.Text("text")!));

    [Theory]
    [Vectors("oauth.json", "identity-copy-safe")]
    public void May_be_put_in_its_place(Vector vector) => vector.Answer(AccountIdentity.IsSafeToAdopt(Account(vector.Given["existing"]!), Account(vector.Given["incoming"]!)));

    [Theory]
    [Vectors("oauth.json", "identity-same")]
    public void Same_account(Vector vector) => vector.Answer(AccountIdentity.Matches(Account(vector.Given["a"]!), Account(vector.Given["b"]!)));

    [Theory]
    [Vectors("oauth.json", "identity-mirror")]
    public void Renewed_in_main_too(Vector vector)
    {
        OAuthCredential? existing = vector.Given["existing"] is { } node ? Account(node) : null;
        bool mirrored = TokenRefresher.IsOlderCopy(existing, Account(vector.Given["refreshed"]!));
        vector.Answer(new JsonObject { ["shouldMirror"] = mirrored, ["reason"] = mirrored ? "incoming-fresher" : existing is null ? "no-existing-credential" : "incoming-not-fresher" });
    }

    [Theory]
    [Vectors("oauth.json", "oauth-usable")]
    public void Usable_as_it_is(Vector vector) => vector.Answer(TokenRefresher.IsUsable(Account(vector.Given["credential"]!), vector.Now));

    /// <summary>A credential as a store holds it.</summary>
    internal static OAuthCredential Account(JsonNode node)
    {
        var entry = new JsonObject { ["type"] = "oauth", ["provider"] = "p" };
        foreach ((string name, JsonNode? value) in node.AsObject()) entry[name] = value?.DeepClone();
        using JsonDocument document = JsonDocument.Parse(entry.ToJsonString());
        return Assert.IsType<OAuthCredential>(CredentialReader.Read(string.Create(CultureInfo.InvariantCulture, $"p:{entry.Count}"), document.RootElement).Credential);
    }
}
