using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Host;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Fuzzing;

/// <summary>Each reader of what others wrote, with what must hold of its every answer.</summary>
internal static class FuzzTargets
{
    private const string State = "the-state-of-this-sign-in";
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static readonly string[] ResetHeaders = ["retry-after", "retry-after-ms", "x-ratelimit-reset-requests", "anthropic-ratelimit-unified-reset", "x-codex-primary-reset-after-seconds"];

    private static readonly string[] JsonWords = ["{", "}", "[", "]", ":", ",", "\"", "\"a\"", "\"a\":", "null", "true", "12", "-0", "1.5e3", "\"\\ud83e\\udd80\"", "\"\\ud83e\""];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("store", Store, [.. JsonWords, "\"version\":1", "\"profiles\":{", "\"p:a\":", "\"type\":\"api_key\"", "\"provider\":\"p\"", "\"key\":\"k\"", "\"order\":", "\"usageStats\":", "\"lastGood\":", "\"expires\":"]),
        new("config", Config, [.. JsonWords, "auth:", "order:", "profiles:", "'single'", "// a\n", "/* b */", "$include:", "'other.json5'", "'main.json5'", "${HOME}", "$${HOME}", "env:", "agents:", "list:", "cooldowns:", "models:", "providers:", "secrets:", "externalCli:", "bindings:", "channels:"]),
        FuzzTarget.OfText("paste", Paste, "http://localhost:1455/auth/callback", "?", "code=", "state=", "&", "#", State, "another", "error=access_denied", "error_description=", "iss=", "https://a.test", "%0a", "c0de"),
        new("callback", Callback, ["GET ", "POST ", "/auth/callback", "?code=c", "&state=s", " HTTP/1.1", " HTTP/1.0", "\r\n", "Host: localhost:1455", "Origin: https://evil.test", "Sec-Fetch-Site: cross-site", "Content-Length: 5", "Transfer-Encoding: chunked", ": ", "\n"]),
        FuzzTarget.OfText("model-reference", Model, "@", "/", ":", "opus", "openai", "gpt-5", "20251001", "q4_k_m", "iq2_xs", "8bit", " ", "me", "x.com", "/model", "list"),
        FuzzTarget.OfText("duration", Duration, "0", "1", "59", "1.5", ".", "ms", "s", "m", "h", "d", "H", "w", "30s", "1h30m", "99999999999999999999"),
        new("token-response", TokenAnswer, [.. JsonWords, "\"access_token\":\"at\"", "\"refresh_token\":\"rt\"", "\"id_token\":", "\"expires_in\":3600", "\"expired_in\":", "\"error\":", "\"error_description\":", "\"code\":", "\"message\":", "\"type\":", "\"invalid_grant\"", "<html>"]),
        new("provider", Provider, [.. JsonWords, "\"id\":\"fuzz\"", "\"oauth\":{", "\"issuer\":\"https://a.test\"", "\"tokenEndpoint\":", "\"http://a.test\"", "\"clientId\":\"c\"", "\"scopes\":", "\"redirectUri\":", "\"expiryMarginSeconds\":", "\"timeoutSeconds\":", "\"command\":", "\"headers\":", "\"apiKey\":", "\"{secret}\"", "\"setupToken\":", "\"probe\":", "\"usage\":", "\"methods\":", "\"extra\":"]),
        FuzzTarget.OfText("failure", Failure, "429", "401", "402", "500", "503", " ", "rate limit", "quota", "billing", "invalid api key", "overloaded", "{\"error\":", "\"type\":", "\"code\":", "\"message\":", "\"status\":", "resets_at", "timeout", "ECONNRESET", "try again in ", "}"),
        FuzzTarget.OfText("reset-time", Reset, "6m0s", "1h2m3.5s", "250ms", "30", "ms", "s", "m", "h", ".", "Sat, 21 Nov 2026 12:30:00 GMT", "2026-11-21T12:30:00Z", "1795262400", "1795262400000", "try again in ", "reset after ", "\"resets_at\":", "\"resets_in_seconds\":", "\"retryDelay\":\"30s\"", "{", "}"),
    ];

    private static void Store(byte[] bytes)
    {
        (StrictJson? json, JsonProblem? problem) = StrictJson.Check(bytes);
        Assert.True(json is null != problem is null);
        if (json is null)
        {
            Assert.True(problem is { Line: > 0, Column: > 0 });
            return;
        }
        AuthStore store;
        try
        {
            store = AuthStoreReader.Read("fuzz", json, "fuzz", json);
        }
        catch (KrabAuthException e)
        {
            Assert.Equal("StoreCorrupt", e.ErrorId);
            return;
        }
        // What is not changed is written back with the same meaning, and read as the same profiles.
        JsonNode node = json.ToNode();
        byte[] written = JsonText.Serialize(node);
        (StrictJson? again, problem) = StrictJson.Check(written);
        Assert.True(again is not null, $"{problem}");
        Assert.True(JsonNode.DeepEquals(node, again.ToNode()));
        Assert.Equal(store.Profiles.Select(profile => profile.Id), AuthStoreReader.Read("fuzz", again, "fuzz", null).Profiles.Select(profile => profile.Id));
        _ = AuthStore.Merge(store, store);
    }

    private static void Config(byte[] bytes)
    {
        string main = Path.GetFullPath("main.json5");
        try
        {
            AuthConfig.Load(main, name => name == "HOME" ? "/home/me" : null, NullAuthLog.Instance, null, path => path == main ? bytes : null);
        }
        catch (KrabAuthException e)
        {
            Assert.True(e.ErrorId is "ConfigCorrupt" or "ConfigVariableMissing" or "StoreUnreadable", e.ErrorId);
        }
    }

    private static void Paste(string text)
    {
        (AuthorizationAnswer? answer, string? problem) = PastedAnswer.Read(text, State);
        Assert.True(answer is null || problem is null);
        if (answer?.Code is not { } code) return;
        Assert.Null(answer.Error);
        Assert.NotEmpty(code);
        // An answer whose one state is another's is never taken.
        int at = text.IndexOf("state=another", StringComparison.Ordinal);
        if (at > 0 && text[at - 1] == '&' && text.AsSpan().Count("state=") == 1 && !text.Contains('#', StringComparison.Ordinal) && text.StartsWith("http://localhost", StringComparison.Ordinal))
        {
            Assert.True(answer.IsBare || !text[..at].Contains("code=", StringComparison.Ordinal), "the state of another sign-in was taken");
        }
    }

    private static void Callback(byte[] bytes)
    {
        if (CallbackRequest.Parse(bytes) is not { } request) return;
        Assert.StartsWith("/", request.Path, StringComparison.Ordinal);
        Assert.DoesNotContain('?', request.Path);
        Assert.All(request.Path + request.Method, c => Assert.InRange(c, '!', '~'));
        Assert.All(request.Headers, header => Assert.DoesNotContain(header.Value, c => c is '\r' or '\n'));
    }

    private static void Model(string text)
    {
        ModelReference reference = ModelReference.Parse(text);
        Assert.Equal(reference, ModelReference.Parse(reference.ToString()));
        _ = ModelDirective.Find(text, ["opus", "x.com", "(", "a|b"]);
    }

    private static void Duration(string text)
    {
        try
        {
            Assert.True(DurationText.Parse(text) >= TimeSpan.Zero);
        }
        catch (KrabAuthException e)
        {
            Assert.Equal("DurationInvalid", e.ErrorId);
        }
    }

    private static void TokenAnswer(byte[] bytes)
    {
        using var network = new OneAnswer(bytes);
        using var http = new OAuthHttp(network, TimeProvider.System);
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://a.test/token");
        OAuthResult<JsonDocument> answer = http.SendAsync(request, Timeout.InfiniteTimeSpan, [Secret.Of("sent")], CancellationToken.None).GetAwaiter().GetResult();
        if (answer.Value is not { } document)
        {
            Assert.True(OAuthText.IsCode(answer.Error!.Code));
            Assert.DoesNotContain(answer.Error.ToString(), char.IsControl);
            return;
        }
        using (document)
        {
            OAuthResult<TokenResponse> read = TokenResponse.Read(document.RootElement, Now);
            if (read.Value is not { } tokens) return;
            Assert.False(string.IsNullOrWhiteSpace(tokens.AccessToken.Reveal()));
            _ = JwtClaims.Text(tokens.AccessToken, ["email"]);
            _ = JwtClaims.Expiry(tokens.AccessToken);
        }
    }

    private static void Provider(byte[] bytes)
    {
        try
        {
            ProviderDefinition definition = ProviderRegistry.Parse(bytes, "fuzz.json");
            Assert.Equal("fuzz", definition.Id);
            foreach (Uri? uri in new[] { definition.OAuth?.Issuer, definition.OAuth?.TokenEndpoint, definition.OAuth?.AuthorizationEndpoint, definition.OAuth?.RevocationEndpoint })
            {
                Assert.True(uri is null || uri.Scheme == "https" || uri.IsLoopback);
            }
            // What can be read can be written, and means the same then.
            Assert.Equal(definition.Id, ProviderRegistry.Parse(JsonText.Serialize(ProviderWriter.Write(definition)), "fuzz.json").Id);
        }
        catch (KrabAuthException e)
        {
            Assert.Equal("ProviderDefinitionInvalid", e.ErrorId);
        }
    }

    private static void Failure(string text)
    {
        int? status = text.Length > 3 && int.TryParse(text.AsSpan(0, 3), out int number) ? number : null;
        foreach (string? code in new[] { null, text })
        {
            ClassifiedFailure failure = FailureClassifier.Classify(new FailureSignal { Status = status, Code = code, Message = text, Cause = new FailureSignal { Message = text } }, Now);
            AssertBounded(failure.Reset);
        }
    }

    private static void Reset(string text)
    {
        Assert.True(ResetTime.Length(text) is null or { Ticks: >= 0 });
        foreach (string header in ResetHeaders)
        {
            var signal = new FailureSignal { Status = 429, Message = text, Headers = new Dictionary<string, string> { [header] = text } };
            AssertBounded(ResetTime.Find(FailureReason.RateLimit, signal, [FailureBody.Read(text)], Now));
        }
    }

    private static void AssertBounded(StatedReset? reset)
        => Assert.True(reset is null || (reset.Until > Now.ToUnixTimeMilliseconds() && reset.Until <= (Now + ResetTime.Longest).ToUnixTimeMilliseconds()), $"{reset?.Until}");

    /// <summary>A network that gives one answer.</summary>
    private sealed class OneAnswer(byte[] body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => Task.FromResult(new HttpResponseMessage(body.Length % 2 == 0 ? HttpStatusCode.OK : HttpStatusCode.BadRequest) { Content = new ByteArrayContent(body) });
    }
}
