using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Interop;
using KrabAuth.Parameters;

namespace KrabAuth.Commands;

/// <summary>Takes over the sign-ins of Claude Code, Codex CLI, Qwen Code, MiniMax and Gemini CLI.</summary>
[Cmdlet(VerbsData.Sync, "KrabAuthProfile", SupportsShouldProcess = true)]
[OutputType(typeof(ExternalLogin))]
public sealed class SyncKrabAuthProfileCommand : AgentCmdlet
{
    /// <summary>Only these programs, whatever the configuration says; those that it allows if left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Program, such as claude")]
    [TextTransformation(nameof(Tool))]
    [ArgumentCompleter(typeof(ToolCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Tool { get; set; }

    /// <summary>Gives what became of each program's sign-in; with -WhatIf, what would.</summary>
    [Parameter(HelpMessage = "Give what became of each")]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Tool is null ? null : string.Join(", ", Tool), () =>
    {
        AuthAgent agent = OpenAgent();
        if (!IsFirst(agent.Paths.StorePath, string.Join(' ', Tool ?? []))) return;
        ExternalLoginManager logins = agent.ExternalLogins;
        IReadOnlyList<ExternalLogin> plan = logins.Plan(Tool);
        string[] wanted = [.. plan
            .Where(login => login.Action != ExternalLoginAction.None && ShouldProcess(login.ProfileId, $"{login.Action} profile, shared with {login.Tool}"))
            .Select(login => login.Tool)];
        IReadOnlyList<ExternalLogin> done = wanted.Length == 0 ? [] : Await(token => logins.SyncAsync(wanted, token));
        // What nobody gave leave for, or what needed none, is told as it was planned.
        if (PassThru) WriteObject(plan.Select(login => done.FirstOrDefault(result => result.Tool == login.Tool) ?? login), enumerateCollection: true);
    });
}
