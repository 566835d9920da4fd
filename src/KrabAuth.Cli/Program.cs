using KrabAuth.Cli.Commands;
using KrabAuth.Cli.Host;

namespace KrabAuth.Cli;

internal static class Program
{
    private static int Main(string[] args) => new CommandLine(new CliContext(ProgramName.OfProcess(), args), args).Run(args);
}
