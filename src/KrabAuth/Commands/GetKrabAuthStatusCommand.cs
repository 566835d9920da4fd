using System.Management.Automation;
using KrabAuth.Diagnostics;
using KrabAuth.Output;

namespace KrabAuth.Commands;

/// <summary>Shows, for each provider, what its credentials come from and which profile is used now.</summary>
[Cmdlet(VerbsCommon.Get, "KrabAuthStatus")]
[OutputType(typeof(AuthProviderStatus))]
public sealed class GetKrabAuthStatusCommand : AgentCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Agent, () =>
    {
        AuthAgent agent = OpenAgent();
        if (!IsFirst(agent.Paths.StorePath, string.Empty)) return;
        StatusReport report = agent.Health.Status();
        WriteVerbose($"Configuration: {report.ConfigPath}. Store: {report.StorePath}. Default model: {report.ResolvedDefault}.");
        WriteObject(report.Providers.Select(provider => new AuthProviderStatus(report, provider)), enumerateCollection: true);
        WriteObject(report.MissingProviders.Select(provider => new AuthProviderStatus(report, provider)), enumerateCollection: true);
    });
}
