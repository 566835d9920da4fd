using System.ComponentModel;
using System.Management.Automation;
using KrabAuth.Diagnostics;
using KrabAuth.Diagnostics.Doctor;
using KrabAuth.Interop;
using KrabAuth.Profiles;
using KrabAuth.Storage;
using KrabAuth.Transfer;

namespace KrabAuth.Output;

/// <summary>
/// What the views show beyond the properties of an object: its state in colour, its moments with their distance from now. The types
/// file makes a hidden property of each method: views find it by name without running a script, and
/// <c>Select-Object *</c>, JSON, CSV and Clixml leave it out.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ViewText
{
    /// <summary>How a profile stands, its waits included.</summary>
    public static string ProfileStatus(PSObject value) => Of<AuthProfile>(value, static profile => Palette.Paint(ToneOf(profile), profile.StatusText));

    /// <summary>When a profile ends.</summary>
    public static string ProfileExpires(PSObject value) => Of<AuthProfile>(value, static profile => Moment(profile.Expires));

    /// <summary>When a profile's cooldown ends.</summary>
    public static string ProfileCooldownUntil(PSObject value) => Of<AuthProfile>(value, static profile => Moment(profile.CooldownUntil));

    /// <summary>When a profile's long disable ends; one by hand has no end.</summary>
    public static string ProfileDisabledUntil(PSObject value)
        => Of<AuthProfile>(value, static profile => profile is { Enabled: false, DisabledUntil: not null } ? "until it is enabled" : Moment(profile.DisabledUntil));

    /// <summary>When a profile was used last.</summary>
    public static string ProfileLastUsed(PSObject value) => Of<AuthProfile>(value, static profile => Moment(profile.LastUsed));

    /// <summary>The result of a check.</summary>
    public static string CheckResult(PSObject value) => Of<AuthCheck>(value, static check => Palette.Paint(
        check.Result switch { AuthCheckResult.Passed => Tone.Good, AuthCheckResult.Warning => Tone.Soon, _ => Tone.Bad }, check.Result.ToString()));

    /// <summary>How that which was checked stands.</summary>
    public static string CheckStatus(PSObject value) => Of<AuthCheck>(value, static check => Palette.Paint(ToneOf(check.Status), check.Status.ToString()));

    /// <summary>When that which was checked ends.</summary>
    public static string CheckExpires(PSObject value) => Of<AuthCheck>(value, static check => Moment(check.Expires));

    /// <summary>How a provider stands.</summary>
    public static string ProviderStatus(PSObject value) => Of<AuthProviderStatus>(value, static status => Palette.Paint(ToneOf(status.Status), status.Status.ToString()));

    /// <summary>The first end among a provider's profiles.</summary>
    public static string ProviderExpires(PSObject value) => Of<AuthProviderStatus>(value, static status => Moment(status.Expires));

    /// <summary>The kind of a wait.</summary>
    public static string CooldownKind(PSObject value) => Of<AuthCooldown>(value, static wait => Palette.Paint(Tone.Waiting, wait.Kind));

    /// <summary>When a wait began.</summary>
    public static string CooldownSince(PSObject value) => Of<AuthCooldown>(value, static wait => wait.Since is { } since ? Moment(since) : wait.SinceText);

    /// <summary>When a wait ends.</summary>
    public static string CooldownUntil(PSObject value) => Of<AuthCooldown>(value, static wait => Moment(wait.Until));

    /// <summary>The wait that follows a failure.</summary>
    public static string FailureUntil(PSObject value) => Of<FailureOutcome>(value, static outcome => Moment(outcome.Until));

    /// <summary>Why a candidate is or is not used.</summary>
    public static string CandidateExplanation(PSObject value) => Of<AuthCandidate>(value, static candidate => Palette.Paint(
        candidate.Kind is not null ? Tone.Waiting : candidate.Selected ? Tone.Good : candidate.Eligible ? Tone.Plain : Tone.Quiet, candidate.Explanation));

    /// <summary>When a candidate's wait ends.</summary>
    public static string CandidateUnusableUntil(PSObject value) => Of<AuthCandidate>(value, static candidate => Moment(candidate.UnusableUntil));

    /// <summary>When a session's profile was fixed.</summary>
    public static string SessionUpdatedAt(PSObject value) => Of<AuthSession>(value, static session => Moment(session.UpdatedAt));

    /// <summary>How much of a quota is used.</summary>
    public static string UsageBar(PSObject value) => Of<AuthUsage>(value, static usage => Palette.Paint(
        usage.Urgency switch { LiveTone.Bad => Tone.Bad, LiveTone.Warn => Tone.Soon, LiveTone.Good => Tone.Good, _ => Tone.Quiet }, usage.Bar));

    /// <summary>When a quota starts anew.</summary>
    public static string UsageResetsAt(PSObject value) => Of<AuthUsage>(value, static usage => Moment(usage.ResetsAt));

    /// <summary>When a store was written last.</summary>
    public static string StoreLastWriteTime(PSObject value) => Of<AuthStoreInfo>(value, static store => store.LastWriteTime is { } time ? Moment(new DateTimeOffset(time)) : string.Empty);

    /// <summary>How bad a finding is.</summary>
    public static string FindingSeverity(PSObject value) => Of<DoctorFinding>(value, static finding => Palette.Paint(
        finding.IsFixed ? Tone.Good : finding.Severity switch { DoctorSeverity.Error => Tone.Bad, DoctorSeverity.Warning => Tone.Soon, _ => Tone.Plain }, finding.Severity.ToString()));

    /// <summary>What a finding is about, what it means, and what became of it or is to be done; of one that comes from a job or a file too.</summary>
    public static string FindingText(PSObject value)
    {
        string next = Text("IsFixed") == bool.TrueString ? "Mended."
            : Text("Problem") is { Length: > 0 } problem ? $"Not mended: {problem}"
            : $"{(Text("CanFix") == bool.TrueString ? "Can be mended" : "Next")}: {Text("Fix")}";
        return $"{Text("Subject")}{(Text("Agent") is { Length: > 0 } agent ? $" (agent {agent})" : string.Empty)}\n{Text("Message")}\n{next}";

        string Text(string name) => value.Properties[name]?.Value?.ToString() ?? string.Empty;
    }

    /// <summary>What was done with the sign-in of another program.</summary>
    public static string LoginAction(PSObject value) => Of<ExternalLogin>(value, static login => Palette.Paint(
        login.Action switch { ExternalLoginAction.None => Tone.Quiet, ExternalLoginAction.Remove => Tone.Soon, _ => Tone.Good }, login.Action.ToString()));

    /// <summary>When the sign-in of another program ends.</summary>
    public static string LoginExpires(PSObject value) => Of<ExternalLogin>(value, static login => login.Type is null ? string.Empty : Moment(login.Expires));

    /// <summary>What was done with a profile that was to be moved.</summary>
    public static string TransferAction(PSObject value) => Of<TransferResult>(value, static result => Palette.Paint(
        result.Action is Transfer.TransferAction.Skipped ? Tone.Quiet : Tone.Good, result.Action.ToString()));

    private static Tone ToneOf(AuthProfile profile) => !profile.Enabled ? Tone.Quiet
        : profile.DisabledUntil is not null || profile.CooldownUntil is not null ? Tone.Waiting
        // It renews itself: nobody has to do anything.
        : profile is { Status: AuthStatus.Expired, Refreshable: true } ? Tone.Soon
        : ToneOf(profile.Status);

    private static Tone ToneOf(AuthStatus status) => status switch
    {
        AuthStatus.Ok or AuthStatus.Static => Tone.Good,
        AuthStatus.Expiring => Tone.Soon,
        _ => Tone.Bad,
    };

    /// <summary>Seen from when it is shown, which is what its reader compares it with.</summary>
    private static string Moment(DateTimeOffset? moment) => moment is { } time ? DurationText.Moment(time, TimeProvider.System.GetUtcNow()) : string.Empty;

    private static string Of<T>(PSObject value, Func<T, string> text) => value.BaseObject is T known ? text(known) : string.Empty;
}
