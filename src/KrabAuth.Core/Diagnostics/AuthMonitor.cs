using KrabAuth.Storage;

namespace KrabAuth.Diagnostics;

/// <summary>How to watch, and whom to tell.</summary>
public sealed record MonitorOptions
{
    /// <summary>How long the command may take, unless somebody says otherwise.</summary>
    public static readonly TimeSpan UsualTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The command that is run for each change, with its arguments; without one, the changes are only reported.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>How long the command may take before it is ended with all that it started.</summary>
    public TimeSpan Timeout { get; init; } = UsualTimeout;

    /// <summary>Warns this long before an end; 24 hours without it.</summary>
    public TimeSpan? WarnWithin { get; init; }

    /// <summary>Where it is remembered what was told; without it, <c>krabauth-monitor.json</c> in the state directory.</summary>
    public string? StateFile { get; init; }

    /// <summary>Spells a recommended command as the user has to type it; as Core spells it without.</summary>
    public Func<string, string> Spell { get; init; } = static text => text;
}

/// <summary>
/// Checks as <see cref="HealthInspector"/> does and tells of each change once: a command of the user's choice is run for it, and what
/// it took is remembered at once. A command that fails, hangs or cannot be started is told of, and gets the same news at the next run.
/// </summary>
public sealed class AuthMonitor
{
    private readonly AuthAgent _agent;
    private readonly MonitorOptions _options;

    internal AuthMonitor(AuthAgent agent, MonitorOptions options)
    {
        _agent = agent;
        _options = options;
    }

    /// <summary>Checks once, tells what is new, and remembers it.</summary>
    /// <exception cref="KrabAuthException">A file cannot be read or written; <c>StoreReadOnly</c>.</exception>
    public async Task<MonitorReport> RunAsync(CancellationToken cancellationToken = default)
    {
        // A monitor may run for months: the configuration is read anew each time.
        AuthAgent agent = new AuthWorkspace(_agent.Workspace.Options).OpenAgent(_agent.IsNamed ? _agent.Id : null);
        StateDirectory state = agent.Workspace.State;
        if (_options.StateFile is null && state.ReadOnlyVariable is { } variable) throw AuthErrors.StoreReadOnly(variable);
        string path = _options.StateFile is { } given ? state.UserPath(given) : Path.Combine(state.Root, MonitorFile.Name);
        using MonitorFile file = await MonitorFile.OpenAsync(path, agent.Id, agent.Workspace.Options.Locks, agent.Workspace.Log, cancellationToken).ConfigureAwait(false);
        await agent.ExternalLogins.SyncAutomaticallyAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<AuthCheck> checks = agent.Health.Check(_options.WarnWithin);
        var difference = MonitorDifference.Between(file.Read(), checks);
        DateTimeOffset now = agent.Workspace.Now;
        file.Remember(difference.Silent, now);
        var changes = new List<MonitorChange>();
        var notifier = new MonitorNotifier(agent, _options);
        foreach (MonitorChange news in difference.News)
        {
            MonitorChange change = news with { Problem = await notifier.TellAsync(news, cancellationToken).ConfigureAwait(false) };
            if (change.Problem is null) file.Remember([change], now);
            else agent.Workspace.Log.Warning($"\"{change.Message}\" was told to nobody: {change.Problem}. It is tried again at the next run.");
            changes.Add(change);
        }
        return new MonitorReport(now, checks, changes);
    }

    /// <summary>Checks again and again until it is cancelled. A run that fails is told of, and the next one takes place.</summary>
    /// <param name="interval">How long to wait between two runs.</param>
    /// <param name="onReport">Gets what each run came to.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task WatchAsync(TimeSpan interval, Action<MonitorReport> onReport, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TryRunAsync(cancellationToken).ConfigureAwait(false) is { } report) onReport(report);
            await Task.Delay(interval, _agent.Workspace.Options.Clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<MonitorReport?> TryRunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is KrabAuthException or IOException or UnauthorizedAccessException)
        {
            _agent.Workspace.Log.Warning($"The check came to no end: {e.Message} {(e as KrabAuthException)?.Remedy.CommandLine}".TrimEnd());
            return null;
        }
    }
}
