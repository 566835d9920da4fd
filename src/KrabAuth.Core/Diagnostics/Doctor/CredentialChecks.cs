using KrabAuth.Interop;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics.Doctor;

/// <summary>Credentials that a person has to renew, judged as <c>models status --check</c> judges them.</summary>
/// <param name="id">The id of the finding.</param>
/// <param name="severity">How much it matters.</param>
/// <param name="message">What it means.</param>
/// <param name="fits">Which of the checks that did not pass are meant.</param>
internal sealed class CredentialCheck(string id, DoctorSeverity severity, string message, Func<AuthCheck, bool> fits) : IDoctorCheck
{
    public static readonly IReadOnlyList<CredentialCheck> All =
    [
        new("sign-in-refused", DoctorSeverity.Error, "The server refused its refresh token; it renews itself no more.", check => check.Reason == ReasonCodes.SignInNeeded),
        new("credential-expired", DoctorSeverity.Error, "It has expired, and cannot be renewed without you.", check => check is { Status: AuthStatus.Expired, Reason: not ReasonCodes.SignInNeeded }),
        new("credential-missing", DoctorSeverity.Error, "It holds no secret that can be used, or its end is no time.", check => check is { Status: AuthStatus.Missing, Reason: not (ReasonCodes.SignInNeeded or ReasonCodes.ModeMismatch or ReasonCodes.ProviderMismatch) }),
        new("credential-expiring", DoctorSeverity.Warning, "It expires within a day, and cannot be renewed without you.", check => check is { Status: AuthStatus.Expiring, Reason: not ReasonCodes.SignInNeeded }),
    ];

    public string Id => id;

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
        => from entry in context.Stores()
           from check in entry.Agent.Health.Check(entry.Seen)
           where check is { Kind: AuthCheckKind.Profile, ProfileId: not null, Result: not AuthCheckResult.Passed } && entry.Own.TryGet(check.ProfileId, out _) && fits(check)
           select context.Finding(this, severity, check.Target, message, entry.Agent) with { Remedy = check.Remedy! };
}

/// <summary>A secret that is kept elsewhere and is not there. Programs and vaults are not asked: that is for <c>secrets audit</c>.</summary>
internal sealed class UnresolvedReferenceCheck : IDoctorCheck
{
    public string Id => "reference-unresolved";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        foreach ((AuthAgent agent, AuthStore own, _) in context.Stores())
        {
            Dictionary<string, SecretReference> kept = own.Profiles
                .Where(profile => profile.Credential.Reference is { Source: SecretReferenceSource.Env or SecretReferenceSource.File })
                .ToDictionary(profile => profile.Id, profile => profile.Credential.Reference!, StringComparer.Ordinal);
            if (kept.Count == 0) continue;
            IReadOnlyDictionary<SecretReference, ResolvedReference> resolved = context.Workspace.References.ResolveAsync([.. kept.Values], CancellationToken.None).GetAwaiter().GetResult();
            foreach ((string id, SecretReference reference) in kept)
            {
                if (resolved[reference].Problem is not { } problem) continue;
                yield return context.Finding(this, DoctorSeverity.Warning, id, $"Its secret is kept in {reference}, which has no value for this program: {problem}. Other programs may see another environment.", agent) with
                {
                    Remedy = new($"Set what it points to, or say another place: Set-KrabAuthProfile {id} -SecretReference", "Set what it points to. All references: krabauth secrets audit"),
                };
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
