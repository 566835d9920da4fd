using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Conformance;

/// <summary>The recorded cases of renewing a token, played against a server in memory.</summary>
public sealed class RefreshVectors
{
    // Played with real locks and waits in RefreshTests and RefreshAgentsTests: there it can be held up at the moment in question.
    [Theory]
    [Vectors("oauth.json", "oauth-scenario", Elsewhere =
    [
        "N concurrent resolvers of one profile (threads, processes, agents) call the endpoint once",
        "after waiting for the lock a credential refreshed by another process is used",
        "refreshed tokens are saved before they are returned",
        "lock not obtained",
    ])]
    public async Task Scenario(Vector vector)
    {
        string id = vector.Text("profileId")!;
        using var state = new TempState();
        using var server = new FakeAuthorizationServer();
        state.Http = server;
        JsonObject stores = vector.Given["stores"]!.AsObject();
        foreach ((string agent, JsonNode? credential) in stores) Store(state, agent, id, credential!);
        bool isFirst = true;
        foreach (JsonNode? answer in vector.Given["refreshAnswers"]?.AsArray() ?? [vector.Given["refreshAnswer"]?.DeepClone()])
        {
            if (answer is null) continue;
            bool changesStores = isFirst;
            isFirst = false;
            server.Answer(request =>
            {
                foreach ((string agent, JsonNode? credential) in changesStores ? vector.Given["duringRefresh"] as JsonObject ?? [] : []) Store(state, agent, id, credential!);
                return Response(answer, request, vector.Now);
            });
        }
        string? token = null;
        KrabAuthException? error = null;
        try
        {
            AuthAgent agent = state.Agent(vector.Text("agent"));
            if (vector.Name.StartsWith("forced", StringComparison.Ordinal)) await agent.Credentials.RenewAsync(id, TestContext.Current.CancellationToken);
            token = (await agent.Credentials.ForProfileAsync(id, TestContext.Current.CancellationToken)).Secret.Reveal();
        }
        catch (KrabAuthException e)
        {
            error = e;
        }
        var result = new JsonObject();
        foreach ((string name, JsonNode? wanted) in vector.Expected!.AsObject())
        {
            result[name] = name switch
            {
                "apiKey" => token,
                "httpCalls" => server.Requests.Count,
                "result" => error is { ErrorId: "NotRefreshable" } ? null : token,
                "mainAfter" or "subAfter" => Members(state, name[..^"After".Length], id, wanted!.AsObject()),
                "errorContains" => error!.Message.Contains(wanted!.GetValue<string>(), StringComparison.Ordinal) ? wanted.DeepClone() : error.Message,
                "errorNotContains" => new JsonArray([.. wanted!.AsArray().Where(text => !error!.ToString().Contains(text!.GetValue<string>(), StringComparison.Ordinal)).Select(text => text!.DeepClone())]),
                _ => throw new ArgumentException($"A new kind of outcome: {name}.", nameof(vector)),
            };
        }
        vector.Answer(result);
    }

    [Theory]
    [Vectors("oauth.json", "refresh-failure")]
    public async Task Whether_signing_in_again_is_the_only_way(Vector vector)
    {
        // The peers read it out of their own message; ours knows it from what the server said.
        string said = vector.Text("message")!["OAuth token refresh failed for ".Length..];
        string provider = said[..said.IndexOf(':', StringComparison.Ordinal)];
        said = said[(provider.Length + 2)..];
        using var state = TempState.WithStore($$"""{ "profiles": { "{{provider}}:a": { "type": "oauth", "provider": "{{provider}}", "access": "a", "refresh": "r", "expires": 1 } } }""");
        using var server = new FakeAuthorizationServer();
        state.Http = server;
        if (said == "network down") server.Fail(said);
        else if (said.StartsWith("401 ", StringComparison.Ordinal)) server.Answer(HttpStatusCode.Unauthorized, said[4..]);
        else if (said == "invalid_grant") server.Answer(HttpStatusCode.BadRequest, """{"error":"invalid_grant"}""");
        else server.Answer(HttpStatusCode.Unauthorized, new JsonObject { ["error"] = new JsonObject { ["message"] = said } }.ToJsonString());
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => state.Agent().Credentials.ForProfileAsync($"{provider}:a", TestContext.Current.CancellationToken));
        Assert.StartsWith($"OAuth token refresh failed for {provider}: ", error.Message, StringComparison.Ordinal);
        bool needed = vector.Expected!["reason"] is not null;
        Assert.Equal(needed ? "SignInNeeded" : "RefreshFailed", error.ErrorId);
    }

    private static void Store(TempState state, string agent, string id, JsonNode credential) => state.Write(
        $"agents/{agent}/agent/auth-profiles.json", new JsonObject { ["profiles"] = new JsonObject { [id] = credential.DeepClone() } }.ToJsonString());

    private static JsonObject Members(TempState state, string agent, string id, JsonObject wanted)
    {
        JsonNode profile = JsonNode.Parse(File.ReadAllText(state.InAgent("auth-profiles.json", agent)))!["profiles"]![id]!;
        return new JsonObject(wanted.Select(member => KeyValuePair.Create(member.Key, profile[member.Key]?.DeepClone())));
    }

    private static HttpResponseMessage Response(JsonNode answer, ServerRequest request, long now)
    {
        if (answer is JsonObject tokens)
        {
            if (tokens["requiresRefreshToken"] is { } required) Assert.Equal(required.GetValue<string>(), request["refresh_token"]);
            return FakeAuthorizationServer.Response(HttpStatusCode.OK, new JsonObject
            {
                ["access_token"] = tokens["access"]!.DeepClone(),
                ["refresh_token"] = tokens["refresh"]!.DeepClone(),
                ["expires_in"] = (tokens["expires"]!.GetValue<long>() - now) / 1000,
            }.ToJsonString());
        }
        return answer.GetValue<string>() switch
        {
            "error 503" => FakeAuthorizationServer.Response(HttpStatusCode.ServiceUnavailable, string.Empty),
            "401 refresh_token_reused" => FakeAuthorizationServer.Response(HttpStatusCode.Unauthorized, """{"error":{"code":"refresh_token_reused"}}"""),
            "500 body echoes SECRETREFRESH" => FakeAuthorizationServer.Response(HttpStatusCode.InternalServerError, """{"error":"server_error","error_description":"SECRETREFRESH SECRETACCESS"}"""),
            string other => throw new ArgumentException($"A new kind of answer: {other}.", nameof(answer)),
        };
    }
}
