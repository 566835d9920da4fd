using KrabAuth.Profiles;
using KrabAuth.Secrets;

namespace KrabAuth.Routing;

/// <summary>What a credential is wanted for.</summary>
/// <param name="Provider">The provider, under any of its names.</param>
public sealed record CredentialRequest(string Provider)
{
    /// <summary>The model: a wait for another model alone does not count.</summary>
    public string? Model { get; init; }

    /// <summary>The session that it is for, if it is to stay with one profile.</summary>
    public SessionTurn? Session { get; init; }

    /// <summary>Whether a key of the environment or the configuration may be used although the provider has profiles.</summary>
    public bool AllowEnvironment { get; init; }

    /// <summary>Profiles, or keys by the name of their place, that were tried already and are not to be given again.</summary>
    public IReadOnlyCollection<string> Except { get; init; } = [];
}

/// <summary>The stable codes that say why a key beside the profiles is or is not used.</summary>
public static class KeyReasonCodes
{
    /// <summary>It may be used: there is no profile, it was allowed, or the configuration puts it first.</summary>
    public const string Ok = "ok";

    /// <summary>It would be used, but a place before it has a key too.</summary>
    public const string Outranked = "outranked";

    /// <summary>The provider has profiles; a key is not used in their place unless it is allowed.</summary>
    public const string NotAllowed = "profiles_exist";

    /// <summary>The login shell is asked when a credential is used, not before.</summary>
    public const string NotAsked = "asked_at_use";

    /// <summary>A sentence for people.</summary>
    public static string Describe(string code) => code switch
    {
        Ok => "usable",
        Outranked => "a place before it has a key",
        NotAllowed => "not used while there are profiles, unless allowed",
        NotAsked => "asked when a credential is used",
        _ => code,
    };
}

/// <summary>A key beside the profiles.</summary>
/// <param name="Source">Where it stands.</param>
/// <param name="ReasonCode">See <see cref="KeyReasonCodes"/>.</param>
/// <param name="IsFirst">Whether it comes before the profiles.</param>
public sealed record KeyCandidate(CredentialSource Source, string ReasonCode, bool IsFirst)
{
    /// <summary>The key, in a form that can be shown.</summary>
    public string Mask => Key?.ToString() ?? (Reference is null ? "unknown" : Reference.ToString());

    internal Secret? Key { get; init; }

    /// <summary>Whether it is taken in its turn: it has a key, or may be asked for one.</summary>
    internal bool MayBeTried => ReasonCode != KeyReasonCodes.NotAllowed;

    internal SecretReference? Reference { get; init; }
}

/// <summary>Everything that could serve a provider, in the order in which it is tried, and what is used now. Holds no secret that can be read.</summary>
/// <param name="Order">The profiles.</param>
/// <param name="Keys">The keys beside the profiles, in order.</param>
/// <param name="Pin">The session's pin, if a session was named and has one.</param>
public sealed record CredentialPlan(ResolvedOrder Order, IReadOnlyList<KeyCandidate> Keys, SessionPin? Pin)
{
    /// <summary>The profile that is used now, if it is one.</summary>
    public string? SelectedProfile => FirstKey is { IsFirst: true } || IsPinned && Order.Selected != Pin!.ProfileId ? null : Order.Selected;

    /// <summary>Where the credential that is used now comes from; <see langword="null"/> if there is none.</summary>
    public CredentialSource? Selected => SelectedProfile is { } id ? new CredentialSource(CredentialSourceKind.Profile, id) : SelectedKey?.Source;

    /// <summary>What happens next if the selected one fails, in a sentence.</summary>
    public string IfItFails { get; init; } = string.Empty;

    /// <summary>The model that it is for, if one was named.</summary>
    internal string? Model { get; init; }

    /// <summary>Whether a person fixed the profile for the session, so that no other stands in.</summary>
    internal bool IsPinned => Pin?.Source == SessionPinSource.User;

    /// <summary>The key that is used now, if it is one.</summary>
    internal KeyCandidate? SelectedKey => FirstKey is { } key && (key.IsFirst || SelectedProfile is null && !IsPinned) ? key : null;

    /// <summary>The same in words.</summary>
    internal string SelectedText => Selected?.ToString() ?? (Asked is { } asked ? $"(unknown until the {asked.Source.Name} is asked)" : "(none)");

    /// <summary>A place that has to be asked for a key, where that is all there is.</summary>
    internal KeyCandidate? Asked => Selected is not null ? null : Keys.FirstOrDefault(key => key.ReasonCode == KeyReasonCodes.NotAsked && (key.IsFirst || !IsPinned));

    private KeyCandidate? FirstKey => Keys.FirstOrDefault(key => key.ReasonCode == KeyReasonCodes.Ok);

    /// <summary>The profiles to try now, in order.</summary>
    internal IEnumerable<string> Tries => IsPinned ? Order.Available.Where(id => id == Pin!.ProfileId) : Order.Available;
}
