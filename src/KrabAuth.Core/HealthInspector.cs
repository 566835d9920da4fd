using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth;

/// <summary>
/// Judges the credentials of one agent. A check fails for what a person has to mend now, warns of what has to be mended
/// soon, and leaves alone what mends itself, what the order excludes and what a person disabled.
/// </summary>
public sealed class HealthInspector
{
    private readonly AuthAgent _agent;

    internal HealthInspector(AuthAgent agent) => _agent = agent;

    /// <summary>Checks every profile and every provider: the profiles of a provider first, then their sum.</summary>
    /// <param name="warnWithin">Warn this long before an end; 24 hours without it.</param>
    /// <param name="providers">Only these; all without it.</param>
    /// <param name="profileIds">Only these profiles, without the sums of their providers.</param>
    public IReadOnlyList<AuthCheck> Check(TimeSpan? warnWithin = null, IReadOnlyCollection<string>? providers = null, IReadOnlyCollection<string>? profileIds = null)
    {
        AuthStore store = _agent.Read();
        if (profileIds is null) return Check(store, warnWithin, providers);
        List<string> theirs = [.. store.Profiles.Where(profile => profileIds.Contains(profile.Id)).Select(profile => profile.Credential.Provider)
            .Where(provider => providers is null || providers.Any(wanted => ProviderId.Same(wanted, provider)))];
        return theirs.Count == 0 ? [] : [.. Check(store, warnWithin, theirs).Where(check => check.ProfileId is { } id && profileIds.Contains(id))];
    }

    /// <summary>The exit code of a check: 1 if anything failed, else 2 if anything warns, else 0.</summary>
    public static int ExitCode(IEnumerable<AuthCheck> checks) => Worst(checks) switch
    {
        AuthCheckResult.Failed => 1,
        AuthCheckResult.Warning => 2,
        _ => 0,
    };

    /// <summary>The worst of several results; passed if there are none.</summary>
    internal static AuthCheckResult Worst(IEnumerable<AuthCheck> checks)
    {
        AuthCheckResult worst = AuthCheckResult.Passed;
        foreach (AuthCheck check in checks)
        {
            if (check.Result > worst) worst = check.Result;
        }
        return worst;
    }

    /// <summary>Whether a profile of the provider says what its sum says, so that the sum need not be told.</summary>
    internal static bool IsToldByProfile(AuthCheck sum, IEnumerable<AuthCheck> checks)
        => sum.Kind == AuthCheckKind.Provider && checks.Any(own => own.Kind == AuthCheckKind.Profile && own.Provider == sum.Provider && own.Result == sum.Result);

    /// <summary>Watches: tells of each change once. See <see cref="AuthMonitor"/>.</summary>
    public AuthMonitor Monitor(MonitorOptions options) => new(_agent, options);

    /// <summary>Looks again and again, for a view that is redrawn. See <see cref="LiveWatch"/>.</summary>
    /// <exception cref="KrabAuthException"><c>IntervalInvalid</c>, <c>OptionInvalid</c>.</exception>
    public LiveWatch Live(LiveOptions options) => new(_agent, options);

    /// <summary>Writes a page that shows how everything stands: accounts, what to do, quotas where they are asked for, and what the doctor found.</summary>
    /// <param name="path">The file; relative to the current directory of the workspace.</param>
    /// <param name="options">What goes into it.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <returns>The full path of the file.</returns>
    /// <exception cref="KrabAuthException"><c>ReportFileExists</c>, <c>ReportNotWritten</c>; or a file cannot be read.</exception>
    public Task<string> WriteReportAsync(string path, ReportOptions options, CancellationToken cancellationToken = default)
        => new ReportWriter(_agent, options).WriteAsync(path, cancellationToken);

    /// <summary>The same page, as it would be written.</summary>
    /// <exception cref="KrabAuthException">A file cannot be read.</exception>
    public Task<byte[]> MakeReportAsync(ReportOptions options, CancellationToken cancellationToken = default)
        => new ReportWriter(_agent, options).MakeAsync(cancellationToken);

    /// <summary>The full report, as <c>models status</c> shows it.</summary>
    public StatusReport Status()
    {
        AuthStore store = _agent.Read();
        _agent.WarnOfRejected(store);
        return StatusReport.Build(_agent, store);
    }

    /// <summary>Tries credentials at their providers, which is a network call and may cost a few tokens. Nothing is recorded.</summary>
    /// <param name="options">What to try, and within which limits.</param>
    /// <param name="progress">Is told how far it has come, from any thread.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<ProbeReport> ProbeAsync(ProbeOptions? options = null, IProgress<ProbeProgress>? progress = null, CancellationToken cancellationToken = default)
        => new ProviderProbe(_agent, options ?? new ProbeOptions(), progress).RunAsync(cancellationToken);

