using System.Management.Automation;
using KrabAuth.Feedback;

namespace KrabAuth.Commands;

/// <summary>After an error of the module, shows the command that mends it, for the rest of the session.</summary>
[Cmdlet(VerbsLifecycle.Enable, "KrabAuthFeedback")]
[OutputType(typeof(void))]
public sealed class EnableKrabAuthFeedbackCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing() => ErrorFeedback.Register();
}
