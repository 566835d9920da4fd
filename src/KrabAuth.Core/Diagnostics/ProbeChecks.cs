using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics;

/// <summary>Judges the results of probes by the rules of a check: what a person has to mend fails, what passes by itself warns.</summary>
internal static class ProbeChecks
{
    public static IReadOnlyList<AuthCheck> Of(AuthAgent agent, ProbeReport report)
    {
        AuthStore store = agent.Read();
        return [.. report.Results.Select(result => Of(agent, store, result))];
    }

    private static AuthCheck Of(AuthAgent agent, AuthStore store, ProbeResult result)
    {
        StoredProfile? profile = result.ProfileId is { } id && store.TryGet(id, out StoredProfile? found) ? found : null;
        ProfileHealth? health = profile is null ? null : ProfileHealth.Of(profile.Credential, store.Stats(profile.Id), agent.Workspace.NowMilliseconds);
        AuthCheckResult verdict = result switch
        {
            { Status: ProbeStatus.Ok } or { IsSkipped: true } => AuthCheckResult.Passed,
            { Status: ProbeStatus.Auth or ProbeStatus.Billing } or { ReasonCode: "unresolved_ref" } => AuthCheckResult.Failed,
            _ => AuthCheckResult.Warning,
        };
        Remedy? remedy = verdict == AuthCheckResult.Passed ? null : RemedyFor(agent, result, profile);
        return new AuthCheck
        {
            Kind = AuthCheckKind.Probe,
            Provider = result.Provider,
            ProfileId = result.ProfileId,
            Result = verdict,
            Status = health?.Status ?? AuthStatus.Static,
            Reason = $"probe_{(result.IsSkipped ? "skipped" : result.Status.Word())}",
            Detail = result.Error ?? string.Empty,
            Latency = result.Latency,
            Expires = health?.Expires ?? DateTimeOffset.MaxValue,
            ExpiresIn = health?.RemainingMilliseconds is { } left && left < TimeSpan.MaxValue.TotalMilliseconds ? TimeSpan.FromMilliseconds(left) : null,
            Remedy = remedy,
            Recommendation = remedy?.PowerShell ?? string.Empty,
            Agent = agent.Id,
            Product = agent.Workspace.Product,
            StateDirectory = agent.Workspace.State.Root,
        };
    }

    private static Remedy RemedyFor(AuthAgent agent, ProbeResult result, StoredProfile? profile) => result.Status switch
    {
        ProbeStatus.Auth when profile is not null => agent.Workspace.Remedies.SignIn(profile.Credential, profile.Id),
        ProbeStatus.Auth => agent.Workspace.Remedies.SignIn(result.Provider),
        ProbeStatus.Billing => Remedy.Same($"Look at plan and balance of this account at {result.Provider}, or use another profile."),
        ProbeStatus.RateLimit => Remedy.Same("Wait, or use another profile."),
        ProbeStatus.Format => Remedy.Same("See whether the provider has the model that the configuration names."),
        _ => Remedies.AskAgain,
    };
}
