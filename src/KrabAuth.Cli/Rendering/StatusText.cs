using System.Text;
using KrabAuth.Cli.Host;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Cli.Rendering;

/// <summary><c>models status</c> for people: the labels that the peers print, and what to do.</summary>
internal sealed class StatusText
{
    private const int LabelWidth = 14;

    private readonly StringBuilder _text = new();
    private readonly CliContext _cli;
    private readonly StatusReport _report;
    private readonly Style _style;

    private StatusText(CliContext cli, StatusReport report)
    {
        _cli = cli;
        _report = report;
        _style = new Style(cli.UseColor);
    }

    public static void Write(CliContext cli, StatusReport report, AuthWorkspace workspace, ProbeReport? probes, IReadOnlyList<AuthCheck>? checks)
    {
        var status = new StatusText(cli, report);
        status.Models();
        status.Overview();
        status.MissingAuth();
        status.Health();
        if (report.Providers.Count == 0) status.Start(workspace);
        if (probes is not null) ProbeOutput.Append(status._text, probes, status._style);
        if (checks is not null) status.Check(checks);
        cli.Write(status._text.ToString());
    }

    /// <summary>The providers with credentials that may end, and how many each has.</summary>
    public static IEnumerable<string> ProvidersWithOAuth(StatusReport report)
    {
        foreach (ProviderStatus provider in report.Providers)
        {
            int count = provider.OAuthCount + provider.TokenCount + (provider.EnvironmentIsOAuth ? 1 : 0);
            if (count > 0) yield return $"{provider.Provider} ({count})";
        }
    }

    private void Models()
    {
        string? defaultSource = _report.AgentIsNamed ? _report.Models.DefaultSource : null;
        string? fallbacksSource = _report.AgentIsNamed ? _report.Models.FallbacksSource : null;
        string? others = _report.AgentIsNamed ? "defaults" : null;
        string[] aliases = [.. _report.Models.Aliases.Select(alias => $"{alias.Alias} -> {alias.Model}")];
        string[] allowed = [.. _report.Models.Allowed];
        Line("Config", Short(_report.ConfigPath));
        Line("Agent dir", Short(_report.AgentDirectory));
        Line(Sourced("Default", defaultSource), _report.DefaultModel == _report.ResolvedDefault ? _report.ResolvedDefault : $"{_report.ResolvedDefault} (from {_report.DefaultModel})");
        Line(Sourced($"Fallbacks ({_report.Models.Fallbacks.Count})", fallbacksSource), Listed(_report.Models.Fallbacks, "-"));
        Line(Sourced("Image model", others), _report.Models.ImageModel ?? "-");
        Line(Sourced($"Image fallbacks ({_report.Models.ImageFallbacks.Count})", others), Listed(_report.Models.ImageFallbacks, "-"));
        Line($"Aliases ({aliases.Length})", Listed(aliases, "-"));
        Line($"Configured models ({allowed.Length})", Listed(allowed, "all"));
    }

    private void Overview()
    {
        string[] withOAuth = [.. ProvidersWithOAuth(_report)];
        Title("Auth overview");
        Line("Auth store", Short(_report.StorePath));
        Line("Shell env", _report.ShellEnvironmentEnabled ? "on" : "off");
        Line($"Providers w/ OAuth/tokens ({withOAuth.Length})", Listed(withOAuth, "-"));
        foreach (ProviderStatus provider in _report.Providers) Entry(provider);
    }

    /// <summary>One line, as the peers print it, for scripts; for a person, a line for each part.</summary>
    private void Entry(ProviderStatus provider)
    {
        var parts = new List<string> { $"effective={provider.EffectiveKind}:{Short(provider.EffectiveDetail)}" };
        bool forPerson = _cli.IsForPerson;
        if (provider.ProfileCount > 0)
        {
            parts.Add($"profiles={provider.ProfileCount} (oauth={provider.OAuthCount}, token={provider.TokenCount}, api_key={provider.ApiKeyCount})");
            if (forPerson) parts.AddRange(provider.Labels);
            else parts.Add(string.Join(", ", provider.Labels));
            parts.Add($"selected={provider.Selected ?? "none"}");
        }
        if (provider.EnvironmentValue is not null) parts.Add($"env={provider.EnvironmentValue} | source={provider.EnvironmentSource}");
        if (provider.ConfigValue is not null) parts.Add($"models.json={provider.ConfigValue} | source=models.json: {Short(_report.ConfigPath)}");
        _text.Append($"- {_style.Heading(provider.Provider)} ").AppendJoin(forPerson ? "\n    " : " | ", parts).Append('\n');
    }

    private void MissingAuth()
    {
        if (_report.MissingProviders.Count == 0) return;
        Title("Missing auth");
        foreach (string provider in _report.MissingProviders)
        {
            string command = _cli.ForThisCall(_report.Remedies.SignIn(provider).CommandLine);
            _text.Append($"- {_style.Heading(provider)} Run `{command}`.\n");
        }
    }

