using KrabAuth.Profiles;

namespace KrabAuth.Secrets;

/// <summary>Where no reference may stand: the peers refuse such a profile, and so does whatever here chooses, checks or uses one.</summary>
internal static class ReferencePolicy
{
    /// <summary>Why a profile is refused for its reference; <see langword="null"/> if it has none, or one that may be followed.</summary>
    /// <param name="credential">The profile's credential.</param>
    /// <param name="configuredMode">The mode that the configuration gives the profile, if it describes it.</param>
    public static string? Refusal(Credential credential, string? configuredMode) => credential switch
    {
        OAuthCredential { ReferenceMember: { } member } => $"{member} is a reference, and the tokens of a sign-in are replaced at each refresh",
        { Reference: not null } => Refusal(configuredMode),
        _ => null,
    };

    /// <summary>Why a profile cannot be given a reference; <see langword="null"/> if it can.</summary>
    public static string? Refusal(string? configuredMode) => configuredMode == "oauth" ? "the configuration gives the profile mode oauth" : null;
}
