using System.Collections;
using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Diagnostics;
using KrabAuth.Errors;
using KrabAuth.Routing;

namespace KrabAuth.Commands;

/// <summary>Records that a call with a profile failed: the next call is made with another one.</summary>
[Cmdlet(VerbsLifecycle.Register, "KrabAuthFailure", DefaultParameterSetName = "ErrorRecord", SupportsShouldProcess = true)]
[OutputType(typeof(FailureOutcome))]
public sealed class RegisterKrabAuthFailureCommand : AgentCmdlet
{
    /// <summary>The profile that was used.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, HelpMessage = "Profile id, such as anthropic:work")]
    [Alias("Id")]
    [ArgumentCompleter(typeof(ProfileIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string ProfileId { get; set; } = string.Empty;

    /// <summary>The error of the call, as <c>catch</c> or <c>$Error</c> has it.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "ErrorRecord", HelpMessage = "The error, as catch or $Error has it")]
    [ValidateNotNull]
    public ErrorRecord? ErrorRecord { get; set; }

    /// <summary>The answer of the provider.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Response", HelpMessage = "The answer of the provider")]
    [ValidateNotNull]
    public HttpResponseMessage? Response { get; set; }

    /// <summary>The HTTP status of the answer.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "StatusCode", HelpMessage = "HTTP status, such as 429")]
    [ValidateRange(100, 599)]
    public int StatusCode { get; set; }

    /// <summary>What the provider said: a sentence, or the body of the answer.</summary>
    [Parameter(ParameterSetName = "StatusCode", HelpMessage = "What the provider said")]
    [Parameter(ParameterSetName = "Response", HelpMessage = "The body, where it was read already")]
    public string? Message { get; set; }

    /// <summary>The headers of the answer, as <c>-ResponseHeadersVariable</c> gives them: they may state when to come back.</summary>
    [Parameter(ParameterSetName = "StatusCode", HelpMessage = "Headers of the answer")]
    public IDictionary? Header { get; set; }

    /// <summary>Why it failed, where that is known.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Reason", HelpMessage = "Why it failed, such as rate_limit")]
    [ArgumentCompleter(typeof(ReasonCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <summary>The model that was asked for: a rate limit is that model's alone.</summary>
    [Parameter(HelpMessage = "The model that was asked for")]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string? Model { get; set; }

    /// <summary>Gives what was recorded, or why nothing was.</summary>
    [Parameter(HelpMessage = "Give what became of it")]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(ProfileId, () =>
    {
        // Providers repeat keys in what they say.
        Forget(nameof(ErrorRecord), nameof(Response), nameof(Message), nameof(Header));
        AuthAgent agent = OpenAgent();
        if (!ShouldProcess(ProfileId, "Record failure")) return;
        FailureReason? reason = Reason is null ? null : FailureReasons.Require(Reason);
        FailureOutcome outcome = Await(async token => reason is { } known
            ? await agent.Usage.RecordFailureAsync(ProfileId, known, Model, token).ConfigureAwait(false)
            : await agent.Usage.RecordFailureAsync(ProfileId, await SignalAsync(token).ConfigureAwait(false), Model, token).ConfigureAwait(false));
        string name = outcome.Reason?.StoredName() ?? "no reason to use another profile";
        WriteVerbose(outcome.IsRecorded ? $"Recorded for {ProfileId}: {name}." : $"Not recorded for {ProfileId}: {name}; {outcome.Detail}.");
        if (PassThru) WriteObject(outcome);
    });

    private async Task<FailureSignal> SignalAsync(CancellationToken token) => ParameterSetName switch
    {
        "ErrorRecord" => FailureSignals.From(ErrorRecord!),
        "Response" => FailureSignal.FromResponse(Response!, Message ?? await BodyAsync(Response!, token).ConfigureAwait(false)),
        _ => new FailureSignal { Status = StatusCode, Message = Message, Headers = FailureSignals.Headers(Header) },
    };

    private static async Task<string> BodyAsync(HttpResponseMessage response, CancellationToken token)
    {
        try
        {
            return await response.Content.ReadAsStringAsync(token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException or IOException)
        {
            // It was disposed of, or somebody read it as a stream, or the connection is gone.
            throw AuthErrors.ResponseUnreadable(e);
        }
    }
}
