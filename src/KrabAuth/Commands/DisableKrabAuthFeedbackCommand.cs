using System.Management.Automation;
using KrabAuth.Feedback;

namespace KrabAuth.Commands;

/// <summary>Ends what Enable-KrabAuthFeedback began.</summary>
[Cmdlet(VerbsLifecycle.Disable, "KrabAuthFeedback")]
[OutputType(typeof(void))]
public sealed class DisableKrabAuthFeedbackCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing() => ErrorFeedback.Unregister();
}
