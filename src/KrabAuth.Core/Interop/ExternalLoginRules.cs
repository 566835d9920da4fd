using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Interop;

/// <summary>
/// Decides what becomes of another program's sign-in: a pure function of it and of the store. Newer wins, a sign-in that renews
/// itself beats a token that does not, and no account ever takes the place of another.
/// </summary>
internal static class ExternalLoginRules
{
    /// <summary>What to do with the profile of a program's id, and why.</summary>
    /// <param name="store">The store that the profile belongs to.</param>
    /// <param name="id">The profile.</param>
    /// <param name="read">What the program holds.</param>
    /// <param name="now">The moment, in Unix milliseconds.</param>
    public static (ExternalLoginAction Action, string Reason) Decide(AuthStore store, string id, Credential read, long now)
    {
        store.TryGet(id, out StoredProfile? stored);
        Credential? existing = stored?.Credential;
        if (existing is not null && !ProviderId.Same(existing.Provider, read.Provider)) return Keep(ExternalReasons.OtherProvider);
        if (existing is ApiKeyCredential) return Keep(ExternalReasons.OtherType);
        // Two profiles with one refresh token would use it up for each other.
        if (store.OfProvider(read.Provider).Any(other => other.Id != id && IsSameSignIn(other.Credential, read)))
        {
            return (existing is not null && IsSameSignIn(existing, read) ? ExternalLoginAction.Remove : ExternalLoginAction.None, ExternalReasons.Duplicate);
        }
        if (read is TokenCredential { Expires: { } end } && end <= now) return Keep(ExternalReasons.Expired);
        return (existing, read) switch
        {
            (null, _) => (ExternalLoginAction.Add, ExternalReasons.New),
            (OAuthCredential, TokenCredential) => Keep(ExternalReasons.NoDowngrade),
            (TokenCredential, _) when IsOther(existing, read) => Keep(ExternalReasons.OtherAccount),
            (TokenCredential, OAuthCredential) => (ExternalLoginAction.Update, ExternalReasons.Upgrade),
            (OAuthCredential ours, OAuthCredential theirs) when IsSame(ours, theirs) => Keep(ExternalReasons.Unchanged),
            (OAuthCredential ours, OAuthCredential theirs) when !IsSameSignIn(ours, theirs) && !AccountIdentity.IsSafeToAdopt(ours, theirs) => Keep(ExternalReasons.OtherAccount),
            (TokenCredential ours, TokenCredential theirs) when Equals(ours.Token, theirs.Token) && ours.Expires == theirs.Expires => Keep(ExternalReasons.Unchanged),
            _ => IsNewer(existing, read) ? (ExternalLoginAction.Update, ExternalReasons.Newer) : Keep(ExternalReasons.StoredNewer),
        };
    }

    /// <summary>What the profile holds afterwards: the program's tokens, with what only the store knows of the account.</summary>
    public static Credential Merge(Credential? existing, Credential read)
    {
        var ours = existing as OAuthCredential;
        Credential merged = read is OAuthCredential theirs
            ? theirs with
            {
                AccountId = theirs.AccountId ?? ours?.AccountId,
                ClientId = ours?.ClientId,
                EnterpriseUrl = ours?.EnterpriseUrl,
                ProjectId = ours?.ProjectId,
                ChatGptPlanType = ours?.ChatGptPlanType,
            }
            : read;
        return existing is null ? merged : merged with
        {
            Provider = existing.Provider,
            Email = read.Email ?? existing.Email,
            DisplayName = existing.DisplayName,
            CopyToAgents = existing.CopyToAgents,
        };
    }

    /// <summary>Whether what a program holds was issued later. Without an end, a token never ends, and a sign-in says nothing.</summary>
    public static bool IsNewer(Credential ours, Credential theirs) => ours switch
    {
        TokenCredential { Expires: null } => false,
        { Expires: > 0 } => theirs.Expires > ours.Expires,
        _ => true,
    };

    private static (ExternalLoginAction Action, string Reason) Keep(string reason) => (ExternalLoginAction.None, reason);

    private static bool IsSame(OAuthCredential ours, OAuthCredential theirs)
        => Equals(ours.Access, theirs.Access) && Equals(ours.Refresh, theirs.Refresh) && ours.Expires == theirs.Expires;

    /// <summary>One refresh token is one sign-in, whatever is said about whose it is.</summary>
    public static bool IsSameSignIn(Credential left, Credential right)
        => left is OAuthCredential { IsRefreshable: true } one && right is OAuthCredential other && Equals(one.Refresh, other.Refresh);

    private static bool IsOther(Credential existing, Credential read)
        => existing.Email is { } ours && read.Email is { } theirs && !string.Equals(ours.Trim(), theirs.Trim(), StringComparison.OrdinalIgnoreCase);
}
