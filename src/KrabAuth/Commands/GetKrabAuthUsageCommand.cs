using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Diagnostics;
using KrabAuth.Output;
using KrabAuth.Parameters;

namespace KrabAuth.Commands;

/// <summary>Asks providers how much of their quotas is used. This is a network call.</summary>
[Cmdlet(VerbsCommon.Get, "KrabAuthUsage")]
[OutputType(typeof(AuthUsage))]
public sealed class GetKrabAuthUsageCommand : AgentCmdlet
{
    /// <summary>Only these providers; all that have a credential without it.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Provider")]
    [TextTransformation(nameof(Provider))]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    public string[] Provider { get; set; } = [];

    /// <summary>Only these profiles.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "Profile id, such as openai-codex:me@example.com")]
    [Alias("Id")]
    [ArgumentCompleter(typeof(ProfileIdCompleter))]
    public string[] ProfileId { get; set; } = [];

    /// <summary>How long one answer may take: a TimeSpan, or <c>8s</c>, <c>500ms</c>; a number counts seconds.</summary>
    [Parameter(HelpMessage = "How long one answer may take, such as 8s")]
    [DurationTransformation(DefaultUnit = "s")]
    public TimeSpan Timeout { get; set; } = new UsageOptions().Timeout;

    /// <summary>How many are asked at a time.</summary>
    [Parameter(HelpMessage = "How many are asked at a time")]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = new UsageOptions().Concurrency;

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(ProfileId.Length > 0 ? ProfileId : Provider, () =>
    {
        AuthAgent agent = OpenAgent();
        TellUnknown(agent, Provider);
        if (!IsFirst(agent.Paths.StorePath, $"{string.Join(' ', Provider)}|{string.Join(' ', ProfileId)}")) return;
        var options = new UsageOptions { Providers = Provider, ProfileIds = ProfileId, Timeout = Timeout, Concurrency = ThrottleLimit };
        IReadOnlyList<QuotaWindow> windows = Await(token => agent.Health.UsageAsync(options, token));
        WriteObject(windows.Select(window => new AuthUsage(window)), enumerateCollection: true);
    });
}
