using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics.Doctor;

/// <summary>A variable that takes the operating system's file locks away from KrabAuth.</summary>
internal sealed class FileLockingCheck : IDoctorCheck
{
    private const string Variable = "DOTNET_SYSTEM_IO_DISABLEFILELOCKING";

    public string Id => "file-locking-off";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        string? value = context.Workspace.Options.Host.GetVariable(Variable);
        if (value != "1" && !string.Equals(value, "true", StringComparison.OrdinalIgnoreCase)) yield break;
        yield return context.Finding(this, DoctorSeverity.Warning, Variable, "It switches file locks off. Writers still exclude each other by the lock beside the store, but a lock that a killed program left is waited for.") with
        {
            Remedy = new("Remove-Item Env:" + Variable, "unset " + Variable),
        };
    }
}

/// <summary>Stores on a network file system, whose locks and renames promise less.</summary>
internal sealed class NetworkCheck : IDoctorCheck
{
    public string Id => "network-file-system";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
        => from entry in DoctorFiles.Directories(context).Where(entry => entry.Agent is not null || entry.Path == context.State.Root)
           let type = context.Workspace.Options.FileSystems.NetworkTypeOf(entry.Path)
           where type is not null
           select context.Finding(this, DoctorSeverity.Warning, entry.Path, $"It is on a network file system ({type}): locks may not hold between machines, and other machines' clocks count.", entry.Agent) with
           {
               Remedy = Remedy.Same("Keep the state directory on a local disk, one for each machine."),
           };
}

/// <summary>Files from the future: a lock from there is never old, and a store from there always looks new.</summary>
internal sealed class FutureFileCheck : IDoctorCheck
{
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    public string Id => "file-from-future";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        DateTime latest = (context.FileTime + Tolerance).UtcDateTime;
        // A lock file names its process, which counts whatever the time is.
        List<(AuthAgent? Agent, string Path)> locks = [.. LockPaths.Standing(context).Where(entry => entry.Lock.Form == PeerLockForm.Directory).Select(entry => (entry.Agent, entry.Path))];
        foreach ((AuthAgent? agent, string path) in DoctorFiles.All(context).Concat(locks))
        {
            DateTime written = File.GetLastWriteTimeUtc(path);
            if (written <= latest) continue;
            yield return context.Finding(this, DoctorSeverity.Warning, path, $"It was written at {written:yyyy-MM-dd HH:mm:ss}Z, which is yet to come. The clock was wrong then, or is now.", agent) with
            {
                Remedy = Remedy.Same("Set the clock if it is wrong. Give the file the time of now, so that it grows old as others do."),
                // Its holder, if there still is one, takes the lock for lost.
                IsSafe = !locks.Contains((agent, path)),
                Mend = _ =>
                {
                    // The call for directories serves files too.
                    Directory.SetLastWriteTimeUtc(path, context.FileTime.UtcDateTime);
                    return Task.FromResult<string?>(null);
                },
            };
        }
    }
}

/// <summary>A token that was issued in the future: this machine's clock is behind, and expired tokens look good.</summary>
internal sealed class ClockCheck : IDoctorCheck
{
    public string Id => "clock-skew";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        DateTimeOffset latest = context.Workspace.Now + FutureFileCheck.Tolerance;
        foreach ((AuthAgent agent, AuthStore own, _) in context.Stores())
        {
            foreach (StoredProfile profile in own.Profiles)
            {
                DateTimeOffset? issued = profile.Credential is OAuthCredential oauth ? JwtClaims.IssuedAt(oauth.IdToken) ?? JwtClaims.IssuedAt(oauth.Access) : null;
                DateTimeOffset? used = own.Stats(profile.Id).LastUsed is { } time ? ProfileHealth.FromMilliseconds(time) : null;
                (DateTimeOffset? Moment, string What) sign = issued > latest ? (issued, "Its token was issued") : used > latest ? (used, "It was last used") : (null, string.Empty);
                if (sign.Moment is not { } moment) continue;
                yield return context.Finding(this, DoctorSeverity.Warning, profile.Id, $"{sign.What} at {moment:yyyy-MM-dd HH:mm:ss}Z, which is yet to come. A clock that is wrong makes tokens look good that are not.", agent) with
                {
                    Remedy = Remedy.Same("Set the clock of this machine."),
                };
            }
        }
    }
}
