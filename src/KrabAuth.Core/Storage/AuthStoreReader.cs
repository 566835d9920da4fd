using System.Text.Json;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;

namespace KrabAuth.Storage;

/// <summary>Makes a store of the texts of its one or two files.</summary>
internal static class AuthStoreReader
{
    /// <param name="profilesPath">For errors.</param>
    /// <param name="profiles">The text of <c>auth-profiles.json</c>.</param>
    /// <param name="statePath">For errors.</param>
    /// <param name="state">The text of <c>auth-state.json</c>, where there is one. Its entries win over those in the first file.</param>
    public static AuthStore Read(string profilesPath, StrictJson? profiles, string statePath, StrictJson? state)
    {
        using JsonDocument? profilesDocument = profiles?.ToDocument();
        using JsonDocument? stateDocument = state?.ToDocument();
        JsonElement? root = Root(profilesDocument, profilesPath);
        JsonElement? stateRoot = Root(stateDocument, statePath);
        var accepted = new List<StoredProfile>();
        var rejected = new List<RejectedProfile>();
        foreach (JsonProperty entry in Section(root, "profiles", profilesPath).Members())
        {
            (Credential? credential, RejectedProfile? refusal) = CredentialReader.Read(entry.Name, entry.Value);
            if (credential is not null) accepted.Add(new StoredProfile(entry.Name, credential));
            else rejected.Add(refusal!);
        }
        if (root is not null && root.Member("profiles") is null) rejected.AddRange(FlatEntries(root));
        return new AuthStore(accepted)
        {
            Rejected = rejected,
            Order = Both(root, stateRoot, "order", OrderEntries),
            LastGood = Both(root, stateRoot, "lastGood", LastGoodEntries),
            UsageStats = Both(root, stateRoot, "usageStats", UsageEntries),
        };
    }

    private static JsonElement? Root(JsonDocument? document, string path) => document?.RootElement switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } root => root,
        _ => throw AuthErrors.StoreCorrupt(path, new JsonProblem("the file must hold one JSON object", 1, 1)),
    };

    private static JsonElement? Section(JsonElement? root, string name, string path)
        => root.Member(name) is { ValueKind: not JsonValueKind.Object }
            ? throw AuthErrors.StoreCorrupt(path, new JsonProblem($"the member \"{name}\" must be an object", 1, 1))
            : root.Object(name);

    /// <summary>People write <c>{"openrouter": {"apiKey": "…"}}</c> by hand: nothing reads it, so it has to be said.</summary>
    private static IEnumerable<RejectedProfile> FlatEntries(JsonElement? root) => root.Members()
        .Where(member => member.Value.ValueKind == JsonValueKind.Object && member.Name is not ("order" or "lastGood" or "usageStats"))
        .Select(member => new RejectedProfile(member.Name, "flat_entry", "credentials belong under \"profiles\", as \"<provider>:<name>\""));

    private static Dictionary<string, T> Both<T>(
        JsonElement? root, JsonElement? state, string section, Func<JsonElement?, IEnumerable<KeyValuePair<string, T>>> read)
    {
        var merged = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (KeyValuePair<string, T> entry in read(root.Object(section)).Concat(read(state.Object(section)))) merged[entry.Key] = entry.Value;
        return merged;
    }

    private static IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> OrderEntries(JsonElement? section) => section.Members()
        .Where(member => member.Value.ValueKind == JsonValueKind.Array)
        .Select(member => KeyValuePair.Create(member.Name, member.Value.Texts()))
        // Every generation reads an empty stored list as no override; only the configuration can say "none".
        .Where(entry => entry.Value.Count > 0);

    private static IEnumerable<KeyValuePair<string, string>> LastGoodEntries(JsonElement? section) => section.Members()
        .Select(member => KeyValuePair.Create(member.Name, section.Text(member.Name)?.Trim() ?? string.Empty))
        .Where(entry => entry.Value.Length > 0);

    private static IEnumerable<KeyValuePair<string, UsageStats>> UsageEntries(JsonElement? section) => section.Members()
        .Where(member => member.Value.ValueKind == JsonValueKind.Object)
        .Select(member => KeyValuePair.Create(member.Name, UsageStats.Read(member.Value)));
}
