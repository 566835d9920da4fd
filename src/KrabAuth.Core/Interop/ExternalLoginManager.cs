using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Interop;

/// <summary>
/// Takes over the sign-ins of other programs on this machine: Claude Code, Codex CLI, Qwen Code, MiniMax and Gemini CLI. A profile
/// that came so has two owners: see <see cref="SharedSignIn"/> for how it is renewed.
/// </summary>
public sealed class ExternalLoginManager
{
    private readonly AuthAgent _agent;

    internal ExternalLoginManager(AuthAgent agent)
    {
        _agent = agent;
        Reader = new ExternalLoginReader(agent.Workspace.Options, agent.Workspace.State.Layout);
    }

    internal ExternalLoginReader Reader { get; }

    /// <summary>What taking over would do, without doing it.</summary>
    /// <param name="tools">Only these programs, whatever the configuration says; those that it allows without it.</param>
    /// <exception cref="KrabAuthException"><c>ToolUnknown</c>, or the store cannot be read.</exception>
    public IReadOnlyList<ExternalLogin> Plan(IReadOnlyCollection<string>? tools = null) => Plan(tools, mayAsk: true);

    /// <summary>The same; the keychain, which may ask a person, is opened only if it may.</summary>
    internal IReadOnlyList<ExternalLogin> Plan(IReadOnlyCollection<string>? tools, bool mayAsk)
    {
        bool isAsked = tools is { Count: > 0 };
        List<ExternalLogin> plan = [.. Choose(tools).Select(choice => Consider(Look(choice, mayAsk), isAsked))];
        plan.ForEach(login => Tell(login, isAsked));
        return plan;
    }

    /// <summary>Takes over what is newer than the store's. What cannot be used is told in the result and stops nothing else.</summary>
    /// <param name="tools">Only these programs, whatever the configuration says; those that it allows without it.</param>
    /// <param name="cancellationToken">Ends the waiting for the store's lock.</param>
    /// <exception cref="KrabAuthException"><c>ToolUnknown</c>, or the store cannot be read or written.</exception>
    public Task<IReadOnlyList<ExternalLogin>> SyncAsync(IReadOnlyCollection<string>? tools = null, CancellationToken cancellationToken = default)
        => SyncAsync(tools, isAutomatic: false, cancellationToken);

    /// <summary>The same as part of another command: the keychain is not opened, and what goes wrong is a warning.</summary>
    internal async Task SyncAutomaticallyAsync(CancellationToken cancellationToken)
    {
        if (_agent.Workspace.State.ReadOnlyVariable is not null) return;
        try
        {
            await SyncAsync(null, isAutomatic: true, cancellationToken).ConfigureAwait(false);
        }
        catch (KrabAuthException e) when (e.Kind is AuthErrorKind.Busy or AuthErrorKind.PermissionDenied)
        {
            _agent.Workspace.Log.Warning($"The sign-ins of other programs were not taken over: {e.Message}");
        }
    }

    private async Task<IReadOnlyList<ExternalLogin>> SyncAsync(IReadOnlyCollection<string>? tools, bool isAutomatic, CancellationToken cancellationToken)
    {
        bool isAsked = tools is { Count: > 0 };
        var results = new List<ExternalLogin>();
        foreach (Choice choice in Choose(tools))
        {
            ExternalReading reading = Look(choice, mayAsk: !isAutomatic);
            ExternalLogin login = Consider(reading, isAsked);
            if (login.Action != ExternalLoginAction.None) login = await ApplyAsync(reading, cancellationToken).ConfigureAwait(false);
            Tell(login, isAsked);
            if (login.Action == ExternalLoginAction.Add) _agent.Profiles.WarnIfUnused(login.ProfileId, login.Provider);
            results.Add(login);
        }
        return results;
    }

    /// <summary>Decides again under the lock, with what is in the store by then.</summary>
    private async Task<ExternalLogin> ApplyAsync(ExternalReading reading, CancellationToken cancellationToken)
    {
        if (_agent.Workspace.State.ReadOnlyVariable is { } variable) throw AuthErrors.StoreReadOnly(variable);
        string id = reading.Tool.ProfileId;
        Credential credential = reading.Credential!;
        (ExternalLoginAction Action, string Reason) decision = await _agent.OwnerOf(id, out _).UpdateAsync(
            (store, editor) =>
            {
                (ExternalLoginAction Action, string Reason) now = ExternalLoginRules.Decide(store, id, credential, _agent.Workspace.NowMilliseconds);
                store.TryGet(id, out StoredProfile? stored);
                if (now.Action is ExternalLoginAction.Add or ExternalLoginAction.Update)
                {
                    editor.Put(id, ExternalLoginRules.Merge(stored?.Credential, credential));
                    if (store.Stats(id).IsLoginRemoved) editor.ChangeUsage(id, stats => stats.Remove(UsageStats.RemovedLoginMember));
                }
                else if (now.Action == ExternalLoginAction.Remove)
                {
                    editor.Remove(id);
                }
                return now;
            },
            cancellationToken).ConfigureAwait(false);
        return Describe(reading, decision);
    }

