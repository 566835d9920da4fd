using KrabAuth.Providers;

namespace KrabAuth.Routing;

/// <summary>Names of providers, as people and programs spell them.</summary>
public static class ProviderId
{
    /// <summary>Trimmed and lower-case: the spelling that is stored.</summary>
    public static string Normalize(string? provider) => (provider ?? string.Empty).Trim().ToLowerInvariant();

    /// <summary>The spelling under which providers are compared: normalised, with aliases such as <c>z.ai</c> replaced by the provider's id.</summary>
    public static string Canonical(string? provider)
    {
        string normalized = Normalize(provider);
        return ProviderCatalog.BuiltIn.Aliases.GetValueOrDefault(normalized, normalized);
    }

    /// <summary>Whether two names mean one provider.</summary>
    public static bool Same(string? left, string? right) => Canonical(left) == Canonical(right);

    /// <summary>
    /// The spelling under which a new order is stored. Programs of the one-file format fold three spellings before they
    /// look; those of the two-file format look for the provider as the profiles spell it.
    /// </summary>
    internal static string OrderKey(string provider, bool twoFiles)
    {
        string normalized = Normalize(provider);
        return !twoFiles && normalized is ("z.ai" or "z-ai" or "opencode-zen") ? Canonical(normalized) : normalized;
    }

    /// <summary>One such map over another. A provider that the upper one names in any spelling is not looked up in the lower one.</summary>
    internal static Dictionary<string, T> Overlay<T>(IReadOnlyDictionary<string, T> lower, IReadOnlyDictionary<string, T> upper)
    {
        // Loops, and no sequences of pairs: those are compiled at the first read of each session.
        var named = new HashSet<string>(StringComparer.Ordinal);
        var merged = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach ((string key, T value) in upper)
        {
            named.Add(Canonical(key));
            merged[key] = value;
        }
        foreach ((string key, T value) in lower)
        {
            if (!named.Contains(Canonical(key))) merged[key] = value;
        }
        return merged;
    }

    /// <summary>Looks a provider up in a map whose keys people spelt: the first key that means it.</summary>
    internal static bool TryFind<T>(IEnumerable<KeyValuePair<string, T>> map, string provider, out KeyValuePair<string, T> found)
    {
        string wanted = Canonical(provider);
        foreach (KeyValuePair<string, T> entry in map)
        {
            if (Canonical(entry.Key) != wanted) continue;
            found = entry;
            return true;
        }
        found = default;
        return false;
    }
}
