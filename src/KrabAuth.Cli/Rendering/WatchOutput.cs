using KrabAuth.Cli.Commands;
using KrabAuth.Cli.Host;
using KrabAuth.Cli.Input;
using KrabAuth.Diagnostics;

namespace KrabAuth.Cli.Rendering;

/// <summary><c>models status --watch</c>: a screen that is drawn again and again, or lines where there is none.</summary>
internal sealed class WatchOutput : IDisposable
{
    private const string Hint = "q ends";
    private const char ControlC = '\u0003';

    /// <summary>A person who changes the size of the window does not notice this.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    private readonly CliContext _cli;
    private readonly CancellationTokenSource _end;
    private LiveSnapshot? _seen;
    private LiveSnapshot? _drawn;
    private (int Width, int Height) _size;

    private WatchOutput(CliContext cli, CancellationToken signal)
    {
        _cli = cli;
        _end = CancellationTokenSource.CreateLinkedTokenSource(signal);
    }

    /// <summary>Watches until it is told to end, which is the usual end and no failure.</summary>
    public static int Run(Invocation call, LiveOptions options)
    {
        LiveWatch watch = call.OpenAgent().Health.Live(options);
        using var output = new WatchOutput(call.Cli, call.CancelOnSignal());
        try
        {
            if (call.Cli.CanRedraw) output.Draw(watch);
            else output.Tell(watch);
        }
        catch (OperationCanceledException) when (output._end.IsCancellationRequested)
        {
            return 0;
        }
        return 0;
    }

    public void Dispose() => _end.Dispose();

    private void Tell(LiveWatch watch) => watch.RunAsync(
        look =>
        {
            foreach (string line in LiveLog.Changes(_seen, look)) _cli.Write(_cli.ForThisCall(line) + "\n");
            _seen = look;
            // Where nothing changes nothing is written, and writing alone would not tell.
            if (_cli.IsReaderGone) _end.Cancel();
        },
        _end.Token).GetAwaiter().GetResult();

    private void Draw(LiveWatch watch)
    {
        Terminal? keys = _cli.CanAsk ? Terminal.Open() : null;
        using IDisposable? hidden = keys?.Hide();
        _cli.WriteAsItIs(LiveFrame.Enter);
        try
        {
            Task watching = watch.RunAsync(look => Volatile.Write(ref _seen, look), _end.Token);
            while (!watching.IsCompleted)
            {
                if (keys is null) _ = Task.WaitAny([watching], Beat);
                else if (keys.HasMore()) keys = Press(keys);
                DrawIfNeeded();
            }
            DrawIfNeeded();
            watching.GetAwaiter().GetResult();
        }
        finally
        {
            _cli.WriteAsItIs(LiveFrame.Leave);
        }
    }

    /// <summary>Takes a key.</summary>
    /// <returns>Where the next one comes from; <see langword="null"/> at the end of input.</returns>
    private Terminal? Press(Terminal keys)
    {
        if (keys.ReadKey() is not { } key) return null;
        if (key is 'q' or 'Q' or ControlC) _end.Cancel();
        return keys;
    }

    /// <summary>Draws what was seen last, unless it is on a screen of this size already.</summary>
    private void DrawIfNeeded()
    {
        LiveSnapshot? seen = Volatile.Read(ref _seen);
        (int Width, int Height) size = StandardStreams.OutputSize();
        if (seen is null || (seen == _drawn && size == _size)) return;
        (_drawn, _size) = (seen, size);
        var screen = new LiveScreen(size.Width - 1, size.Height, !_cli.ShowsUnicode, Hint);
        _cli.WriteAsItIs(LiveFrame.Draw(LiveView.Draw(seen, screen, DateTimeOffset.UtcNow), _cli.UseColor));
    }
}
