using KrabAuth.Interop;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics.Doctor;

/// <summary>Credentials that a person has to renew, judged as <c>models status --check</c> judges them.</summary>
/// <param name="id">The id of the finding.</param>
/// <param name="severity">How much it matters; where nothing is said, as much as the check says.</param>
/// <param name="message">What it means.</param>
/// <param name="fits">Which of the checks that did not pass are meant.</param>
internal sealed class CredentialCheck(string id, DoctorSeverity? severity, string message, Func<AuthCheck, bool> fits) : IDoctorCheck
{
    /// <summary>Reasons with a finding of their own, here or elsewhere.</summary>
    private static readonly string[] Named =
        [ReasonCodes.SignInNeeded, ReasonCodes.RefreshFailing, ReasonCodes.RefusedReference, ReasonCodes.UnresolvedReference, ReasonCodes.ModeMismatch, ReasonCodes.ProviderMismatch];

    public static readonly IReadOnlyList<CredentialCheck> All =
    [
        new("sign-in-refused", DoctorSeverity.Error, "The server refused its refresh token; it renews itself no more.", check => check.Reason == ReasonCodes.SignInNeeded),
        new("refresh-failing", null, "It is to renew itself, and does not", check => check.Reason == ReasonCodes.RefreshFailing),
        new("reference-refused", DoctorSeverity.Error, "It holds a reference where none may stand, and no program uses it", check => check.Reason == ReasonCodes.RefusedReference),
        new("credential-expired", DoctorSeverity.Error, "It has expired, and cannot be renewed without you.", check => check.Status == AuthStatus.Expired && !Named.Contains(check.Reason)),
        new("credential-missing", DoctorSeverity.Error, "It holds no secret that can be used, or its end is no time.", check => check.Status == AuthStatus.Missing && !Named.Contains(check.Reason)),
        new("credential-expiring", DoctorSeverity.Warning, "It expires within a day, and cannot be renewed without you.", check => check.Status == AuthStatus.Expiring && !Named.Contains(check.Reason)),
    ];

    public string Id => id;

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
        => from entry in context.Stores()
           from check in entry.Agent.Health.Check(entry.Seen)
           where check is { Kind: AuthCheckKind.Profile, ProfileId: not null, Result: not AuthCheckResult.Passed } && entry.Own.TryGet(check.ProfileId, out _) && fits(check)
           let weight = severity ?? (check.Result == AuthCheckResult.Failed ? DoctorSeverity.Error : DoctorSeverity.Warning)
           select context.Finding(this, weight, check.Target, check.Detail.Length == 0 ? message : $"{message}: {check.Detail.TrimEnd('.')}.", entry.Agent) with { Remedy = check.Remedy! };
}

/// <summary>
/// A secret that is kept elsewhere and is not there, be the profile in use or not. Programs and vaults are not asked: that is for
/// <c>secrets audit</c>.
/// </summary>
internal sealed class UnresolvedReferenceCheck : IDoctorCheck
{
    public string Id => "reference-unresolved";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        foreach ((AuthAgent agent, AuthStore own, _) in context.Stores())
        {
            List<(string Id, SecretReference Reference)> kept = [.. own.Profiles.Where(profile => profile.Credential.Reference is not null).Select(profile => (profile.Id, profile.Credential.Reference!))];
            if (kept.Count == 0) continue;
            IReadOnlyDictionary<SecretReference, string> problems = context.Workspace.References.KnownProblems(kept.Select(entry => entry.Reference));
            foreach ((string id, SecretReference reference) in kept)
            {
                if (!problems.TryGetValue(reference, out string? problem)) continue;
                string others = reference.Source == SecretReferenceSource.Env ? " Other programs may see another environment." : string.Empty;
                yield return context.Finding(this, DoctorSeverity.Warning, id, $"Its secret is kept in {reference}, which has no value for this program: {problem}.{others}", agent) with { Remedy = Remedies.SetReference(id) };
            }
        }
    }
}

/// <summary>A profile that waits.</summary>
internal sealed class CooldownCheck : IDoctorCheck
{
    public string Id => "cooldown";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        long now = context.Workspace.NowMilliseconds;
        return from entry in context.Stores()
               from profile in entry.Own.Profiles
               let stats = entry.Own.Stats(profile.Id).At(now)
               where stats.IsWaiting(now) && !stats.IsDisabledByUser
               let isDisabled = stats.DisabledUntil > now
               let kind = isDisabled ? $"disabled:{stats.DisabledReason ?? "unknown"}" : "cooldown"
               let isUnpaid = isDisabled && stats.DisabledReason == "billing"
               let hint = isUnpaid ? "Top up credits (provider billing) or switch provider."
                   : isDisabled ? "Refresh or replace credentials, then retry."
                   : "Wait for cooldown or switch provider."
               select context.Finding(this, DoctorSeverity.Info, profile.Id, $"{kind} ({DurationText.Remaining(stats.UnusableUntil - now)}). {hint}", entry.Agent) with
               {
                   Remedy = isUnpaid ? Remedies.EndWaitsOfBilling(profile.Credential.Provider) : Remedies.EndWaits(profile.Credential.Provider),
               };
    }
}

/// <summary>A sign-in of another program on this machine that is newer than what is stored.</summary>
internal sealed class ExternalLoginCheck : IDoctorCheck
{
    public string Id => "external-login";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        foreach ((AuthAgent agent, _, _) in context.Stores())
        {
            // Its profiles would be imported by looking: that has to be mended first.
            if (agent.IsSecondary || LegacyFileCheck.Pending(context, agent).Count > 0) continue;
            foreach (ExternalLogin login in agent.ExternalLogins.Plan(null, mayAsk: false).Where(login => login.Action != ExternalLoginAction.None))
            {
                yield return context.Finding(this, DoctorSeverity.Info, login.ProfileId, $"{login.Tool} has a sign-in of its own ({login.Source}): {ExternalReasons.Describe(login.Reason)}.", agent) with
                {
                    Remedy = Remedy.Same(login.Action == ExternalLoginAction.Remove ? "Remove the profile." : "Take it over. To leave such sign-ins alone, set externalCli to \"off\"."),
                    Mend = async token =>
                    {
                        string? backup = context.Keep(agent.Paths.StorePath, "doctor");
                        await agent.ExternalLogins.SyncAsync([login.Tool], token).ConfigureAwait(false);
                        return backup;
                    },
                };
            }
        }
    }
}
