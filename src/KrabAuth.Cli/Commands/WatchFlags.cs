using System.CommandLine;
using System.Globalization;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;

namespace KrabAuth.Cli.Commands;

/// <summary>The options of <c>models status --watch</c>.</summary>
internal sealed class WatchFlags
{
    private readonly Option<string> _watch = GlobalOptions.Flag("--watch", "Show time left, waits and quotas until q or Ctrl+C ends it; where the output is no terminal, a line for each change.");
    private readonly Option<string> _interval = GlobalOptions.Value("--interval", "time", $"How long to wait between two looks, with --watch; {(int)new LiveOptions().Interval.TotalSeconds}s without it.");
    private readonly Option<string> _count = GlobalOptions.Value("--count", "n", "End after this many looks, with --watch.");
    private readonly Option<string> _usage = GlobalOptions.Flag("--usage", "Ask the providers for quotas too, once a minute, with --watch: a network call.");

    public void AddTo(Command command)
    {
        foreach (Option option in new[] { _watch, _interval, _count, _usage }) command.Add(option);
    }

    /// <summary>How to watch; <see langword="null"/> if nobody asked for it.</summary>
    public LiveOptions? Read(Invocation call)
    {
        if (!call.Has(_watch))
        {
            return call.Text(_interval) is null && call.Text(_count) is null && !call.Has(_usage) ? null : throw AuthErrors.OptionConflict("--interval, --count and --usage belong to --watch.");
        }
        return new LiveOptions
        {
            Interval = call.Text(_interval) is { } interval ? DurationText.Parse(interval, "s") : new LiveOptions().Interval,
            Count = call.Text(_count) is not { } count ? null
                : int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int looks) ? looks
                : throw AuthErrors.OptionInvalid("--count needs a whole number."),
            AsksUsage = call.Has(_usage),
        };
    }
}
