using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Routing;

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
        foreach (JsonMember entry in Section(root, "profiles", profilesPath).Members())
        {
            (Credential? credential, RejectedProfile? refusal) = profiles!.HasHalves && entry.Name.Contains('\uFFFD') ? (null, BrokenId(entry.Name)) : CredentialReader.Read(entry.Name, entry.Value);
            if (credential is not null) accepted.Add(new StoredProfile(entry.Name, credential));
            else rejected.Add(refusal!);
        }
        AddFlatEntries(root, rejected);
        return new AuthStore(accepted)
        {
            Rejected = rejected,
            Order = ProviderId.Overlay(Entries(root, "order", ReadOrder), Entries(stateRoot, "order", ReadOrder)),
            LastGood = ProviderId.Overlay(Entries(root, "lastGood", ReadLastGood), Entries(stateRoot, "lastGood", ReadLastGood)),
            UsageStats = AuthStore.Overlay(Entries(root, "usageStats", ReadUsage), Entries(stateRoot, "usageStats", ReadUsage)),
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

    /// <summary>No order, no command and no change of the store can name it.</summary>
    private static RejectedProfile BrokenId(string id) => new(id, "broken_id", "half of a character stands in its name: give it another");

    /// <summary>
    /// People write <c>{"openrouter": {"apiKey": "…"}}</c> by hand: nothing reads it, so it has to be said. Where there are profiles, an
    /// object beside them may be a newer peer's: one without a secret is not taken for a credential.
    /// </summary>
    private static void AddFlatEntries(JsonElement? root, List<RejectedProfile> rejected)
    {
        foreach (JsonMember member in root.Members())
        {
            if (member.Value.ValueKind != JsonValueKind.Object || member.Name is "profiles" or "order" or "lastGood" or "usageStats") continue;
            if (root.Member("profiles") is not null && !FlatCredential.HasSecret(member.Name, JsonObject.Create(member.Value)!)) continue;
            rejected.Add(new RejectedProfile(member.Name, "flat_entry", "credentials belong under \"profiles\", as \"<provider>:<name>\""));
        }
    }

    /// <summary>A section of a file. What cannot be read in the second file does not hide what the first says.</summary>
    private static Dictionary<string, T> Entries<T>(JsonElement? root, string section, Func<JsonElement, T?> read)
        where T : class
    {
        var entries = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (JsonMember member in root.Object(section).Members())
        {
            if (read(member.Value) is { } value) entries[member.Name] = value;
        }
        return entries;
    }

    /// <summary>Every generation reads an empty stored list as no override; only the configuration can say "none".</summary>
    private static IReadOnlyList<string>? ReadOrder(JsonElement value) => value.Texts() is { Count: > 0 } ids ? ids : null;

    private static string? ReadLastGood(JsonElement value)
        => value.ValueKind == JsonValueKind.String && value.GetString()!.Trim() is { Length: > 0 } id ? id : null;

    private static UsageStats? ReadUsage(JsonElement value) => value.ValueKind == JsonValueKind.Object ? UsageStats.Read(value) : null;
}
