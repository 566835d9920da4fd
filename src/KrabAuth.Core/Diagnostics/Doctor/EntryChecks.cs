using System.Text.Json.Nodes;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics.Doctor;

/// <summary>A store as people write it by hand: <c>{"openrouter": {"apiKey": "…"}}</c>. Nothing reads it.</summary>
internal sealed class FlatStoreCheck : IDoctorCheck
{
    public string Id => "flat-store";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        foreach ((AuthAgent agent, AuthStore own, _) in context.Stores())
        {
            if (Names(own) is not { Count: > 0 } names) continue;
            JsonObject? store = agent.ReadNodes().Store;
            List<string> movable = [.. names.Where(name => store?[name] is JsonObject flat && Convert(name, flat) is var (id, _) && (store["profiles"] as JsonObject)?.ContainsKey(id) != true)];
            if (movable.Count > 0)
            {
                yield return context.Finding(this, DoctorSeverity.Error, agent.Paths.StorePath, $"Credentials stand beside \"profiles\" and not in it, so that nothing uses them: {string.Join(", ", movable)}.", agent) with
                {
                    Remedy = Remedy.Same("Write them as <provider>:default below \"profiles\"."),
                    Mend = token => context.ChangeStoreAsync(agent, "legacy-flat", Rewrite, token),
                };
            }
            foreach (string name in names.Except(movable))
            {
                yield return context.Finding(this, DoctorSeverity.Error, name, "It stands beside \"profiles\" and not in it, so that nothing uses it.", agent) with
                {
                    Remedy = Remedy.Same($"Write it below \"profiles\" under an id that is free, or remove it: {agent.Paths.StorePath}"),
                };
            }
        }
    }

    private static List<string> Names(AuthStore store) => [.. store.Rejected.Where(entry => entry.Reason == "flat_entry").Select(entry => entry.Id)];

    private static bool Rewrite(AuthStore store, AuthStoreEditor editor)
    {
        List<string> names = [.. Names(store).Where(name => editor.Take(name, Convert))];
        return names.Count > 0;
    }

    /// <summary>The entry and its id; null for what is no credential, which stays where it is.</summary>
    private static (string Id, JsonObject Entry)? Convert(string name, JsonObject flat)
    {
        if (FlatCredential.ToEntry(name, flat) is not { } entry) return null;
        string provider = ProviderId.Normalize(entry["provider"]!.ToString());
        entry["provider"] = provider;
        return (ProfileId.Of(provider, null), entry);
    }
}

/// <summary>An API key under a name that nothing reads: <c>{"type": "api_key", "api_key": "…"}</c>.</summary>
internal sealed class KeyAliasCheck : IDoctorCheck
{
    public string Id => "key-alias";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
        => from entry in context.Stores()
           let nodes = new Lazy<JsonObject?>(() => entry.Agent.ReadNodes().Store)
           from profile in entry.Own.Profiles
           where profile.Credential is ApiKeyCredential { Key: null, Reference: null } && HasAlias(nodes.Value, profile.Id)
           select context.Finding(this, DoctorSeverity.Error, profile.Id, "Its key stands in the member \"api_key\", which nothing reads.", entry.Agent) with
           {
               Remedy = Remedy.Same("Call the member \"key\"."),
               Mend = token => context.ChangeStoreAsync(entry.Agent, "key-alias", (_, editor) => editor.RenameIn(profile.Id, "api_key", "key"), token),
           };

    private static bool HasAlias(JsonObject? store, string id)
        => (store?["profiles"] as JsonObject)?[id] is JsonObject entry && entry["api_key"] is JsonValue value && value.TryGetValue(out string? text) && !string.IsNullOrWhiteSpace(text);
}

/// <summary>A mark of the AWS SDK in a store; it belongs into the configuration, as there is no secret to keep.</summary>
internal sealed class AwsMarkerCheck : IDoctorCheck
{
    public string Id => "aws-sdk-entry";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        foreach ((AuthAgent agent, AuthStore own, _) in context.Stores())
        {
            var nodes = new Lazy<JsonObject?>(() => agent.ReadNodes().Store);
            foreach (string id in own.Rejected.Where(entry => entry.Reason == "invalid_type").Select(entry => entry.Id))
            {
                if (Marker(nodes.Value, id) is not { } provider) continue;
                yield return context.Finding(this, DoctorSeverity.Warning, id, "It says that the AWS SDK signs in by itself. In a store nothing reads that; in the configuration gateways do.", agent) with
                {
                    Remedy = Remedy.Same("Move it to auth.profiles of the configuration, with mode aws-sdk."),
                    Mend = async token =>
                    {
                        await context.Workspace.ChangeConfigAsync(editor => editor.Set(new JsonObject { ["provider"] = provider, ["mode"] = "aws-sdk" }, "auth", "profiles", id), token).ConfigureAwait(false);
                        return await context.ChangeStoreAsync(agent, "aws-sdk-profile", (store, editor) => !store.TryGet(id, out _) && editor.TakeProfile(id), token).ConfigureAwait(false);
                    },
                };
            }
        }
    }

    private static string? Marker(JsonObject? store, string id)
    {
        if ((store?["profiles"] as JsonObject)?[id] is not JsonObject entry) return null;
        string? kind = Text(entry, "type") ?? Text(entry, "mode");
        return kind == "aws-sdk" ? Text(entry, "provider") ?? id.Split(':')[0] : null;
    }

    private static string? Text(JsonObject entry, string name) => entry[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}

/// <summary>An entry that is no profile and that nobody but its writer can mend.</summary>
internal sealed class UnusableEntryCheck : IDoctorCheck
{
    public string Id => "unusable-entry";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
        => from entry in context.Stores()
           from rejected in entry.Own.Rejected
           where rejected.Reason != "flat_entry"
           select context.Finding(this, DoctorSeverity.Warning, rejected.Id, $"It is not used [{rejected.Reason}]: {rejected.Hint}.", entry.Agent) with
           {
               Remedy = Remedy.Same($"Mend it by hand, or remove it: {entry.Agent.Paths.StorePath}"),
           };
}
