using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Agents;

/// <summary>
/// Keeps what the configuration says of profiles in step with the stores: a gateway whose configuration lists profiles uses no other.
/// A missing configuration is not made, as it hides nothing, and one that cannot be changed is worth a warning, not a failure.
/// </summary>
internal sealed class ProfileDescriptions(AuthWorkspace workspace)
{
    /// <summary>Who has a credential of which kind under an id. Read once: there may be thousands to describe.</summary>
    private readonly Lazy<ILookup<string, (AuthAgent Agent, CredentialType Type)>> _holders = new(() => workspace.AgentIds
        .Select(workspace.OpenAgent)
        .SelectMany(agent => agent.TryPeek()?.Profiles.Select(profile => (profile.Id, Agent: agent, profile.Credential.Type)) ?? [])
        .ToLookup(entry => entry.Id, entry => (entry.Agent, entry.Type), StringComparer.Ordinal));

    /// <summary>
    /// Describes a profile, and puts it first in an order of its provider that is there. Where it is the first of its provider to
    /// be listed, those that are in use until now are listed with it: they would be hidden otherwise.
    /// </summary>
    public Task AddAsync(AuthStore store, string id, CancellationToken cancellationToken)
    {
        if (!store.TryGet(id, out StoredProfile? added)) return Task.CompletedTask;
        string provider = added.Credential.Provider;
        return TryAsync(
            $"add {id} to its auth.profiles by hand",
            editor =>
            {
                if (Order(editor, provider) is { } order) editor.MoveToFront(id, "auth", "order", order);
                if (!IsListed(editor, provider))
                {
                    foreach (StoredProfile profile in Everywhere().Where(profile => profile.Id != id && ProviderId.Same(profile.Credential.Provider, provider))) Describe(editor, profile);
                }
                Describe(editor, added);
            },
            cancellationToken);
    }

    /// <summary>Follows a new id, unless another agent keeps a profile under the old one: then the new one is added.</summary>
    public Task RenameAsync(AuthStore store, string id, string newId, CancellationToken cancellationToken)
    {
        if (!IsMentioned(id) && !IsMentioned(newId)) return Task.CompletedTask;
        return TryAsync(
            $"put {newId} in the place of {id} by hand",
            editor =>
            {
                store.TryGet(newId, out StoredProfile? renamed);
                if (IsHeld(id))
                {
                    if (renamed is not null) Describe(editor, renamed);
                    return;
                }
                Move(editor, id, newId);
                // What was left under the new id may tell of another kind.
                if (renamed is not null && editor.Tree.Find("auth", "profiles", newId) is not null) Describe(editor, renamed);
            },
            cancellationToken);
    }

