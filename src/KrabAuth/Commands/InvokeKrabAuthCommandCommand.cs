using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Diagnostics;
using KrabAuth.Errors;
using KrabAuth.Host;
using KrabAuth.Output;
using KrabAuth.Parameters;
using KrabAuth.Routing;

namespace KrabAuth.Commands;

/// <summary>Runs a block or a program with a credential, and again with the next account where one fails.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "KrabAuthCommand", DefaultParameterSetName = "ScriptBlock")]
[OutputType(typeof(PSObject))]
public sealed class InvokeKrabAuthCommandCommand : AgentCmdlet
{
    /// <summary>The provider.</summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "Provider, such as anthropic")]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    [ValidateNotNullOrEmpty]
    public string Provider { get; set; } = string.Empty;

    /// <summary>The block. In it <c>$KrabAuth</c> is the credential, and every error ends it.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "ScriptBlock", HelpMessage = "The block that makes the call")]
    public ScriptBlock? ScriptBlock { get; set; }

    /// <summary>A program, by its path or by a name that PATH finds.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Program", HelpMessage = "A program that makes the call")]
    [ValidateNotNullOrEmpty]
    public string? FilePath { get; set; }

    /// <summary>The arguments of the block or the program.</summary>
    [Parameter(HelpMessage = "Arguments of the block or the program")]
    [Alias("Args")]
    public object?[] ArgumentList { get; set; } = [];

    /// <summary>The model: a wait for another model alone does not count, and a rate limit is that model's.</summary>
    [Parameter(HelpMessage = "The model it is for")]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string? Model { get; set; }

    /// <summary>The session that is to stay with one profile.</summary>
    [Parameter(HelpMessage = "Session key, such as main")]
    [ArgumentCompleter(typeof(SessionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Session { get; set; }

    /// <summary>Uses a key of the environment or the configuration where no profile can be used.</summary>
    [Parameter(HelpMessage = "Allow a key of the environment in place of profiles")]
    public SwitchParameter AllowEnvironment { get; set; }

    /// <summary>The environment variable that holds the credential meanwhile; the provider's own if left out.</summary>
    [Parameter(HelpMessage = "The variable that holds the credential meanwhile")]
    [ArgumentCompleter(typeof(VariableCompleter))]
    [ValidateNotNullOrEmpty]
    public string? EnvironmentVariable { get; set; }

    /// <summary>How often it is tried at most.</summary>
    [Parameter(HelpMessage = "How often it is tried at most")]
    [ValidateRange(1, 100)]
    public int MaxAttempts { get; set; } = FailoverCall.UsualAttempts;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        try
        {
            Run();
        }
        catch (KrabAuthException e)
        {
            // Who assigns the result must not go on without one.
            ThrowTerminatingError(ErrorRecords.From(e, Provider));
        }
    }

    private void Run()
    {
        AuthAgent agent = OpenAgent();
        FailoverCall call = agent.BeginCall(
            new CredentialRequest(Provider) { Model = Model, Session = Session is null ? null : new SessionTurn(Session), AllowEnvironment = AllowEnvironment }, MaxAttempts);
        while (true)
        {
            UsableCredential credential = Await(call.NextAsync);
            WriteVerbose($"Try {call.Attempts.Count + 1} with {credential.Source}.");
            Result result = FilePath is null ? RunBlock(agent, credential, call) : RunProgram(agent, credential);
            if (result.Failure is null)
            {
                Await(call.SucceedAsync);
                WriteObject(result.Output, enumerateCollection: true);
                return;
            }
            CallAttempt attempt = Await(token => call.FailAsync(result.Failure, token));
            // What another account cannot mend is the block's own affair, and so is its error.
            if (attempt.Reason is null) ThrowTerminatingError(result.Error);
            WriteWarning($"Try {attempt.Number} failed with {attempt}.");
        }
    }

    /// <summary>How a try went: what it gave, or what is known of its failure.</summary>
    private sealed record Result(IReadOnlyCollection<PSObject?> Output, FailureSignal? Failure = null, ErrorRecord? Error = null);

    /// <summary>
    /// The output is held back until the block has ended well: what a failed try gave would stand before the result of the next.
    /// </summary>
    private Result RunBlock(AuthAgent agent, UsableCredential credential, FailoverCall call)
    {
        List<PSVariable> variables =
        [
            new("KrabAuth", new AuthCall(agent, credential, call.Attempts.Count + 1)),
            // An error that does not end the block would be taken for success.
            new("ErrorActionPreference", ActionPreference.Stop),
            new("PSNativeCommandUseErrorActionPreference", true),
        ];
        using var environment = new TemporaryEnvironment(Variables(agent, credential));
        try
        {
            return new Result(ScriptBlock!.InvokeWithContext(null, variables, ArgumentList));
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            return new Result([], FailureSignals.From(e.ErrorRecord), e.ErrorRecord);
        }
    }

    private Result RunProgram(AuthAgent agent, UsableCredential credential)
    {
        var lines = new List<PSObject?>();
        var start = new ProgramStart(FilePath!, [.. ArgumentList.Select(argument => LanguagePrimitives.ConvertTo<string>(argument))])
        {
            Directory = CurrentDirectory,
            Variables = Variables(agent, credential),
            OnOutput = line => lines.Add(line),
            OnError = (_, text) => OnPipelineThread(() => WriteInformation(text, ["KrabAuth", "StandardError"])),
        };
        ProgramEnd end = Await(token => ProgramRunner.RunAsync(start, token));
        if (end.ExitCode == 0) return new Result(lines);
        KrabAuthException error = AuthErrors.ProgramFailed(FilePath!, end.ExitCode);
        return new Result([], new FailureSignal { Message = end.ErrorTail, IsFreeText = true }, ErrorRecords.From(error, Provider));
    }

    /// <summary>A provider of which no variable is known has its header and its token, unless a program needs a variable.</summary>
    private IReadOnlyDictionary<string, string?> Variables(AuthAgent agent, UsableCredential credential)
    {
        try
        {
            return agent.Credentials.Variables(credential, EnvironmentVariable);
        }
        catch (KrabAuthException e) when (e.ErrorId == "VariableUnknown" && FilePath is null)
        {
            return new Dictionary<string, string?>();
        }
    }
}
