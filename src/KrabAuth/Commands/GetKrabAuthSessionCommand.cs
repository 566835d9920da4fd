using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Output;

namespace KrabAuth.Commands;

/// <summary>Shows which profile each session stays with.</summary>
[Cmdlet(VerbsCommon.Get, "KrabAuthSession")]
[OutputType(typeof(AuthSession))]
public sealed class GetKrabAuthSessionCommand : AgentCmdlet
{
    /// <summary>The sessions; wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Session key; wildcards are allowed")]
    [ArgumentCompleter(typeof(SessionCompleter))]
    [SupportsWildcards]
    public string[]? Session { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Session, () =>
    {
        AuthAgent agent = OpenAgent();
        WildcardPattern[]? wanted = Session is null ? null : [.. Session.Select(key => new WildcardPattern(key, WildcardOptions.IgnoreCase))];
        WriteObject(agent.Sessions.List().Where(pin => wanted is null || wanted.Any(pattern => pattern.IsMatch(pin.Session))).Select(pin => new AuthSession(agent, pin)), enumerateCollection: true);
    });
}
