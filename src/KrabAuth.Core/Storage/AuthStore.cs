using System.Diagnostics.CodeAnalysis;
using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.Storage;

/// <summary>A profile in a store.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Credential">What it holds.</param>
/// <param name="IsInherited">Whether it comes from the main agent's store and not from the agent's own.</param>
public sealed record StoredProfile(string Id, Credential Credential, bool IsInherited = false);

/// <summary>What an agent sees at one moment: its own store over that of the main agent. Never changes.</summary>
public sealed class AuthStore
{
    private readonly Dictionary<string, StoredProfile> _byId;
    private readonly Lazy<ILookup<string, StoredProfile>> _byProvider;

    internal AuthStore(IReadOnlyList<StoredProfile> profiles)
    {
        Profiles = profiles;
        _byId = profiles.ToDictionary(profile => profile.Id, StringComparer.Ordinal);
        _byProvider = new(() => profiles.ToLookup(profile => ProviderId.Canonical(profile.Credential.Provider), StringComparer.Ordinal));
    }

    /// <summary>A store with nothing in it.</summary>
    public static AuthStore Empty { get; } = new([]);

    /// <summary>The profiles, in the order of the file.</summary>
    public IReadOnlyList<StoredProfile> Profiles { get; }

    /// <summary>Entries that are not profiles. They stay in the file.</summary>
    public IReadOnlyList<RejectedProfile> Rejected { get; internal init; } = [];

    /// <summary>Stored orders, by provider as spelt in the file.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Order { get; internal init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The orders of a secondary agent that name none but profiles that do not exist, and so count for nothing.</summary>
    internal IReadOnlyDictionary<string, IReadOnlyList<string>> LostOrder { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The profile that last worked, by provider. For information: it decides nothing.</summary>
    public IReadOnlyDictionary<string, string> LastGood { get; internal init; } = new Dictionary<string, string>();

    /// <summary>Use and failures, by profile id.</summary>
    public IReadOnlyDictionary<string, UsageStats> UsageStats { get; internal init; } = new Dictionary<string, UsageStats>();

    /// <summary>Finds a profile by its exact id.</summary>
    public bool TryGet(string id, [NotNullWhen(true)] out StoredProfile? profile) => _byId.TryGetValue(id, out profile);

    /// <summary>The profiles of a provider, aliases included, in the order of the file.</summary>
    public IEnumerable<StoredProfile> OfProvider(string provider) => _byProvider.Value[ProviderId.Canonical(provider)];

    /// <summary>The profiles of a provider, by id.</summary>
    internal List<StoredProfile> SortedOfProvider(string provider)
    {
        List<StoredProfile> profiles = [.. OfProvider(provider)];
        profiles.Sort(static (left, right) => string.CompareOrdinal(left.Id, right.Id));
        return profiles;
    }

    /// <summary>The use of a profile.</summary>
    public UsageStats Stats(string id) => UsageStats.GetValueOrDefault(id) ?? KrabAuth.Profiles.UsageStats.None;

    /// <summary>The store as it holds at a moment: see <see cref="KrabAuth.Profiles.UsageStats.At"/>.</summary>
    internal AuthStore At(long now)
    {
        var changed = new Dictionary<string, UsageStats>(StringComparer.Ordinal);
        foreach ((string id, UsageStats stats) in UsageStats)
        {
            UsageStats seen = stats.At(now);
            if (!ReferenceEquals(seen, stats)) changed[id] = seen;
        }
        return changed.Count == 0 ? this : new AuthStore(Profiles) { Rejected = Rejected, Order = Order, LostOrder = LostOrder, LastGood = LastGood, UsageStats = Overlay(UsageStats, changed) };
    }

    /// <summary>
    /// What a secondary agent sees: main's entries where it has none of its own. Records of profiles that exist in neither are left
    /// out, and an order that names none but such is no order.
    /// </summary>
    internal static AuthStore Merge(AuthStore main, AuthStore own)
    {
        List<StoredProfile> profiles =
        [
            .. main.Profiles.Select(profile => own.TryGet(profile.Id, out StoredProfile? override_) ? override_ : profile with { IsInherited = true }),
            .. own.Profiles.Where(profile => !main.TryGet(profile.Id, out _)),
        ];
        var known = profiles.Select(profile => profile.Id).ToHashSet(StringComparer.Ordinal);
        var order = ProviderId.Overlay(main.Order, own.Order).ToLookup(entry => entry.Value.Count == 0 || entry.Value.Any(known.Contains));
        return new AuthStore(profiles)
        {
            Rejected = own.Rejected,
            Order = order[true].ToDictionary(entry => entry.Key, entry => entry.Value),
            LostOrder = order[false].ToDictionary(entry => entry.Key, entry => entry.Value),
            LastGood = ProviderId.Overlay(main.LastGood, own.LastGood).Where(entry => known.Contains(entry.Value)).ToDictionary(entry => entry.Key, entry => entry.Value),
            UsageStats = Overlay(main.UsageStats, own.UsageStats).Where(entry => known.Contains(entry.Key)).ToDictionary(entry => entry.Key, entry => OverMain(entry.Key, entry.Value)),
        };

        // The use of an inherited profile is each agent's own; that a person took it out of use, or that its token was refused, is not.
        UsageStats OverMain(string id, UsageStats stats)
        {
            if (own.TryGet(id, out _) || !main.UsageStats.TryGetValue(id, out UsageStats? above)) return stats;
            if (above.RefusedFingerprint is { } mark) stats = stats with { RefusedFingerprint = mark };
            return above.IsDisabledByUser ? stats with { DisabledUntil = above.DisabledUntil, DisabledReason = above.DisabledReason } : stats;
        }
    }

    /// <summary>One map over another, by exact keys.</summary>
    internal static Dictionary<string, T> Overlay<T>(IReadOnlyDictionary<string, T> main, IReadOnlyDictionary<string, T> own)
    {
        var merged = new Dictionary<string, T>(main, StringComparer.Ordinal);
        foreach ((string key, T value) in own) merged[key] = value;
        return merged;
    }
}
