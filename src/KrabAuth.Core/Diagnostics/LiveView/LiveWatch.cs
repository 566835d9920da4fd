using KrabAuth.Host;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics;

/// <summary>How to watch.</summary>
public sealed record LiveOptions
{
    /// <summary>The shortest <see cref="Interval"/>.</summary>
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);

    /// <summary>The longest <see cref="Interval"/>.</summary>
    public static readonly TimeSpan LongestInterval = TimeSpan.FromDays(1);

    /// <summary>How long to wait between two looks.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the providers are asked for quotas too: a network call, once a minute at most.</summary>
    public bool AsksUsage { get; init; }

    /// <summary>How many looks there are; without it, until somebody ends it.</summary>
    public int? Count { get; init; }
}

/// <summary>
/// Looks at an agent again and again. The files are looked at each time and read only when they changed, or a minute has passed, for the
/// sake of files that they refer to; what depends on the time alone is judged anew each time.
/// </summary>
public sealed class LiveWatch
{
    private static readonly TimeSpan ReadAnyway = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromMinutes(1);

    private readonly AuthAgent _origin;
    private readonly LiveOptions _options;
    private readonly LiveNotes _notes = new();
    private AuthAgent? _agent;
    private AuthStore? _store;
    private LiveFiles? _files;
    private DateTimeOffset _readAt;
    private LiveSnapshot? _last;
    private IReadOnlyList<QuotaWindow>? _quotas;
    private DateTimeOffset _askedAt;

    internal LiveWatch(AuthAgent agent, LiveOptions options)
    {
        if (options.Interval < LiveOptions.ShortestInterval || options.Interval > LiveOptions.LongestInterval) throw AuthErrors.IntervalInvalid();
        if (options.Count < 1) throw AuthErrors.OptionInvalid("The number of looks is less than one.");
        _origin = agent;
        _options = options;
    }

    private DateTimeOffset Now => _origin.Workspace.Now;

    /// <summary>Looks until it is cancelled or the number of looks is reached.</summary>
    /// <param name="onLook">Gets what was seen, from any thread but one look at a time; once more where the answers about quotas come later.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="KrabAuthException">The first look failed. What fails later is part of what is seen.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task RunAsync(Action<LiveSnapshot> onLook, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<IReadOnlyList<QuotaWindow>>? question = null;
        try
        {
            for (int looks = 1; ; looks++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                onLook(Look());
                if (_options.AsksUsage && question is null && (_quotas is null || Now - _askedAt >= BetweenQuestions)) question = AskAsync(stop.Token);
                bool isLast = looks == _options.Count;
                Task wait = isLast ? Task.CompletedTask : Task.Delay(_options.Interval, _origin.Workspace.Options.Clock, stop.Token);
                if (question is not null && (isLast || await Task.WhenAny(wait, question).ConfigureAwait(false) == question))
                {
                    _quotas = await question.ConfigureAwait(false);
                    question = null;
                    onLook(Look());
                }
                if (isLast) return;
                await wait.ConfigureAwait(false);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            // Its result is of no use any more; but nothing of it may go on unseen.
            if (question is not null) await ((Task)question).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private LiveSnapshot Look()
    {
        try
        {
            ReadIfChanged();
            _last = new LiveSnapshot(StatusReport.Build(_agent!, _store!), Now) { Quotas = _quotas ?? [], IsAsking = _options.AsksUsage && _quotas is null, Notes = _notes.Said() };
            return _last;
        }
        catch (Exception e) when (_last is not null && e is KrabAuthException or IOException or UnauthorizedAccessException)
        {
            _files = null;
            return new LiveSnapshot(_last.Report, _last.Time) { Quotas = _quotas ?? [], Problem = e.Message, Notes = _last.Notes };
        }
    }

    private void ReadIfChanged()
    {
        // Before the reading: what is written meanwhile is read at the next look.
        var files = LiveFiles.Of(_agent ?? _origin);
        if (_store is not null && files == _files && Now - _readAt < ReadAnyway) return;
        _notes.Clear();
        AuthAgent agent = new AuthWorkspace(_origin.Workspace.Options with { Log = _notes }).OpenAgent(_origin.IsNamed ? _origin.Id : null);
        (_agent, _store) = (agent, agent.Read());
        agent.WarnOfRejected(_store);
        (_files, _readAt) = (files, Now);
    }

    /// <summary>Asks with the agent as it was read last. An account of which nothing is known says why; so does a store that cannot be read.</summary>
    private async Task<IReadOnlyList<QuotaWindow>> AskAsync(CancellationToken cancellationToken)
    {
        _askedAt = Now;
        try
        {
            return await _agent!.Health.UsageAsync(null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is KrabAuthException or IOException or UnauthorizedAccessException)
        {
            _notes.Warning($"The providers were not asked for quotas: {e.Message}");
            return _quotas ?? [];
        }
    }

    /// <summary>Keeps what is said in reading, as there is no stream beside the view that it could go to.</summary>
    private sealed class LiveNotes : IAuthLog
    {
        private readonly Lock _lock = new();
        private readonly List<string> _said = [];

        public void Verbose(string message)
        {
        }

        public void Warning(string message)
        {
            lock (_lock)
            {
                if (!_said.Contains(message)) _said.Add(message);
            }
        }

        public IReadOnlyList<string> Said()
        {
            lock (_lock) return [.. _said];
        }

        public void Clear()
        {
            lock (_lock) _said.Clear();
        }
    }
}
