using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Errors;
using KrabAuth.Output;
using KrabAuth.Parameters;
using KrabAuth.Routing;

namespace KrabAuth.Commands;

/// <summary>Shows which profile each session stays with.</summary>
[Cmdlet(VerbsCommon.Get, "KrabAuthSession")]
[OutputType(typeof(AuthSession))]
public sealed class GetKrabAuthSessionCommand : AgentCmdlet
{
    /// <summary>The sessions; wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Session key; wildcards are allowed")]
    [TextTransformation(nameof(Session))]
    [ArgumentCompleter(typeof(SessionCompleter))]
    [SupportsWildcards]
    public string[]? Session { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Session, () =>
    {
        AuthAgent agent = OpenAgent();
        IReadOnlyList<SessionPin> pins = agent.Sessions.List();
        foreach (string key in Session ?? ["*"])
        {
            var pattern = new WildcardPattern(key, WildcardOptions.IgnoreCase);
            List<SessionPin> matches = [.. pins.Where(pin => pin.Session == key || pattern.IsMatch(pin.Session))];
            if (matches.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(key)) WriteError(ErrorRecords.SessionNotFound(key));
            WriteObject(matches.Where(pin => IsFirst(agent.Paths.StorePath, $"{pin.Provider} {pin.Session}")).Select(pin => new AuthSession(agent, pin)), enumerateCollection: true);
        }
    });
}
