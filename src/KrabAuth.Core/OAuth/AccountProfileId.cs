using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.OAuth;

/// <summary>
/// Chooses the id of an account that signed in: the one it has already, else a new one made of its e-mail. Two accounts with one
/// e-mail stay apart, and an id that was there keeps its account.
/// </summary>
internal static class AccountProfileId
{
    public static string Choose(AuthStore store, string provider, OAuthSettings settings, OAuthCredential credential)
    {
        StoredProfile? same = store.OfProvider(provider).FirstOrDefault(profile => profile.Credential is OAuthCredential known && AccountIdentity.Matches(known, credential));
        if (same is not null) return same.Id;
        string name = settings.ProfileName ?? credential.Email ?? (credential.AccountId is null ? ProfileId.DefaultName : $"id-{Short(credential.AccountId)}");
        string id = ProfileId.Of(provider, name);
        if (!IsAnother(store, id, settings, credential)) return id;
        // The same e-mail, another account: a team beside a personal plan.
        string apart = credential.AccountId is null ? $"{id}-2" : $"{id}-{Short(credential.AccountId)}";
        for (int number = 3; IsAnother(store, apart, settings, credential); number++) apart = $"{id}-{number}";
        return apart;
    }

    /// <summary>Whether a sign-in may take the place of what stands under its id. What names no account may be anybody's, and gives way.</summary>
    public static bool MayReplace(Credential existing, OAuthSettings settings, OAuthCredential fresh) => existing switch
    {
        OAuthCredential known => AccountIdentity.Matches(known, fresh) || (known.AccountId is null && known.Email is null),
        // Where a sign-in ends in a static token, the one that is there was made the same way.
        TokenCredential => settings.StoresStaticToken,
        _ => false,
    };

    private static bool IsAnother(AuthStore store, string id, OAuthSettings settings, OAuthCredential credential)
        => store.TryGet(id, out StoredProfile? profile) && !MayReplace(profile.Credential, settings, credential);

    private static string Short(string accountId)
    {
        string plain = new([.. accountId.Where(char.IsAsciiLetterOrDigit)]);
        return plain.Length > 8 ? plain[^8..] : plain;
    }
}
