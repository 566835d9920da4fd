using System.Management.Automation;

namespace KrabAuth.Commands;

/// <summary>Records that a call with a profile worked: its waits end, its failures are forgotten.</summary>
[Cmdlet(VerbsLifecycle.Register, "KrabAuthSuccess", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RegisterKrabAuthSuccessCommand : ProfileCmdlet
{
    private protected override void Process(AuthAgent agent, string id)
    {
        if (!ShouldProcess(id, "Record success")) return;
        bool changed = Await(token => agent.Usage.RecordSuccessAsync(id, token));
        WriteVerbose(changed ? $"Recorded for {id}: success." : $"{id} worked a moment ago; there is nothing to record.");
    }
}
