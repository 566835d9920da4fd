using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

namespace KrabAuth.Routing;

/// <summary>What is known of a failed call. It may hold what the provider said, so it is looked at and never kept.</summary>
public sealed record FailureSignal
{
    /// <summary>Exceptions within exceptions are followed this far.</summary>
    internal const int DeepestCause = 25;

    /// <summary>The HTTP status.</summary>
    public int? Status { get; init; }

    /// <summary>The code of the error, such as <c>RESOURCE_EXHAUSTED</c> or <c>ECONNRESET</c>.</summary>
    public string? Code { get; init; }

    /// <summary>What was said: a sentence, or the body of the answer as it came.</summary>
    public string? Message { get; init; }

    /// <summary>
    /// Whether <see cref="Message"/> is what a program wrote for people, in which a number is rarely an HTTP status: some words count
    /// there only beside one.
    /// </summary>
    public bool IsFreeText { get; init; }

    /// <summary>The headers of the answer, names in any case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init => field = InAnyCase(value); } = new Dictionary<string, string>();

    /// <summary>The provider, where some words mean something of its own.</summary>
    public string? Provider { get; init; }

    /// <summary>Whether the provider had begun to answer: only then does a time-out count against the account.</summary>
    public bool HadBegun { get; init; }

    /// <summary>Whether a person or a program stopped the call: no failure at all.</summary>
    public bool IsAbort { get; init; }

    /// <summary>What was behind it.</summary>
    public FailureSignal? Cause { get; init; }

    /// <summary>Reads an exception of .NET with everything behind it.</summary>
    public static FailureSignal FromException(Exception exception) => Read(exception, 0);

    /// <summary>Reads an answer. The body is for the caller to read, as that may take time.</summary>
    public static FailureSignal FromResponse(HttpResponseMessage response, string? body) => new()
    {
        Status = (int)response.StatusCode,
        Message = string.IsNullOrWhiteSpace(body) ? null : body,
        Headers = ReadHeaders(response.Headers, response.Content.Headers),
    };

    private static FailureSignal Read(Exception exception, int depth)
    {
        bool isTimeout = exception is TimeoutException || (exception is OperationCanceledException && exception.InnerException is TimeoutException);
        return new FailureSignal
        {
            Status = (exception as HttpRequestException)?.StatusCode is { } status ? (int)status : null,
            Code = isTimeout ? "ETIMEDOUT" : CodeOf(exception),
            // With a status, the words of .NET only repeat it.
            Message = exception is HttpRequestException { StatusCode: not null } ? null : exception.Message,
            IsAbort = exception is OperationCanceledException && !isTimeout,
            HadBegun = exception is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded },
            Cause = exception.InnerException is { } inner && depth < DeepestCause ? Read(inner, depth + 1) : null,
        };
    }

    /// <summary>The system's codes, in the spelling that providers' libraries gave them.</summary>
    private static string? CodeOf(Exception exception) => exception switch
    {
        AuthenticationException => "ERR_TLS_CERT",
        HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => "ECONNRESET",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "EAI_AGAIN",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "ECONNREFUSED",
        SocketException { SocketErrorCode: SocketError.ConnectionReset } => "ECONNRESET",
        SocketException { SocketErrorCode: SocketError.ConnectionAborted } => "ECONNABORTED",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "ECONNREFUSED",
        SocketException { SocketErrorCode: SocketError.TimedOut } => "ETIMEDOUT",
        SocketException { SocketErrorCode: SocketError.NetworkUnreachable or SocketError.NetworkDown } => "ENETUNREACH",
        SocketException { SocketErrorCode: SocketError.HostUnreachable } => "EHOSTUNREACH",
        SocketException { SocketErrorCode: SocketError.HostDown } => "EHOSTDOWN",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } => "EAI_AGAIN",
        _ => null,
    };

    /// <summary>Names of headers are the same in any case (RFC 9110 §5.1); a caller's table may not know.</summary>
    private static Dictionary<string, string> InAnyCase(IReadOnlyDictionary<string, string> headers)
    {
        var folded = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string value) in headers) folded[name] = value;
        return folded;
    }

    private static Dictionary<string, string> ReadHeaders(params ReadOnlySpan<HttpHeaders> all)
    {
        var headers = new Dictionary<string, string>();
        foreach (HttpHeaders some in all)
        {
            foreach ((string name, HeaderStringValues values) in some.NonValidated) headers[name] = values.ToString();
        }
        return headers;
    }
}
