using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/KrabAuth.Benchmarks -- --filter '*Resolve*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
