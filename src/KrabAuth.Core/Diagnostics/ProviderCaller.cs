using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.OAuth;
using KrabAuth.Providers;
using KrabAuth.Secrets;

namespace KrabAuth.Diagnostics;

/// <summary>What goes into the placeholders of a request.</summary>
internal sealed record CallValues(string? Model = null, string? Prompt = null, int MaxTokens = 1);

/// <summary>What came of a request.</summary>
/// <param name="Answer">The answer, unless there is an error. Disposed by who asked.</param>
/// <param name="Error">The error.</param>
/// <param name="Latency">How long the provider took, if it was asked.</param>
internal sealed record CallResult(JsonDocument? Answer, OAuthError? Error, TimeSpan? Latency);

/// <summary>
/// Asks providers something with a credential of the agent's: through the same safe client as the token endpoints, with a
/// time limit on all of it, a renewal of the token included.
/// </summary>
internal sealed class ProviderCaller : IDisposable
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(1);

    private readonly AuthAgent _agent;
    private readonly TimeSpan _timeout;
    private readonly HttpMessageHandler _handler;
    private readonly OAuthHttp _http;
    private readonly TimeProvider _clock;

    public ProviderCaller(AuthAgent agent, TimeSpan timeout)
    {
        _agent = agent;
        // A timer takes neither nothing nor what is longer than seven weeks.
        _timeout = timeout < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : timeout > LongestTimeout ? LongestTimeout : timeout;
        _clock = agent.Workspace.Options.Clock;
        _handler = agent.Workspace.Options.Http ?? OAuthHttp.CreateHandler();
        _http = new OAuthHttp(_handler, _clock);
    }

    public void Dispose()
    {
        _http.Dispose();
        if (_agent.Workspace.Options.Http is null) _handler.Dispose();
    }

    /// <summary>Sends a request for a target.</summary>
    /// <exception cref="KrabAuthException">The credential cannot be used; nothing was sent.</exception>
    public async Task<CallResult> CallAsync(ProviderTarget target, ProviderRequest request, CallValues values, CancellationToken cancellationToken)
    {
        using var expiry = new CancellationTokenSource(_timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellationToken);
        TimeSpan? latency = null;
        try
        {
            UsableCredential credential = await _agent.Credentials.ForTargetAsync(target, either.Token).ConfigureAwait(false);
            _agent.Workspace.Log.Verbose($"Asking {new Uri(Address(request, values)).Host} with {target.ProfileId ?? target.Label}.");
            long start = _clock.GetTimestamp();
            OAuthResult<JsonDocument> result = await _http.SendAsync(Message(request, values, credential), _timeout, [credential.Secret], either.Token).ConfigureAwait(false);
            latency = _clock.GetElapsedTime(start);
            return result.Value is { } answer ? Judge(request, answer, credential.Secret, latency.Value) : new CallResult(null, result.Error, latency);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new CallResult(null, new OAuthError("timeout", $"no answer within {_timeout.TotalSeconds:0.###} s"), latency);
        }
    }

    /// <summary>Reads whether the body says what the status says.</summary>
    private static CallResult Judge(ProviderRequest request, JsonDocument answer, Secret secret, TimeSpan latency)
    {
        if (request.Success is not { } rule || JsonPath.Is(JsonPath.One(answer.RootElement, answer.RootElement, rule.At), rule.Is)) return new CallResult(answer, null, latency);
        using (answer)
        {
            JsonElement root = answer.RootElement;
            string? stated = JsonPath.Text(JsonPath.One(root, root, "code"));
            int? status = int.TryParse(stated, out int code) && code is >= 400 and < 600 ? code : null;
            string? message = JsonPath.Text(JsonPath.One(root, root, rule.Message));
            return new CallResult(null, new OAuthError(status is null ? "provider_error" : $"http_{status}", OAuthText.Clean(message, secret), status), latency);
        }
    }

    private HttpRequestMessage Message(ProviderRequest request, CallValues values, UsableCredential credential)
    {
        var message = new HttpRequestMessage(request.Method, Address(request, values));
        // Those of the credential win: what a definition says beside them must not replace them.
        var headers = new Dictionary<string, string>(request.Headers, StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string value) in _agent.Credentials.Headers(credential)) headers[name] = value;
        foreach ((string name, string value) in headers) message.Headers.TryAddWithoutValidation(name, value);
        if (request.Body is not { } body) return message;
        JsonNode filled = Fill(JsonNode.Parse(body)!, values);
        message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(filled.ToJsonString()));
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return message;
    }

    private static string Address(ProviderRequest request, CallValues values) => request.Url.Replace("{model}", Uri.EscapeDataString(values.Model ?? string.Empty), StringComparison.Ordinal);

    private static JsonNode Fill(JsonNode node, CallValues values)
    {
        switch (node)
        {
            case JsonObject members:
                foreach ((string name, JsonNode? value) in members.ToList())
                {
                    if (value is not null) members[name] = Fill(value.DeepClone(), values);
                }
                return members;
            case JsonArray items:
                for (int i = 0; i < items.Count; i++)
                {
                    if (items[i] is { } item) items[i] = Fill(item.DeepClone(), values);
                }
                return items;
            default:
                if (node.GetValueKind() != JsonValueKind.String) return node;
                string text = node.GetValue<string>();
                if (text == "{maxTokens}") return JsonValue.Create(values.MaxTokens);
                return JsonValue.Create(text.Replace("{model}", values.Model, StringComparison.Ordinal).Replace("{prompt}", values.Prompt, StringComparison.Ordinal));
        }
    }
}
