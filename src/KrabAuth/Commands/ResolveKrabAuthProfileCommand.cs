using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Output;
using KrabAuth.Parameters;
using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.Commands;

/// <summary>Tells which profile a provider would use now, or with -Explain, why each one is or is not used.</summary>
[Cmdlet(VerbsDiagnostic.Resolve, "KrabAuthProfile")]
[OutputType(typeof(AuthProfile), typeof(AuthCandidate))]
public sealed class ResolveKrabAuthProfileCommand : AgentCmdlet
{
    /// <summary>The provider.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Provider, such as anthropic")]
    [TextTransformation(nameof(Provider))]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Provider { get; set; } = [];

    /// <summary>The model: a wait for another model alone does not count.</summary>
    [Parameter(HelpMessage = "The model it is for")]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string? Model { get; set; }

    /// <summary>The session: its pin comes first.</summary>
    [Parameter(HelpMessage = "Session key, such as main")]
    [ArgumentCompleter(typeof(SessionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Session { get; set; }

    /// <summary>Counts a key of the environment or the configuration where no profile can be used.</summary>
    [Parameter(HelpMessage = "Allow a key of the environment in place of profiles")]
    public SwitchParameter AllowEnvironment { get; set; }

    /// <summary>Gives every candidate with its rank and reason instead of the chosen profile.</summary>
    [Parameter(HelpMessage = "Show every candidate and why")]
    public SwitchParameter Explain { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string provider in Provider)
        {
            Guard(provider, () =>
            {
                AuthAgent agent = OpenAgent();
                if (IsFirst(agent.Paths.StorePath, ProviderId.Canonical(provider))) Resolve(agent, provider);
            });
        }
    }

    private void Resolve(AuthAgent agent, string provider)
    {
        var request = new CredentialRequest(provider) { Model = Model, Session = Session is null ? null : new SessionTurn(Session), AllowEnvironment = AllowEnvironment };
        if (!Explain)
        {
            WriteObject(agent.Profiles.Get(agent.Orders.Select(request)));
            return;
        }
        CredentialPlan plan = agent.Orders.Plan(request);
        WriteVerbose($"The order for {plan.Order.Provider} comes from: {AuthOrder.Describe(plan.Order.Source)}.");
        WriteObject(AuthCandidate.Of(agent, plan), enumerateCollection: true);
    }
}
