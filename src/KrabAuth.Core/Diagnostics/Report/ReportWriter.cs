using System.Text;
using KrabAuth.Diagnostics.Doctor;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics;

/// <summary>Gathers what a report shows and writes the page, whole or not at all, readable by its owner alone.</summary>
internal sealed class ReportWriter(AuthAgent agent, ReportOptions options)
{
    public async Task<byte[]> MakeAsync(CancellationToken cancellationToken)
    {
        // Asked first: a token that is renewed for it is shown as it is afterwards.
        IReadOnlyList<QuotaWindow>? quotas = options.AsksUsage ? await agent.Health.UsageAsync(null, cancellationToken).ConfigureAwait(false) : null;
        StatusReport status = agent.Health.Status();
        List<DoctorFinding> findings = [.. agent.Workspace.Doctor.Examine(agent.Id)];
        return Encoding.UTF8.GetBytes(new HtmlReport(new ReportContent(status, quotas, findings, agent.Workspace.Now, options.Spell)).Write());
    }

    public async Task<string> WriteAsync(string path, CancellationToken cancellationToken)
    {
        string full = HomeDirectory.Absolute(path, agent.Workspace.Options.Host);
        // Before anybody is asked anything.
        if (Directory.Exists(full)) throw AuthErrors.ReportNotWritten(full, "it is a directory");
        if (!options.Force && Path.Exists(full)) throw AuthErrors.ReportFileExists(full);
        if (!Directory.Exists(Path.GetDirectoryName(full))) throw AuthErrors.ReportNotWritten(full, "there is no such directory");
        byte[] page = await MakeAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            AtomicFile.Write(full, page, overwrite: options.Force);
        }
        catch (IOException) when (!options.Force && Path.Exists(full))
        {
            throw AuthErrors.ReportFileExists(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AuthErrors.ReportNotWritten(full, e is UnauthorizedAccessException ? "permission denied" : e.Message.TrimEnd('.'), e);
        }
        return full;
    }
}
