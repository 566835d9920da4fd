using BenchmarkDotNet.Running;
using KrabAuth.Benchmarks.Compare;

// dotnet run -c Release --project tests/KrabAuth.Benchmarks -- --filter '*Resolve*'
// What Compare.ps1 runs: clock, race, load, scale, storm; see the classes.
return args switch
{
    ["clock", var rounds, var specification] => Clock.Run(int.Parse(rounds), specification),
    ["race", var count, var specification] => Race.Run(int.Parse(count), specification),
    ["load", .. var arguments] => Load.Run(arguments),
    ["scale", var directory] => Scale.Run(directory),
    ["storm", var program, var count, var directory] => Storm.Run(program, int.Parse(count), directory),
    _ => RunBenchmarks(args),
};

static int RunBenchmarks(string[] args)
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
    return 0;
}
