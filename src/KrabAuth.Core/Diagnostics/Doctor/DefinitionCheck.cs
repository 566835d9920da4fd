using KrabAuth.Providers;

namespace KrabAuth.Diagnostics.Doctor;

/// <summary>A provider of the user's own whose file cannot be used: a mistake in it, or other users can change where it sends tokens.</summary>
internal sealed class DefinitionCheck : IDoctorCheck
{
    public string Id => "definition-unusable";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
        // A directory that lets nobody in has a finding of its own.
        => from path in DoctorFiles.IsClosed(context.Workspace.Registry.Directory) ? [] : context.Workspace.Registry.OwnFiles()
           let error = Error(path)
           where error is not null
           select context.Finding(this, DoctorSeverity.Error, path, error.Message) with { Remedy = error.Remedy };

    private static KrabAuthException? Error(string path)
    {
        try
        {
            _ = ProviderRegistry.Load(path);
            return null;
        }
        catch (KrabAuthException e)
        {
            return e;
        }
    }
}