    /// <summary>Judges what a probe found by the rules of a check: a credential that was refused or has to be paid for fails, what passes by itself warns.</summary>
    public IReadOnlyList<AuthCheck> Check(ProbeReport report) => ProbeChecks.Of(_agent, report);

    /// <summary>Asks providers how much of their quotas is used, which is a network call. An account of which nothing is known says why.</summary>
    /// <exception cref="KrabAuthException"><c>ProfileNotFound</c>: a profile that is named does not exist.</exception>
    public Task<IReadOnlyList<QuotaWindow>> UsageAsync(UsageOptions? options = null, CancellationToken cancellationToken = default)
        => new UsageQuery(_agent, options ?? new UsageOptions()).RunAsync(cancellationToken);

    /// <summary>The full report, after the sign-ins of other programs were taken over as <c>auth.externalCli</c> allows.</summary>
    public async Task<StatusReport> SyncedStatusAsync(CancellationToken cancellationToken = default)
    {
        await _agent.ExternalLogins.SyncAutomaticallyAsync(cancellationToken).ConfigureAwait(false);
        return Status();
    }

    internal IReadOnlyList<AuthCheck> Check(AuthStore store, TimeSpan? warnWithin = null, IReadOnlyCollection<string>? providers = null, StoreHealth? known = null)
    {
        AuthWorkspace workspace = _agent.Workspace;
        var usage = new ModelUsage(workspace.Config, _agent);
        IEnumerable<string> candidates = providers is { Count: > 0 }
            ? providers.Select(ProviderId.Canonical)
            : store.Profiles.Select(profile => ProviderId.Canonical(profile.Credential.Provider)).Concat(usage.ProvidersInUse(HasAnyAuth(store)));
        List<string> names = [.. candidates.Distinct(StringComparer.Ordinal)];
        names.Sort(StringComparer.Ordinal);
        var checks = new List<AuthCheck>();
        StoreHealth health = known ?? new StoreHealth(_agent, store, names.SelectMany(store.OfProvider));
        foreach (string provider in names) checks.AddRange(CheckProvider(store, provider, health, warnWithin));
        return checks;
    }

    /// <summary>Whether anything at all is signed in: a profile, or a variable that holds a key.</summary>
    internal bool HasAnyAuth(AuthStore store)
        => store.Profiles.Count > 0
            || _agent.Workspace.Config.Providers.Any(provider => provider.HasApiKey)
            || _agent.Workspace.Catalog.Providers.Any(provider => _agent.Workspace.Environment.FindKey(provider.Id) is not null);

    /// <summary>The sum of several profiles: a provider is as bad as the worst of those that count.</summary>
    internal static AuthStatus RollUp(IReadOnlyCollection<TypedHealth> profiles)
    {
        if (profiles.Count == 0) return AuthStatus.Missing;
        if (profiles.All(profile => profile.Type == CredentialType.ApiKey))
        {
            return profiles.All(profile => profile.Health.Status == AuthStatus.Missing) ? AuthStatus.Missing : AuthStatus.Static;
        }
        List<TypedHealth> ending = [.. profiles.Where(profile => profile.Type != CredentialType.ApiKey)];
        return ending.Any(profile => profile.Health.Status is AuthStatus.Expired or AuthStatus.Missing) ? AuthStatus.Expired
            : ending.Any(profile => profile.Health.Status == AuthStatus.Expiring) ? AuthStatus.Expiring
            : AuthStatus.Ok;
    }

    private List<AuthCheck> CheckProvider(AuthStore store, string provider, StoreHealth known, TimeSpan? warnWithin)
    {
        long now = _agent.Workspace.NowMilliseconds;
        ResolvedOrder order = ProfileOrder.Resolve(store, _agent.Workspace.Config, provider, now);
        var listed = order.Candidates.Where(candidate => candidate.IsListed).Select(candidate => candidate.ProfileId).ToHashSet(StringComparer.Ordinal);
        var misdescribed = order.Candidates.Where(candidate => candidate.ReasonCode is ReasonCodes.ModeMismatch or ReasonCodes.ProviderMismatch).ToDictionary(candidate => candidate.ProfileId, candidate => candidate.ReasonCode, StringComparer.Ordinal);
        var checks = new List<AuthCheck>();
        var health = new List<TypedHealth>();
        foreach (StoredProfile profile in store.SortedOfProvider(provider))
        {
            ProfileHealth own = known.Of(profile, warnWithin);
            // What its description keeps out of use is as good as not there, whatever its token is worth.
            if (misdescribed.TryGetValue(profile.Id, out string? code)) own = own with { Status = AuthStatus.Missing, ReasonCode = code, Detail = string.Empty, Remedy = Remedies.Examine };
            bool excluded = !listed.Contains(profile.Id);
            bool counts = !excluded && !store.Stats(profile.Id).IsDisabledByUser;
            if (counts) health.Add(new TypedHealth(profile.Credential.Type, own));
            checks.Add(CheckProfile(profile, own, provider, counts, excluded));
        }
        checks.Add(Sum(store, provider, checks, health));
        return checks;
    }

