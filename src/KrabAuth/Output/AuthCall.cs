using System.Collections;
using System.Dynamic;
using System.Security;
using KrabAuth.Parameters;
using KrabAuth.Profiles;

namespace KrabAuth.Output;

/// <summary>
/// What the variable <c>KrabAuth</c> holds in a block of Invoke-KrabAuthCommand: the profile that is used, and as <c>Header</c> and
/// <c>Token</c> its secret. These two answer when they are asked for by name, and appear in no table, list, JSON or Clixml.
/// </summary>
public sealed class AuthCall : DynamicObject
{
    private readonly Hashtable _header;
    private readonly SecureString _token;

    internal AuthCall(AuthAgent agent, UsableCredential credential, int attempt)
    {
        ProfileId = credential.ProfileId;
        Provider = credential.Provider;
        Type = credential.Type;
        Source = credential.Source.ToString();
        Expires = credential.Expires;
        Attempt = attempt;
        _token = SecureText.Protect(credential.Secret.Reveal());
        _header = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string value) in agent.Credentials.Headers(credential)) _header[name] = value;
    }

    /// <summary>The profile; null for a key beside the profiles.</summary>
    public string? ProfileId { get; }

    /// <summary>The provider.</summary>
    public string Provider { get; }

    /// <summary>What kind of credential it is.</summary>
    public CredentialType Type { get; }

    /// <summary>Where it comes from.</summary>
    public string Source { get; }

    /// <summary>Its end; <see cref="DateTimeOffset.MaxValue"/> for never.</summary>
    public DateTimeOffset Expires { get; }

    /// <summary>Which try it is, from one.</summary>
    public int Attempt { get; }

    /// <inheritdoc/>
    public override bool TryGetMember(GetMemberBinder binder, out object? result)
    {
        result = binder.Name.ToUpperInvariant() switch
        {
            "HEADER" or "HEADERS" => _header,
            "TOKEN" => _token,
            _ => null,
        };
        return result is not null;
    }

    /// <inheritdoc/>
    public override IEnumerable<string> GetDynamicMemberNames() => [];

    /// <summary>The profile, or where the key comes from.</summary>
    public override string ToString() => ProfileId ?? Source;
}
