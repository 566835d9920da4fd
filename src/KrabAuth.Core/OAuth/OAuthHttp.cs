using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.OAuth;

/// <summary>
/// Speaks to authorization servers and to providers' own APIs: no redirect is followed (a credential must not wander), no answer larger than 1 MiB is
/// read, no body finds its way into a message, and every call has an end.
/// </summary>
internal sealed class OAuthHttp : IDisposable
{
    private const int LargestAnswer = 1024 * 1024;

    /// <summary>The parameters whose values may be quoted; all others are taken for secrets.</summary>
    private static readonly string[] PublicParameters =
        ["grant_type", "client_id", "redirect_uri", "scope", "token_type_hint", "code_challenge", "code_challenge_method"];

    private readonly HttpClient _client;
    private readonly TimeProvider _clock;

    /// <param name="handler">The network, or a fake of it. Not disposed.</param>
    /// <param name="clock">Tells when a call has taken too long.</param>
    public OAuthHttp(HttpMessageHandler handler, TimeProvider clock)
    {
        _clock = clock;
        _client = new HttpClient(handler, disposeHandler: false)
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestAnswer,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("KrabAuth", typeof(OAuthHttp).Assembly.GetName().Version!.ToString(3)));
        _client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    /// <summary>The handler for the real network.</summary>
    public static HttpMessageHandler CreateHandler() => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        // What is for this machine does not leave it: .NET sends it to the user's proxy otherwise, tokens included.
        Proxy = new LoopbackBypass(HttpClient.DefaultProxy),
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        MaxResponseHeadersLength = 64,
    };

    public void Dispose() => _client.Dispose();

    /// <summary>Gets a JSON document.</summary>
    public Task<OAuthResult<JsonDocument>> GetAsync(Uri uri, TimeSpan timeout, CancellationToken cancellationToken, AuthenticationHeaderValue? authorization = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.Authorization = authorization;
        return SendAsync(request, timeout, authorization?.Parameter is { } secret ? [Secret.Of(secret)] : [], cancellationToken);
    }

    /// <summary>Posts parameters and gets a JSON document, or the error that the server states.</summary>
    public Task<OAuthResult<JsonDocument>> PostAsync(
        Uri uri, IEnumerable<KeyValuePair<string, string>> parameters, TokenRequestFormat format, AuthenticationHeaderValue? authorization,
        TimeSpan timeout, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Content = format == TokenRequestFormat.Form ? new FormUrlEncodedContent(parameters) : Json(parameters),
        };
        request.Headers.Authorization = authorization;
        return SendAsync(request, timeout, [.. parameters.Where(parameter => !PublicParameters.Contains(parameter.Key)).Select(parameter => Secret.Of(parameter.Value))], cancellationToken);
    }

    /// <summary>Sends a request and gets a JSON object, or the error that the server states.</summary>
    /// <param name="request">What is asked. Disposed.</param>
    /// <param name="timeout">How long the answer may take.</param>
    /// <param name="sent">The secrets in the request: a server that quotes it in an error does not get them into a message.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<OAuthResult<JsonDocument>> SendAsync(HttpRequestMessage request, TimeSpan timeout, IReadOnlyList<Secret> sent, CancellationToken cancellationToken)
    {
        using (request)
        using (var expiry = new CancellationTokenSource(timeout, _clock))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellationToken))
        {
            try
            {
                using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token).ConfigureAwait(false);
                byte[] body = await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
                return Interpret(response, body, sent);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return new OAuthError("timeout", $"no answer from {request.RequestUri!.Host} within {timeout.TotalSeconds:0} s");
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                return new OAuthError("invalid_response", $"{request.RequestUri!.Host}: {OAuthText.Clean(e.Message)}");
            }
            catch (HttpRequestException e)
            {
                return new OAuthError("network", $"{request.RequestUri!.Host}: {OAuthText.Clean(e.Message)}");
            }
        }
    }

    private static OAuthResult<JsonDocument> Interpret(HttpResponseMessage response, byte[] body, IReadOnlyList<Secret> sent)
    {
        int status = (int)response.StatusCode;
        JsonDocument? document = Parse(body);
        if (response.IsSuccessStatusCode)
        {
            // RFC 7009 and others answer well with nothing.
            if (body.Length == 0) return JsonDocument.Parse("{}");
            if (document is null) return new OAuthError("invalid_response", "the answer is not a JSON object", status);
            // Some servers say an error with status 200.
            if (document.RootElement.Text("error") is null) return document;
        }
        TimeSpan? retryAfter = response.Headers.RetryAfter?.Delta;
        using (document)
        {
            return document is null
                ? new OAuthError($"http_{status}", status is >= 300 and < 400 ? "the server redirects; requests with a credential do not follow" : null, status, retryAfter)
                : ReadError(document.RootElement, status, retryAfter, sent);
        }
    }

    /// <summary>RFC 6749 §5.2, and the nested form that some providers use.</summary>
    private static OAuthError ReadError(JsonElement root, int status, TimeSpan? retryAfter, IReadOnlyList<Secret> sent)
    {
        JsonElement? nested = root.Object("error");
        string? code = root.Text("error") ?? nested.Text("code") ?? nested.Text("type") ?? root.Text("code");
        string? description = root.Text("error_description") ?? nested.Text("message") ?? root.Text("message");
        bool isCode = OAuthText.IsCode(code) && Redactor.Redact(code!, sent) == code;
        return new OAuthError(isCode ? code! : $"http_{status}", OAuthText.Clean(description, sent), status, retryAfter);
    }

    private static JsonDocument? Parse(byte[] body)
    {
        try
        {
            JsonDocument document = LenientJson.Parse(body, new JsonDocumentOptions { MaxDepth = 32 });
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ByteArrayContent Json(IEnumerable<KeyValuePair<string, string>> parameters)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach ((string name, string value) in parameters) writer.WriteString(name, value);
            writer.WriteEndObject();
        }
        var content = new ByteArrayContent(stream.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", Encoding.UTF8.WebName);
        return content;
    }
}