    /// <summary>What the configuration leaves out is not even read.</summary>
    private ExternalReading Look(Choice choice, bool mayAsk) => choice.IsAllowed
        ? Reader.Read(choice.Tool, mayAsk)
        : new ExternalReading(choice.Tool, string.Empty, null, ExternalReasons.SwitchedOff, ExternalReasons.Describe(ExternalReasons.SwitchedOff));

    private ExternalLogin Consider(ExternalReading reading, bool isAsked)
    {
        if (reading.Credential is not { } credential) return Describe(reading, (ExternalLoginAction.None, reading.Reason));
        ExternalTool tool = reading.Tool;
        // Reads once more through the agent, which imports what earlier versions left.
        _agent.Read();
        AuthStore store = _agent.OwnerOf(tool.ProfileId, out _).Read();
        (ExternalLoginAction Action, string Reason) decision = ExternalLoginRules.Decide(store, tool.ProfileId, credential, _agent.Workspace.NowMilliseconds);
        bool isUnwanted = decision.Action == ExternalLoginAction.Add && !isAsked && store.Stats(tool.ProfileId).IsLoginRemoved;
        return Describe(reading, isUnwanted ? (ExternalLoginAction.None, ExternalReasons.Removed) : decision);
    }

    private ExternalLogin Describe(ExternalReading reading, (ExternalLoginAction Action, string Reason) decision) => new()
    {
        Tool = reading.Tool.Name,
        ProfileId = reading.Tool.ProfileId,
        Provider = reading.Tool.Provider,
        Action = decision.Action,
        Reason = decision.Reason,
        Detail = decision.Reason == reading.Reason ? reading.Detail : ExternalReasons.Describe(decision.Reason),
        Source = reading.Source,
        Type = reading.Credential?.Type,
        Expires = reading.Credential is { } credential ? ProfileHealth.Of(credential, UsageStats.None, _agent.Workspace.NowMilliseconds).Expires : DateTimeOffset.MinValue,
        Agent = _agent.Id,
        Product = _agent.Workspace.Product,
        StateDirectory = _agent.Workspace.State.Root,
    };

    private void Tell(ExternalLogin login, bool isAsked)
    {
        bool warns = login.IsTrouble || (isAsked && login.Type is null);
        if (!warns && login.Type is null) return;
        string what = login.Action switch
        {
            ExternalLoginAction.Add => $"add {login.ProfileId}",
            ExternalLoginAction.Update => $"update {login.ProfileId}",
            ExternalLoginAction.Remove => $"remove {login.ProfileId}",
            _ => $"{login.ProfileId} is not changed",
        };
        // What is about the file itself names it already.
        string source = login.Detail.Contains(login.Source, StringComparison.Ordinal) ? string.Empty : $" ({login.Source})";
        string text = $"{login.Tool}: {what} [{login.Reason}]: {login.Detail}{source}.";
        if (warns) _agent.Workspace.Log.Warning(text);
        else _agent.Workspace.Log.Verbose(text);
    }

    /// <summary>The programs that are meant, and whether each may be read.</summary>
    private List<Choice> Choose(IReadOnlyCollection<string>? tools)
    {
        if (tools is { Count: > 0 }) return [.. tools.Select(Require).Distinct().Select(static tool => new Choice(tool, true))];
        HashSet<ExternalTool>? allowed = Allowed();
        return [.. ExternalTool.All.Select(tool => new Choice(tool, allowed?.Contains(tool) != false))];
    }

    private HashSet<ExternalTool>? Allowed()
    {
        if (_agent.Workspace.Config.ExternalTools is not { } names) return null;
        var allowed = new HashSet<ExternalTool>();
        foreach (string name in names)
        {
            if (ExternalTool.TryFind(name, out ExternalTool? tool)) allowed.Add(tool);
            else _agent.Workspace.Log.Warning($"auth.externalCli in {_agent.Workspace.State.ConfigPath} names \"{name}\", which is none of {string.Join(", ", ExternalTool.All)}.");
        }
        return allowed;
    }

    private static ExternalTool Require(string name)
        => ExternalTool.TryFind(name, out ExternalTool? tool) ? tool : throw AuthErrors.ToolUnknown(name, ExternalTool.All.Select(entry => entry.Name));

    /// <summary>A program, and whether it may be read.</summary>
    private sealed record Choice(ExternalTool Tool, bool IsAllowed);
}
