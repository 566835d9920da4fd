using System.CommandLine;
using System.Globalization;
using KrabAuth.Diagnostics;

namespace KrabAuth.Cli.Commands;

/// <summary><c>--probe</c> of <c>models status</c>, and the flags that belong to it.</summary>
internal sealed class ProbeFlags
{
    private readonly Option<string> _probe = GlobalOptions.Flag("--probe", "Try each credential at its provider: a network call, which may cost a few tokens.");
    private readonly Option<string> _provider = GlobalOptions.Value("--probe-provider", "id", "Try this provider alone.");
    private readonly Option<string[]> _profile = new("--probe-profile") { HelpName = "ids", Description = "Try these profiles alone; separated by commas, or repeated.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _timeout = GlobalOptions.Value("--probe-timeout", "ms", "How long one may take; 8000 without it.");
    private readonly Option<string> _concurrency = GlobalOptions.Value("--probe-concurrency", "n", "How many are tried at a time; 2 without it.");
    private readonly Option<string> _maxTokens = GlobalOptions.Value("--probe-max-tokens", "n", "The longest answer that a model is asked for; 8 without it.");

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _probe, _provider, _profile, _timeout, _concurrency, _maxTokens }) command.Add(option);
    }

    /// <summary>What is to be tried; null where nothing is. Numbers that are none are an error in any case.</summary>
    public ProbeOptions? Read(Invocation call, bool plain)
    {
        bool isAsked = call.Has(_probe);
        if (isAsked && plain) throw AuthErrors.OptionConflict("--probe cannot be used with --plain output.");
        var defaults = new ProbeOptions();
        double timeout = Number(call, _timeout, defaults.Timeout.TotalMilliseconds, TimeSpan.FromHours(1).TotalMilliseconds, "--probe-timeout must be a positive number (ms).");
        double concurrency = Number(call, _concurrency, defaults.Concurrency, 64, "--probe-concurrency must be > 0.");
        double maxTokens = Number(call, _maxTokens, defaults.MaxTokens, 100_000, "--probe-max-tokens must be > 0.");
        if (!isAsked) return null;
        return new ProbeOptions
        {
            Providers = call.Text(_provider) is { } provider ? [provider] : [],
            ProfileIds = [.. call.Texts(_profile).SelectMany(ids => ids.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct()],
            Timeout = TimeSpan.FromMilliseconds(timeout),
            Concurrency = Math.Max(1, (int)concurrency),
            MaxTokens = Math.Max(1, (int)maxTokens),
        };
    }

    private static double Number(Invocation call, Option<string> option, double otherwise, double largest, string message)
    {
        if (call.Text(option) is not { } text) return otherwise;
        bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) && number > 0;
        return isNumber ? Math.Min(number, largest) : throw AuthErrors.OptionInvalid(message);
    }
}