    private AuthCheck CheckProfile(StoredProfile profile, ProfileHealth health, string provider, bool counts, bool excluded)
    {
        AuthCheckResult result = health.Status switch
        {
            _ when !counts => AuthCheckResult.Passed,
            // The provider may be back the next minute; until then a person should know.
            AuthStatus.Expired when health is { IsRefreshable: true, ReasonCode: ReasonCodes.RefreshFailing } => AuthCheckResult.Warning,
            AuthStatus.Expired or AuthStatus.Expiring when health.IsRefreshable => AuthCheckResult.Passed,
            AuthStatus.Expired or AuthStatus.Missing => AuthCheckResult.Failed,
            AuthStatus.Expiring => AuthCheckResult.Warning,
            // The token that is there lives on, but it is the last one.
            _ when IsLast(health) => AuthCheckResult.Warning,
            _ => AuthCheckResult.Passed,
        };
        string reason = excluded ? ReasonCodes.ExcludedByOrder
            : !counts ? "disabled"
            : IsLast(health) ? health.ReasonCode
            : health is { Status: AuthStatus.Expired or AuthStatus.Expiring, IsRefreshable: true } ? "refreshable"
            : health.Status == AuthStatus.Expiring ? "expiring"
            : health.ReasonCode;
        Remedy? remedy = result == AuthCheckResult.Passed ? null : health.Remedy ?? _agent.Workspace.Remedies.SignIn(profile.Credential, profile.Id);
        return new AuthCheck
        {
            Kind = AuthCheckKind.Profile,
            Provider = provider,
            ProfileId = profile.Id,
            Result = result,
            Status = health.Status,
            Reason = reason,
            Detail = counts ? health.Detail : string.Empty,
            Expires = health.Expires,
            ExpiresIn = health.RemainingMilliseconds is { } left && left < TimeSpan.MaxValue.TotalMilliseconds ? TimeSpan.FromMilliseconds(left) : null,
            Remedy = remedy,
            Recommendation = remedy?.PowerShell ?? string.Empty,
            Agent = _agent.Id,
            Product = _agent.Workspace.Product,
            StateDirectory = _agent.Workspace.State.Root,
        };
    }

    /// <summary>Whether the token that is there is the last one for now.</summary>
    private static bool IsLast(ProfileHealth health) => health.ReasonCode is ReasonCodes.SignInNeeded or ReasonCodes.RefreshFailing;

    private AuthCheck Sum(AuthStore store, string provider, List<AuthCheck> profiles, List<TypedHealth> health)
    {
        AuthCheckResult result = Worst(profiles);
        AuthStatus status = RollUp(health);
        AuthCheck? decisive = profiles.Find(check => check.Result == result && check.Status == status) ?? profiles.Find(check => check.Result == result);
        string reason = decisive?.Reason ?? ReasonCodes.Ok;
        string detail = decisive?.Detail ?? string.Empty;
        Remedy? remedy = decisive?.Remedy;
        if (health.Count == 0)
        {
            bool otherwise = _agent.Planner.Plan(store, new CredentialRequest(provider)).SelectedKey is not null;
            (result, status, reason) = otherwise ? (AuthCheckResult.Passed, AuthStatus.Static, "environment_or_config") : (AuthCheckResult.Failed, AuthStatus.Missing, "missing");
            detail = string.Empty;
            remedy = otherwise ? null : profiles.Count > 0 ? Remedies.Explain(provider) : _agent.Workspace.Remedies.SignIn(provider);
        }
        AuthCheck? first = FirstToEnd(profiles);
        return new AuthCheck
        {
            Kind = AuthCheckKind.Provider,
            Provider = provider,
            Result = result,
            Status = status,
            Reason = reason,
            Detail = detail,
            Expires = first?.Expires ?? DateTimeOffset.MaxValue,
            ExpiresIn = first?.ExpiresIn,
            Remedy = remedy,
            Recommendation = remedy?.PowerShell ?? string.Empty,
            Agent = _agent.Id,
            Product = _agent.Workspace.Product,
            StateDirectory = _agent.Workspace.State.Root,
        };
    }

    private static AuthCheck? FirstToEnd(List<AuthCheck> profiles)
    {
        AuthCheck? first = null;
        foreach (AuthCheck check in profiles)
        {
            if (check.Reason is ReasonCodes.ExcludedByOrder or "disabled") continue;
            if (first is null || check.Expires < first.Expires) first = check;
        }
        return first;
    }
}