    /// <summary>Forgets a profile that no agent has any more. An order that would be left empty goes too: it would disable the provider.</summary>
    public Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        if (!IsMentioned(id)) return Task.CompletedTask;
        return TryAsync(
            $"remove {id} from its auth.profiles and auth.order by hand",
            editor =>
            {
                if (IsHeld(id)) return;
                editor.Remove("auth", "profiles", id);
                foreach (string provider in Orders(editor))
                {
                    int removed = editor.RemoveItems(item => editor.Tree.Expand(item) == id, "auth", "order", provider);
                    if (removed > 0 && editor.Tree.Find("auth", "order", provider) is { Items.Count: 0 }) editor.Remove("auth", "order", provider);
                }
            },
            cancellationToken);
    }

    /// <summary>Describes profiles as they are stored, and nothing else.</summary>
    public Task DescribeAsync(IReadOnlyCollection<StoredProfile> profiles, CancellationToken cancellationToken)
        => workspace.ChangeConfigAsync(
            editor =>
            {
                foreach (StoredProfile profile in profiles) Describe(editor, profile);
            },
            cancellationToken);

    /// <summary>Puts one description and its places in orders under the id that the profile really has.</summary>
    public Task MoveAsync(string id, StoredProfile profile, CancellationToken cancellationToken)
        => workspace.ChangeConfigAsync(
            editor =>
            {
                Move(editor, id, profile.Id);
                Describe(editor, profile);
            },
            cancellationToken);

    /// <summary>Puts a description, unless there is one, and its places in orders under another id.</summary>
    private static void Move(ConfigEditor editor, string id, string newId)
    {
        if (editor.Tree.Find("auth", "profiles", newId) is null) editor.Rename(newId, "auth", "profiles", id);
        else editor.Remove("auth", "profiles", id);
        foreach (string provider in Orders(editor)) editor.ReplaceItems(id, newId, "auth", "order", provider);
    }

    /// <summary>
    /// Another agent that has a credential under an id which one description cannot serve together with a credential of this kind: an id
    /// is described once for all agents, and where the kind is another, a gateway does not use the profile.
    /// </summary>
    /// <returns>The agent and its kind; <see langword="null"/> where there is none, or nothing is described.</returns>
    public (string Agent, CredentialType Type)? Conflict(AuthAgent agent, string id, CredentialType type)
    {
        if (!File.Exists(workspace.State.ConfigPath)) return null;
        foreach ((AuthAgent other, CredentialType held) in _holders.Value[id])
        {
            if (other.Paths.Directory != agent.Paths.Directory && !CanShare(held, type)) return (other.Id, held);
        }
        return null;
    }

    /// <summary>Refuses an id under which another agent has a credential of another kind.</summary>
    /// <exception cref="KrabAuthException"><c>ProfileKindConflict</c>.</exception>
    public void RequireKind(AuthAgent agent, string id, CredentialType type)
    {
        if (Conflict(agent, id, type) is { } other) throw AuthErrors.ProfileKindConflict(id, other.Agent, other.Type.StoredName());
    }

    /// <summary>The mode <c>oauth</c> fits tokens too.</summary>
    private static bool CanShare(CredentialType one, CredentialType other) => one == CredentialType.ApiKey == (other == CredentialType.ApiKey);

    private void Describe(ConfigEditor editor, StoredProfile profile)
    {
        string provider = profile.Credential.Provider;
        List<CredentialType> held = [.. _holders.Value[profile.Id].Select(holder => holder.Type)];
        bool isDescribed = editor.Tree.Find("auth", "profiles", profile.Id) is not null;
        // Whose profile it is that is used, nobody can decide by the way.
        if (isDescribed && held.Exists(type => !CanShare(type, profile.Credential.Type))) return;
        string mode = (held.Contains(CredentialType.OAuth) ? CredentialType.OAuth : profile.Credential.Type).StoredName();
        if (!isDescribed)
        {
            editor.Set(new JsonObject { ["provider"] = provider, ["mode"] = mode }, "auth", "profiles", profile.Id);
            return;
        }
        editor.Set(provider, "auth", "profiles", profile.Id, "provider");
        editor.Set(mode, "auth", "profiles", profile.Id, "mode");
    }

    private static string? Order(ConfigEditor editor, string provider) => Orders(editor).Find(name => ProviderId.Same(name, provider));

    private static List<string> Orders(ConfigEditor editor) => [.. (editor.Tree.Find("auth", "order")?.Members ?? []).Select(member => member.Name)];

    private bool IsMentioned(string id) => workspace.Config.Profile(id) is not null || workspace.Config.Order.Values.Any(order => order.Contains(id));

    private static bool IsListed(ConfigEditor editor, string provider)
        => (editor.Tree.Find("auth", "profiles")?.Members ?? []).Exists(member => member.Value.Member("provider") is { } named && ProviderId.Same(editor.Tree.Expand(named), provider));

    private bool IsHeld(string id) => Everywhere().Any(profile => profile.Id == id);

    /// <summary>The profiles of all agents, for the configuration is theirs together.</summary>
    private IEnumerable<StoredProfile> Everywhere()
        => workspace.AgentIds.SelectMany(agent => workspace.OpenAgent(agent).Read().Profiles.Where(profile => !profile.IsInherited)).DistinctBy(profile => profile.Id);

    private async Task TryAsync(string byHand, Action<ConfigEditor> change, CancellationToken cancellationToken)
    {
        if (workspace.State.ReadOnlyVariable is not null || !File.Exists(workspace.State.ConfigPath)) return;
        try
        {
            await workspace.ChangeConfigAsync(change, cancellationToken).ConfigureAwait(false);
        }
        catch (KrabAuthException e)
        {
            workspace.Log.Warning($"{workspace.State.ConfigPath} was not changed; {byHand}. {e.Message}");
        }
    }
}
