using KrabAuth.OAuth;

namespace KrabAuth.Providers;

/// <summary>A way to sign in.</summary>
public enum SignInMethod
{
    /// <summary>An API key that the provider's console shows.</summary>
    ApiKey,

    /// <summary>A static bearer token.</summary>
    Token,

    /// <summary>The token of <c>claude setup-token</c>.</summary>
    SetupToken,

    /// <summary>An OAuth sign-in (RFC 6749).</summary>
    OAuth,
}

/// <summary>The names of sign-in methods.</summary>
public static class SignInMethods
{
    /// <summary>Reads a name in any case, with or without hyphens.</summary>
    /// <exception cref="Diagnostics.KrabAuthException"><c>MethodUnsupported</c>.</exception>
    public static SignInMethod Parse(string name, string provider)
    {
        string compact = name.Replace("-", string.Empty, StringComparison.Ordinal).Trim();
        foreach (SignInMethod method in Enum.GetValues<SignInMethod>())
        {
            if (string.Equals(method.ToString(), compact, StringComparison.OrdinalIgnoreCase)) return method;
        }
        throw Diagnostics.AuthErrors.MethodUnsupported(provider, name, (ProviderCatalog.BuiltIn.Find(provider)?.Methods ?? Enum.GetValues<SignInMethod>()).Select(method => method.ToString()));
    }
}

/// <summary>What a setup-token looks like and where it comes from.</summary>
/// <param name="Prefix">How it starts.</param>
/// <param name="MinimumLength">The shortest that can be whole.</param>
/// <param name="Hint">How to get one.</param>
public sealed record SetupTokenRule(string Prefix, int MinimumLength, string Hint);

/// <summary>A provider as the catalog describes it.</summary>
public sealed record ProviderDefinition
{
    /// <summary>The id, as in profile ids, under the name of the parameters that take it.</summary>
    public required string Provider { get; init; }

    /// <summary>The name for people.</summary>
    public required string Label { get; init; }

    /// <summary>Other spellings that mean this provider.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The ways to sign in.</summary>
    public IReadOnlyList<SignInMethod> Methods { get; init; } = [];

    /// <summary>The environment variables that may hold a key, in the order in which they are tried.</summary>
    public IReadOnlyList<string> EnvironmentVariables { get; init; } = [];

    /// <summary>The model to begin with, as <c>provider/model</c>; <see langword="null"/> where none is known.</summary>
    public string? DefaultModel { get; init; }

    /// <summary>The rule for setup-tokens, where the provider has them.</summary>
    public SetupTokenRule? SetupToken { get; init; }

    /// <summary>The same provider at another host, under an alias of its own: its tokens go there and nowhere else.</summary>
    internal IReadOnlyList<ProviderDefinition> Variants { get; init; } = [];

    /// <summary>How to sign in and refresh with OAuth, where the provider has it.</summary>
    public OAuthSettings? OAuth
    {
        get => field ??= OAuthLater?.Value;
        init
        {
            field = value;
            OAuthLater = null;
        }
    }

    /// <summary>The same, read when it is asked for: the catalog is read at every start, and most calls send nothing.</summary>
    internal Lazy<OAuthSettings?>? OAuthLater { get; init; }

    /// <summary>A program with its arguments that signs in and refreshes, where the provider needs more than OAuth; empty otherwise.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>How long that program may take.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether somebody can sign in to it here: with OAuth, or through a program.</summary>
    internal bool CanSignIn => OAuth is not null || Command.Count > 0;

    /// <summary>The id, for code that has a provider in hand already.</summary>
    internal string Id => Provider;

    /// <summary>HTTP headers by kind of credential, as the catalog calls it; the values hold <c>{secret}</c> and <c>{accountId}</c> where these go.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Headers { get; init; }
        = new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>The request that shows whether a credential works, as JSON: read when it is asked for, as the catalog is read at every start.</summary>
    internal string? ProbeJson { get; init; }

    /// <summary>The request that tells how much of a quota is used, as JSON.</summary>
    internal string? UsageJson { get; init; }

    /// <summary>How a credential is tried; <see langword="null"/> where nothing is known.</summary>
    internal ProbeSettings? ReadProbe() => ProbeJson is null ? null : ProviderRequestReader.ReadProbe(ProbeJson);

    /// <summary>Where the use of a quota is told; <see langword="null"/> where nothing is known.</summary>
    internal UsageSettings? ReadUsage() => UsageJson is null ? null : ProviderRequestReader.ReadUsage(UsageJson);

    /// <summary>The same headers for every kind of credential; <c>{secret}</c> stands where the secret goes.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> HeadersForAll(IReadOnlyDictionary<string, string> headers)
        => headers.Count == 0 ? new Dictionary<string, IReadOnlyDictionary<string, string>>() : ProviderReader.HeaderKinds.ToDictionary(kind => kind, _ => headers);
}
