using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Parameters;

namespace KrabAuth.Commands;

/// <summary>Lifts the pins of a session, so that it follows the order again.</summary>
[Cmdlet(VerbsCommon.Clear, "KrabAuthSession", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class ClearKrabAuthSessionCommand : AgentCmdlet
{
    /// <summary>The sessions, by their exact keys.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Session key, such as main")]
    [TextTransformation(nameof(Session))]
    [ArgumentCompleter(typeof(SessionCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Session { get; set; } = [];

    /// <summary>Only the pin for this provider.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true, HelpMessage = "Provider, such as anthropic")]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Provider { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string session in Session)
        {
            Guard(session, () =>
            {
                AuthAgent agent = OpenAgent();
                if (!ShouldProcess(session, Provider is null ? "Lift its pins" : $"Lift its pin for {Provider}")) return;
                int lifted = Await(token => agent.Sessions.ClearAsync(session, Provider, token));
                WriteVerbose($"Lifted {lifted} pin(s) of session {session}.");
            });
        }
    }
}
