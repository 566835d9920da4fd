using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Transfer;

/// <summary>How a source of profiles stands to its OAuth sign-ins.</summary>
internal enum SourceKind
{
    /// <summary>Another program may be using them now.</summary>
    InUse,

    /// <summary>It was made to be imported; whoever made it has agreed.</summary>
    Export,
}

/// <summary>What the user allows.</summary>
internal sealed record TransferConsent(bool Force, bool Move, bool IncludeOAuth);

/// <summary>What the rules say of one profile.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Reason">Why.</param>
/// <param name="IsSame">Whether the same credential is there already.</param>
internal sealed record TransferDecision(TransferAction Action, string Reason, bool IsSame = false);

/// <summary>
/// Decides what becomes of a profile that comes from elsewhere: the same rules for a preview and, under the lock, for the write. Two
/// profiles are never merged; one replaces the other or does not.
/// </summary>
internal static class TransferRules
{
    /// <summary>Why a copy of a sign-in is refused.</summary>
    public const string OneOwner = "an OAuth sign-in has one owner: with two, each refresh signs the other out. Move it, or share the state directory";

    public static TransferDecision Decide(AuthStore own, TransferEntry entry, SourceKind kind, TransferConsent consent)
    {
        if (entry.Credential is not { } credential) return Skip(entry.Problem!);
        if (SecretShape.IsMatch(entry.Id)) return Skip("its id looks like a secret");
        if (own.Rejected.Any(rejected => rejected.Id == entry.Id)) return Skip("an entry that is no profile has this id here");
        StoredProfile? existing = own.TryGet(entry.Id, out StoredProfile? found) ? found : null;
        if (existing is not null && CredentialWriter.AreSame(existing.Credential, credential)) return new TransferDecision(TransferAction.Skipped, "it is here already", IsSame: true);
        if (existing is not null && !ProviderId.Same(existing.Credential.Provider, credential.Provider)) return Skip($"the profile of this id here is for {existing.Credential.Provider}");
        if (credential is OAuthCredential oauth)
        {
            if (own.Profiles.FirstOrDefault(profile => profile.Id != entry.Id && IsOneAccount(profile.Credential, oauth, consent.Force)) is { } twin)
            {
                return Skip($"the same account is signed in here as {twin.Id}");
            }
            if (kind == SourceKind.InUse && !consent.Move && !consent.IncludeOAuth) return Skip(OneOwner);
        }
        string how = credential.Reference is { } reference ? $"; its secret stays at {reference}" : string.Empty;
        if (existing is null) return new TransferDecision(TransferAction.Imported, $"it is new here{how}");
        if (credential is OAuthCredential theirs && existing.Credential is OAuthCredential ours && AccountIdentity.Matches(ours, theirs))
        {
            if ((theirs.Expires ?? 0) > (ours.Expires ?? 0)) return new TransferDecision(TransferAction.Updated, "its tokens are newer, of the same account");
            if (!consent.Force) return Skip("the tokens here are newer, of the same account");
        }
        return consent.Force ? new TransferDecision(TransferAction.Updated, $"it was to be replaced{how}") : Skip("another one has this id here");
    }

    /// <summary>One refresh token under two ids is refused in any case; one account under two ids unless the user insists.</summary>
    private static bool IsOneAccount(Credential here, OAuthCredential incoming, bool force)
        => here is OAuthCredential oauth && ((incoming.IsRefreshable && Equals(oauth.Refresh, incoming.Refresh)) || (!force && AccountIdentity.Matches(oauth, incoming)));

    private static TransferDecision Skip(string reason) => new(TransferAction.Skipped, reason);
}
