using System.CommandLine;
using KrabAuth.Diagnostics;
using KrabAuth.Host;
using KrabAuth.Routing;

namespace KrabAuth.Cli.Commands;

/// <summary><c>models auth exec</c>: runs a program with a credential in its environment, and with the next account's where the first one's fails.</summary>
internal static class ExecCommand
{
    public static Command Create(CommandLine line)
    {
        Option<string> provider = GlobalOptions.Value("--provider", "id", "The provider.");
        provider.Required = true;
        Option<string> variable = GlobalOptions.Value("--env", "name", "The variable that the credential is put into; the provider's own without it.");
        Option<string> attempts = GlobalOptions.Value("--max-attempts", "count", $"How often it is tried at most; {FailoverCall.UsualAttempts} without it.");
        var request = new RequestOptions();
        var program = new Argument<string[]>("program") { Description = "The program and its arguments, behind --.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("exec", "Run a program with a credential in its environment, and again with the next account where one fails. The provider's other variables are taken away; all else of the environment is passed on as it is.")
        {
            provider, request.Model, request.Session, request.AllowEnvironment, variable, attempts, program,
        };
        return line.Does(command, call =>
        {
            IReadOnlyList<string> words = call.Texts(program);
            var start = new ProgramStart(words[0], [.. words.Skip(1)]) { Directory = call.Cli.Environment.CurrentDirectory, OnError = (bytes, _) => call.Cli.WriteErrorAsItIs(bytes.Span), Signal = () => call.Signal };
            AuthAgent agent = call.OpenAgent();
            FailoverCall tries = agent.BeginCall(request.Read(call, call.Required(provider)), Attempts(call.Text(attempts)));
            return RunAsync(call, agent, tries, start, call.Text(variable), call.CancelOnSignal()).GetAwaiter().GetResult();
        });
    }

    private static async Task<int> RunAsync(Invocation call, AuthAgent agent, FailoverCall tries, ProgramStart start, string? variable, CancellationToken stop)
    {
        while (true)
        {
            UsableCredential credential = await tries.NextAsync(stop).ConfigureAwait(false);
            ProgramEnd end;
            try
            {
                end = await ProgramRunner.RunAsync(start with { Variables = agent.Credentials.Variables(credential, variable) }, stop).ConfigureAwait(false);
            }
            catch (ProgramStoppedException e)
            {
                // It was told what we were told; how it took that is for whoever told us to know.
                return e.ExitCode;
            }
            if (end.ExitCode == 0)
            {
                await tries.SucceedAsync(stop).ConfigureAwait(false);
                return 0;
            }
            CallAttempt attempt = await tries.FailAsync(new FailureSignal { Message = end.ErrorTail, IsFreeText = true }, stop).ConfigureAwait(false);
            // What another account cannot mend is the program's own affair, and so is its exit code.
            if (attempt.Reason is null) return end.ExitCode;
            call.Cli.WriteError($"Failed with {attempt}.");
        }
    }

    private static int Attempts(string? text)
    {
        if (text is null) return FailoverCall.UsualAttempts;
        return int.TryParse(text, out int count) && count is >= 1 and <= 100 ? count : throw AuthErrors.OptionInvalid("--max-attempts needs a number from 1 to 100.");
    }
}