    private void Health()
    {
        Title("OAuth/token status");
        List<AuthProfile> ending = [.. _report.Profiles.Where(profile => profile.Type != CredentialType.ApiKey)];
        if (ending.Count == 0) _text.Append(_style.Muted("- none")).Append('\n');
        string? provider = null;
        foreach (AuthProfile profile in ending)
        {
            if (profile.Provider != provider) _text.Append($"- {_style.Heading(provider = profile.Provider)}\n");
            _text.Append($"  - {profile.Label} {State(profile)}{Expiry(profile)}{Source(profile)}\n");
        }
    }

    private string State(AuthProfile profile) => profile.Status switch
    {
        AuthStatus.Ok or AuthStatus.Expiring or AuthStatus.Expired when profile.Reason == ReasonCodes.RefreshFailing => _style.Warn($"{StatusWords.Of(profile.Status)} (refresh fails)"),
        AuthStatus.Ok => _style.Good("ok"),
        AuthStatus.Static => _style.Muted("static"),
        AuthStatus.Expiring => profile.Refreshable ? _style.Good("expiring (refreshable)") : _style.Warn("expiring"),
        AuthStatus.Expired => profile.Refreshable ? _style.Warn("expired (refreshable)") : _style.Bad("expired"),
        _ => _style.Warn("unknown"),
    };

    /// <summary>The program that shares the sign-in.</summary>
    private static string Source(AuthProfile profile) => StatusWords.SourceOf(profile) is { } source ? $" ({source})" : string.Empty;

    private static string Expiry(AuthProfile profile) => profile switch
    {
        { Status: AuthStatus.Static or AuthStatus.Expired } => string.Empty,
        { ExpiresIn: { } left } => $" expires in {DurationText.Remaining((long)left.TotalMilliseconds)}",
        _ => " expires unknown",
    };

    private void Start(AuthWorkspace workspace)
    {
        Title("Nothing is signed in yet. Start with one of:");
        _text.Append($"  {_cli.CommandPrefix} models auth paste-api-key --provider anthropic\n");
        _text.Append($"  {_cli.CommandPrefix} models auth setup-token\n");
        foreach (Product other in workspace.OtherProducts)
        {
            string command = _cli.Program.Product is null ? $"{_cli.Program.Text} --product {Word(other)}" : $"krabauth --product {Word(other)}";
            _text.Append($"{other} keeps its own credentials on this machine; to see them:\n  {command} models status\n");
        }
    }

    private void Check(IReadOnlyList<AuthCheck> checks)
    {
        string summary = HealthInspector.Worst(checks) switch
        {
            AuthCheckResult.Failed => _style.Bad("failed"),
            AuthCheckResult.Warning => _style.Warn(checks.Any(check => check is { Result: AuthCheckResult.Warning, Status: not AuthStatus.Expiring }) ? "something needs attention soon" : "something expires soon"),
            _ => _style.Good("passed"),
        };
        Title($"Auth check: {summary}");
        foreach (AuthCheck check in checks)
        {
            // A provider's sum is told where no profile of its own says why.
            if (check.Result == AuthCheckResult.Passed || HealthInspector.IsToldByProfile(check, checks)) continue;
            if (check.Kind == AuthCheckKind.Probe)
            {
                _text.Append($"- {check.Target}: {check.Reason}\n");
                if (check.Remedy is { } step) _text.Append($"    {_cli.ForThisCall(step.CommandLine)}\n");
                continue;
            }
            string left = check.Status == AuthStatus.Expiring ? $" in {check.ExpiresInText}" : string.Empty;
            string code = check.Reason == StatusWords.Of(check.Status) ? string.Empty : $" [{check.Reason}]";
            string detail = check.Detail.Length == 0 ? string.Empty : $": {check.Detail}";
            _text.Append($"- {check.Target}: {Verb(check.Status)}{left}{code}{detail}\n");
            if (check.Remedy is { } remedy) _text.Append($"    {_cli.ForThisCall(remedy.CommandLine)}\n");
        }
    }

    private static string Verb(AuthStatus status) => status switch
    {
        AuthStatus.Expired => "expired",
        AuthStatus.Expiring => "expires",
        AuthStatus.Missing => "missing",
        _ => StatusWords.Of(status),
    };

    private void Title(string text) => _text.Append('\n').Append(_style.Heading(text)).Append('\n');

    private void Line(string label, string value) => _text.Append(label.PadRight(LabelWidth)).Append(": ").Append(value).Append('\n');

    private string Short(string path) => PathText.Short(path, _cli.Environment);

    private static string Word(Product product) => product.ToString().ToLowerInvariant();

    private static string Sourced(string label, string? source) => source is null ? label : $"{label} ({source})";

    private static string Listed(IReadOnlyList<string> items, string none) => items.Count == 0 ? none : string.Join(", ", items);
}
