using KrabAuth.Diagnostics;

namespace KrabAuth.Routing;

/// <summary>Why a call to a provider failed, as far as the next profile can help.</summary>
public enum FailureReason
{
    /// <summary>Something, nobody knows what.</summary>
    Unknown,

    /// <summary>The credential was not accepted; a new token may help.</summary>
    Auth,

    /// <summary>The credential or the account was shut down; only a person can help.</summary>
    AuthPermanent,

    /// <summary>The account has no credit left.</summary>
    Billing,

    /// <summary>Too many requests, or the quota of a time is used up.</summary>
    RateLimit,

    /// <summary>The provider has too much to do.</summary>
    Overloaded,

    /// <summary>No answer, or none in time.</summary>
    Timeout,

    /// <summary>The request is not understood.</summary>
    Format,

    /// <summary>The account does not have the model.</summary>
    ModelNotFound,

    /// <summary>The provider no longer knows the conversation.</summary>
    SessionExpired,

    /// <summary>An answer without content.</summary>
    EmptyResponse,

    /// <summary>The provider says that it failed, and no more.</summary>
    NoErrorDetails,

    /// <summary>The provider says something that fits nothing here.</summary>
    Unclassified,

    /// <summary>The provider broke while answering.</summary>
    ServerError,

    /// <summary>The provider's certificate was not accepted.</summary>
    TlsCertificate,
}

/// <summary>The names of failure reasons in stores, options and JSON. A store may hold others; those stay as they are.</summary>
public static class FailureReasons
{
    /// <summary>The name of a provider's rate limit in a store.</summary>
    internal const string RateLimit = "rate_limit";

    /// <summary>The name of a model that the account does not have.</summary>
    internal const string ModelNotFound = "model_not_found";

    private static readonly Entry[] Stored =
    [
        new(FailureReason.Auth, "auth"),
        new(FailureReason.AuthPermanent, "auth_permanent"),
        new(FailureReason.Billing, "billing"),
        new(FailureReason.RateLimit, RateLimit),
        new(FailureReason.Overloaded, "overloaded"),
        new(FailureReason.Timeout, "timeout"),
        new(FailureReason.Format, "format"),
        new(FailureReason.ModelNotFound, ModelNotFound),
        new(FailureReason.SessionExpired, "session_expired"),
        new(FailureReason.EmptyResponse, "empty_response"),
        new(FailureReason.NoErrorDetails, "no_error_details"),
        new(FailureReason.Unclassified, "unclassified"),
        new(FailureReason.ServerError, "server_error"),
        new(FailureReason.TlsCertificate, "tls_certificate"),
        new(FailureReason.Unknown, "unknown"),
    ];

    /// <summary>The names, the commonest first.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Stored.Select(static entry => entry.Name)];

    /// <summary>The name in a store: <c>rate_limit</c>, <c>billing</c> …</summary>
    public static string StoredName(this FailureReason reason) => Array.Find(Stored, entry => entry.Reason == reason)!.Name;

    /// <summary>Reads a name, in any case and with <c>-</c> for <c>_</c>; <see langword="null"/> for one that is not known.</summary>
    public static FailureReason? Parse(string? name)
    {
        string? wanted = name?.Trim().Replace('-', '_');
        foreach (Entry entry in Stored)
        {
            bool isThis = string.Equals(entry.Name, wanted, StringComparison.OrdinalIgnoreCase) || string.Equals(entry.Reason.ToString(), wanted, StringComparison.OrdinalIgnoreCase);
            if (isThis) return entry.Reason;
        }
        return null;
    }

    /// <summary>Reads a name that a person gave.</summary>
    /// <exception cref="KrabAuthException"><c>ReasonUnknown</c>.</exception>
    public static FailureReason Require(string name) => Parse(name) ?? throw AuthErrors.ReasonUnknown();

    /// <summary>The HTTP status that stands for a reason; <see langword="null"/> where none does.</summary>
    public static int? Status(this FailureReason reason) => reason switch
    {
        FailureReason.Billing => 402,
        FailureReason.RateLimit => 429,
        FailureReason.Overloaded => 503,
        FailureReason.Auth => 401,
        FailureReason.AuthPermanent => 403,
        FailureReason.Timeout => 408,
        FailureReason.Format => 400,
        FailureReason.ModelNotFound => 404,
        FailureReason.SessionExpired => 410,
        FailureReason.ServerError => 500,
        FailureReason.TlsCertificate => 502,
        _ => null,
    };

    /// <summary>Whether the reason takes a profile out of use for hours rather than minutes.</summary>
    internal static bool Disables(this FailureReason reason) => reason is FailureReason.Billing or FailureReason.AuthPermanent;

    /// <summary>
    /// Whether the fault can lie with the account. What lies with the request, the conversation, the provider or the network would lie
    /// there with the next account too, and shutting them all out would help nobody.
    /// </summary>
    internal static bool ConcernsAccount(this FailureReason reason)
        => reason is not (FailureReason.Format or FailureReason.SessionExpired or FailureReason.EmptyResponse or FailureReason.ServerError or FailureReason.TlsCertificate);

    /// <summary>Whether a failure of one model says nothing of the account's others.</summary>
    internal static bool IsOfOneModel(this FailureReason reason) => reason is FailureReason.RateLimit or FailureReason.ModelNotFound;

    /// <summary>A class, so that sequences of it run on code that ships compiled with the runtime.</summary>
    private sealed record Entry(FailureReason Reason, string Name);
}
