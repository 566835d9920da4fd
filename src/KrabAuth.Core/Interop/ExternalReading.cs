using KrabAuth.Host;
using KrabAuth.Profiles;
using KrabAuth.Secrets;

namespace KrabAuth.Interop;

/// <summary>What a look at another program's sign-in found: a credential, or why there is none.</summary>
/// <param name="Tool">The program.</param>
/// <param name="Source">The file, or the item of the keychain.</param>
/// <param name="Credential">An <see cref="OAuthCredential"/> or a <see cref="TokenCredential"/>, or null.</param>
/// <param name="Reason">One of <see cref="ExternalReasons"/>; empty if there is a credential.</param>
/// <param name="Detail">The reason in words.</param>
internal sealed record ExternalReading(ExternalTool Tool, string Source, Credential? Credential, string Reason, string Detail)
{
    /// <summary>The item that it came from, if it came from a keychain.</summary>
    public KeychainItem? Item { get; init; }

    /// <summary>The file behind the links, if it came from one.</summary>
    public string? File { get; init; }

    /// <summary>Whether the program is signed out, or not here: nobody to share with.</summary>
    public bool IsNobody => Reason is ExternalReasons.Absent or ExternalReasons.NoLogin;

    /// <summary>Whether its refresh token is the given one.</summary>
    public bool Holds(Secret? refresh) => refresh is not null && Credential is OAuthCredential theirs && Equals(theirs.Refresh, refresh);
}

/// <summary>Why another program's sign-in is taken over, or is not. Stable codes.</summary>
internal static class ExternalReasons
{
    public const string New = "new";
    public const string Newer = "newer";
    public const string Upgrade = "upgrade";
    public const string Duplicate = "duplicate";
    public const string Unchanged = "unchanged";
    public const string StoredNewer = "stored_newer";
    public const string NoDowngrade = "no_downgrade";
    public const string OtherType = "other_type";
    public const string OtherProvider = "other_provider";
    public const string OtherAccount = "other_account";
    public const string Expired = "expired";
    public const string Removed = "removed";
    public const string SwitchedOff = "switched_off";
    public const string Absent = "absent";
    public const string NoLogin = "no_login";
    public const string Unreadable = "unreadable";
    public const string Malformed = "malformed";

    /// <summary>The reason in words, for one that is not about the reading itself.</summary>
    public static string Describe(string reason) => reason switch
    {
        New => "a sign-in that is not in the store yet",
        Newer => "newer than the stored one",
        Upgrade => "a sign-in that renews itself, in place of a token that does not",
        Duplicate => "another profile holds the same sign-in",
        Unchanged => "the store holds the same",
        StoredNewer => "the stored one is newer",
        NoDowngrade => "the stored one renews itself, this one does not",
        OtherType => "the profile of that id is an API key",
        OtherProvider => "the profile of that id is of another provider",
        OtherAccount => "the profile of that id is of another account, or it cannot be told; remove the profile first",
        Expired => "its token has expired and cannot be renewed",
        Removed => "the profile was removed; it comes back when you ask for it by name",
        _ => "auth.externalCli of the configuration leaves it out",
    };
}
