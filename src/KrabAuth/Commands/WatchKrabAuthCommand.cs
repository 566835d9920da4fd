using System.Management.Automation;
using KrabAuth.Diagnostics;
using KrabAuth.Parameters;

namespace KrabAuth.Commands;

/// <summary>Shows profiles, time left, waits and quotas until it is ended; where nothing can be redrawn, a line for each change.</summary>
[Cmdlet(VerbsCommon.Watch, "KrabAuth")]
[OutputType(typeof(string))]
public sealed class WatchKrabAuthCommand : AgentCmdlet
{
    private LiveSnapshot? _seen;
    private LiveSnapshot? _drawn;
    private (int Width, int Height) _size;

    /// <summary>How long to wait between two looks: a TimeSpan, or <c>10s</c>, <c>1m</c>; a number counts seconds.</summary>
    [Parameter(Position = 0, HelpMessage = "How long to wait between two looks, such as 10s")]
    [DurationTransformation(DefaultUnit = "s")]
    public TimeSpan Interval { get; set; } = new LiveOptions().Interval;

    /// <summary>Ends after this many looks.</summary>
    [Parameter(HelpMessage = "End after this many looks")]
    [ValidateRange(1, int.MaxValue)]
    public int? Count { get; set; }

    /// <summary>Asks the providers for quotas too, once a minute: a network call.</summary>
    [Parameter(HelpMessage = "Ask the providers for quotas too: a network call")]
    public SwitchParameter Usage { get; set; }

    /// <summary>Gives a line for each change, on a terminal too.</summary>
    [Parameter(HelpMessage = "Give a line for each change, on a terminal too")]
    public SwitchParameter Plain { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Agent, () =>
    {
        AuthAgent agent = OpenAgent();
        if (!IsFirst(agent.Paths.StorePath, string.Empty)) return;
        LiveWatch watch = agent.Health.Live(new LiveOptions { Interval = Interval, Count = Count, AsksUsage = Usage });
        if (!Plain && CanRedraw) Draw(watch);
        else Await(token => watch.RunAsync(Tell, token));
    });

    /// <summary>A console of its own whose codes are understood, with nobody behind it in the pipeline.</summary>
    private bool CanRedraw => Host.Name == "ConsoleHost"
        && MyInvocation.PipelineLength == 1
        && !Console.IsOutputRedirected
        && Host.UI.SupportsVirtualTerminal
        && Environment.GetEnvironmentVariable("TERM") != "dumb";

    private bool UseColor => SessionState.PSVariable.GetValue("PSStyle") is { } style
        && PSObject.AsPSObject(style).Properties["OutputRendering"]?.Value?.ToString() != "PlainText"
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    private void Tell(LiveSnapshot look)
    {
        IReadOnlyList<string> lines = LiveLog.Changes(_seen, look);
        _seen = look;
        if (lines.Count > 0) OnPipelineThread(() => WriteObject(lines, enumerateCollection: true));
    }

    private void Draw(LiveWatch watch)
    {
        using var end = new CancellationTokenSource();
        Console.Write(LiveFrame.Enter);
        try
        {
            Await(
                async token =>
                {
                    using var either = CancellationTokenSource.CreateLinkedTokenSource(token, end.Token);
                    await watch.RunAsync(look => Volatile.Write(ref _seen, look), either.Token).ConfigureAwait(false);
                    return true;
                },
                () =>
                {
                    if (IsEndPressed()) end.Cancel();
                    DrawIfNeeded();
                });
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // It was ended by its key, which is how it is ended.
            return;
        }
        finally
        {
            Console.Write(LiveFrame.Leave);
        }
    }

    private static bool IsEndPressed()
    {
        bool isPressed = false;
        while (!Console.IsInputRedirected && Console.KeyAvailable) isPressed |= Console.ReadKey(intercept: true).Key == ConsoleKey.Q;
        return isPressed;
    }

    private void DrawIfNeeded()
    {
        LiveSnapshot? seen = Volatile.Read(ref _seen);
        (int Width, int Height) size = (Console.WindowWidth, Console.WindowHeight);
        if (seen is null || (seen == _drawn && size == _size)) return;
        (_drawn, _size) = (seen, size);
        bool isAscii = !Console.OutputEncoding.WebName.StartsWith("utf", StringComparison.OrdinalIgnoreCase);
        Console.Write(LiveFrame.Draw(LiveView.Draw(seen, new LiveScreen(size.Width - 1, size.Height, isAscii, "q ends"), DateTimeOffset.UtcNow), UseColor));
    }
}
