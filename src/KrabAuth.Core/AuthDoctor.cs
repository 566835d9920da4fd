using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Diagnostics.Doctor;

namespace KrabAuth;

/// <summary>Looks for what is wrong with a state directory, and mends what can be mended. Asks no server.</summary>
public sealed class AuthDoctor
{
    private readonly AuthWorkspace _workspace;

    internal AuthDoctor(AuthWorkspace workspace) => _workspace = workspace;

    /// <summary>
    /// What there is, one check after the other as the findings are taken: what was mended meanwhile, later checks see mended. Looking
    /// changes nothing.
    /// </summary>
    /// <param name="agent">Only this agent; all without it.</param>
    /// <exception cref="KrabAuthException"><c>AgentNotFound</c>.</exception>
    public IEnumerable<DoctorFinding> Examine(string? agent = null)
    {
        var everyone = new DoctorContext(_workspace, null);
        string? only = agent is null ? null : AgentId.Normalize(agent);
        var told = new HashSet<string>(StringComparer.Ordinal);
        // Each place that was opened may show another that is closed.
        for (int before = -1; before < told.Count;)
        {
            before = told.Count;
            foreach (DoctorFinding finding in DoctorChecks.Permissions.Inspect(everyone).Where(finding => (finding.Agent ?? only) == only || only is null).ToList())
            {
                if (told.Add(finding.Subject)) yield return finding;
            }
        }
        List<DoctorFinding> unreadable = [.. DoctorChecks.Configuration.Inspect(everyone)];
        foreach (DoctorFinding finding in unreadable) yield return finding;
        if (unreadable.Count > 0) yield break;
        var context = new DoctorContext(_workspace, agent is null ? null : _workspace.OpenAgent(agent).Id);
        foreach (IDoctorCheck check in DoctorChecks.Others)
        {
            // Taken as a whole before the first is mended: mending must not move what is being looked through.
            foreach (DoctorFinding finding in check.Inspect(context).ToList()) yield return finding;
        }
    }

    /// <summary>Mends a finding, and looks again whether it is gone.</summary>
    /// <returns>The finding, mended or with the reason why not.</returns>
    public async Task<DoctorFinding> FixAsync(DoctorFinding finding, CancellationToken cancellationToken = default)
    {
        if (!finding.CanFix) return finding;
        try
        {
            if (_workspace.State.ReadOnlyVariable is { } variable) throw AuthErrors.StoreReadOnly(variable);
            string? backup = await finding.Mend!(cancellationToken).ConfigureAwait(false);
            var context = new DoctorContext(_workspace, null);
            bool isThere = finding.Check!.Inspect(context).Any(other => other.Agent == finding.Agent && other.Subject == finding.Subject);
            return finding with { IsFixed = !isThere, Backup = backup, Problem = isThere ? "It is still there after it was mended; the warnings say why." : null };
        }
        catch (Exception e) when (e is KrabAuthException or IOException or UnauthorizedAccessException)
        {
            return finding with { Problem = e.Message };
        }
    }

    /// <summary>The exit code: 1 if there is an error that was not mended, else 2 if there is such a warning, else 0.</summary>
    public static int ExitCode(IEnumerable<DoctorFinding> findings)
    {
        List<DoctorFinding> left = [.. findings.Where(finding => !finding.IsFixed)];
        return left.Exists(finding => finding.Severity == DoctorSeverity.Error) ? 1 : left.Exists(finding => finding.Severity == DoctorSeverity.Warning) ? 2 : 0;
    }
}
