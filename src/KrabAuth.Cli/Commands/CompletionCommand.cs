using System.CommandLine;
using KrabAuth.Cli.Rendering;
using KrabAuth.Diagnostics;

namespace KrabAuth.Cli.Commands;

/// <summary><c>completion bash|zsh|fish|powershell</c>: prints the script that makes a shell complete this program.</summary>
internal static class CompletionCommand
{
    public static Command Create(CommandLine line)
    {
        var shell = new Argument<string>("shell") { Description = $"The shell: {string.Join(", ", CompletionScripts.Shells)}.", Arity = ArgumentArity.ExactlyOne };
        return line.Does(new Command("completion", "Print the script that makes a shell complete this program.") { shell }, call =>
        {
            string script = CompletionScripts.Find(call.Text(shell) ?? string.Empty, call.Cli.Program.Text)
                ?? throw AuthErrors.ShellUnknown(CompletionScripts.Shells);
            call.Cli.Write(script);
            return 0;
        });
    }
}
