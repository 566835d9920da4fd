using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.OAuth;

/// <summary>Whether two OAuth sign-ins are of one account. Never guessed: without a common mark they are not.</summary>
internal static class AccountIdentity
{
    /// <summary>Both name an account id, and it is the same; else both name an e-mail, and it is the same.</summary>
    public static bool Matches(OAuthCredential left, OAuthCredential right)
    {
        if (!ProviderId.Same(left.Provider, right.Provider)) return false;
        if (Account(left) is { } leftId && Account(right) is { } rightId) return leftId == rightId;
        return Email(left) is { } leftMail && leftMail == Email(right);
    }

    /// <summary>Whether a credential may stand in for an existing one: of one account, or the existing one names none.</summary>
    public static bool IsSafeToAdopt(OAuthCredential existing, OAuthCredential other)
        => ProviderId.Same(existing.Provider, other.Provider) && (existing == other || (Account(existing) is null && Email(existing) is null) || Matches(existing, other));

    /// <summary>Whether two sign-ins name marks that can be compared at all.</summary>
    public static bool CanCompare(OAuthCredential left, OAuthCredential right)
        => (Account(left) is not null && Account(right) is not null) || (Email(left) is not null && Email(right) is not null);

    private static string? Account(OAuthCredential credential) => string.IsNullOrWhiteSpace(credential.AccountId) ? null : credential.AccountId.Trim();

    private static string? Email(OAuthCredential credential) => string.IsNullOrWhiteSpace(credential.Email) ? null : credential.Email.Trim().ToLowerInvariant();
}
