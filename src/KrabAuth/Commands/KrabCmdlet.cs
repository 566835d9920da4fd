using System.Collections.Concurrent;
using System.ComponentModel;
using System.Management.Automation;
using KrabAuth.Diagnostics;
using KrabAuth.Errors;
using KrabAuth.Host;
using KrabAuth.Secrets;
using KrabAuth.Plugins;
using KrabAuth.Storage;

namespace KrabAuth.Commands;

/// <summary>
/// What every cmdlet shares: where to work, how to wait without blocking Ctrl+C, how Core's words reach the streams.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class KrabCmdlet : PSCmdlet, IDisposable
{
    /// <summary>A person who presses a key does not notice this.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stopping = new();
    private readonly PipelineLog _log;
    private readonly HashSet<string> _met = [];
    private Task? _running;
    private (Product? Product, string? Directory, AuthWorkspace Workspace)? _opened;

    private protected KrabCmdlet() => _log = new PipelineLog(this);

    /// <summary>The product whose files are meant; without it <c>KRABAUTH_PRODUCT</c> decides, else KrabKrab.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The product whose files are meant")]
    public Product? Product { get; set; }

    /// <summary>The state directory, where it is not the product's usual one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The state directory, if not the product's usual one")]
    [ValidateNotNullOrEmpty]
    public string? StateDirectory { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stopping.Cancel();

    /// <summary>The state directory of this call; the same for all pipeline objects that name the same.</summary>
    private protected AuthWorkspace OpenWorkspace()
    {
        if (_opened is { } opened && opened.Product == Product && opened.Directory == StateDirectory) return opened.Workspace;
        AuthWorkspace workspace = OpenWorkspace(Product, StateDirectory);
        _opened = (Product, StateDirectory, workspace);
        return workspace;
    }

    /// <summary>Another state directory than that of this call.</summary>
    private protected AuthWorkspace OpenWorkspace(Product? product, string? stateDirectory) => new(new WorkspaceOptions
    {
        Product = product,
        StateDirectory = stateDirectory is null ? null : FullPath(stateDirectory),
        Host = new SystemHostEnvironment(CurrentDirectory),
        Log = _log,
        Vault = new SessionVault(OnPipelineThread),
    });

    /// <summary>A path as the session means it.</summary>
    /// <exception cref="KrabAuthException"><c>PathElsewhere</c>: it leads to something else than files, such as variables.</exception>
    private protected string FullPath(string path)
    {
        try
        {
            string full = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            return provider.Name == "FileSystem" ? full : throw AuthErrors.PathElsewhere(path);
        }
        catch (ProviderNotFoundException)
        {
            return Path.GetFullPath(path, CurrentDirectory);
        }
    }

    /// <summary>The session's directory. A session of Just Enough Administration sees no file system, and stands where its process does.</summary>
    private protected string CurrentDirectory
    {
        get
        {
            try
            {
                return SessionState.Path.CurrentFileSystemLocation.ProviderPath;
            }
            catch (ProviderNotFoundException)
            {
                return Environment.CurrentDirectory;
            }
        }
    }

    /// <summary>
    /// Takes parameters that hold secrets out of what the engine remembers of this call: every error, warning and verbose
    /// record refers to it, and whoever writes <c>$Error</c> to a file would write the secret.
    /// </summary>
    private protected void Forget(params ReadOnlySpan<string> parameters)
    {
        foreach (string parameter in parameters) MyInvocation.BoundParameters.Remove(parameter);
    }

    /// <summary>A secret that was given in place of an id, by mistake, goes the same way.</summary>
    private void ForgetMistakes()
    {
        foreach ((string name, object? value) in MyInvocation.BoundParameters.ToList())
        {
            IEnumerable<string> texts = value as IEnumerable<string> ?? (value is string text ? [text] : []);
            if (texts.Any(SecretShape.IsMatch)) Forget(name);
        }
    }

    /// <summary>Waits for Core's work on the pipeline thread, passing its words on meanwhile; Ctrl+C ends the wait.</summary>
    /// <param name="work">The work.</param>
    /// <param name="meanwhile">What else the pipeline thread has to do, again and again.</param>
    private protected T Await<T>(Func<CancellationToken, Task<T>> work, Action? meanwhile = null)
    {
        using var words = new BlockingCollection<Action>();
        _log.Queue = words;
        try
        {
            Task<T> task = work(_stopping.Token);
            _running = task;
            _ = task.ContinueWith(_ => words.CompleteAdding(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            while (!words.IsCompleted)
            {
                if (words.TryTake(out Action? word, meanwhile is null ? Timeout.InfiniteTimeSpan : Beat)) word();
                meanwhile?.Invoke();
            }
            return task.GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not OperationCanceledException && work is not null && _running is { IsCompleted: false } running)
        {
            // A stream that threw, as with -WarningAction Stop: nobody waits for the work any more, so it ends.
            _stopping.Cancel();
            _log.Queue = null;
            ((IAsyncResult)running).AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(10));
            throw;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        finally
        {
            _log.Queue = null;
        }
    }

    /// <summary>Runs something on the pipeline thread, while it waits for Core.</summary>
    private protected void OnPipelineThread(Action action) => _log.Say(action);

    /// <summary>Waits for Core's work that has no result.</summary>
    private protected void Await(Func<CancellationToken, Task> work) => Await(async token =>
    {
        await work(token).ConfigureAwait(false);
        return true;
    });

    /// <summary>
    /// Whether a thing is met for the first time in this pipeline, in which each profile names its provider, its agent and its state
    /// directory again: what is looked at, checked or mended is so once.
    /// </summary>
    private protected bool IsFirst(string place, string thing) => _met.Add($"{place}\n{thing}");

    /// <summary>Does the work for one pipeline object; what goes wrong with it does not end the others.</summary>
    private protected bool Guard(object? target, Action work)
    {
        ForgetMistakes();
        try
        {
            work();
            return true;
        }
        catch (KrabAuthException e)
        {
            WriteError(ErrorRecords.From(e, target));
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            WriteError(ErrorRecords.FileAccess(e, target));
            return false;
        }
        catch (WildcardPatternException e)
        {
            WriteError(ErrorRecords.PatternInvalid(e, target));
            return false;
        }
    }

    /// <summary>Core's log, on the cmdlet's streams: at once on the pipeline thread, through the queue from any other.</summary>
    private sealed class PipelineLog(KrabCmdlet cmdlet) : IAuthLog
    {
        private readonly int _pipelineThread = Environment.CurrentManagedThreadId;

        public BlockingCollection<Action>? Queue { get; set; }

        public void Verbose(string message) => Say(() => cmdlet.WriteVerbose(TextCells.CleanLines(message)));

        public void Warning(string message) => Say(() => cmdlet.WriteWarning(TextCells.CleanLines(message)));

        public void Say(Action word)
        {
            if (Queue is { } queue)
            {
                try
                {
                    queue.Add(word);
                }
                catch (InvalidOperationException)
                {
                    // The cmdlet was stopped while a request was under way; the rest of that work has nobody to tell.
                }
            }
            else if (Environment.CurrentManagedThreadId == _pipelineThread)
            {
                word();
            }
        }
    }
}
