using KrabAuth.Cli.Host;
using KrabAuth.Diagnostics;

namespace KrabAuth.Cli.Rendering;

/// <summary>One line on standard error that says how far the probes are, where a person can see it; it goes when they are done.</summary>
internal sealed class ProbeLine(CliContext cli) : IProgress<ProbeProgress>, IDisposable
{
    private const string Clear = "\r\u001b[K";

    private readonly Lock _lock = new();
    private bool _isShown;

    public void Report(ProbeProgress value)
    {
        if (!cli.CanShowProgress || value is { Total: 0 } or { Label: null, Completed: 0 }) return;
        lock (_lock)
        {
            _isShown = true;
            cli.WriteErrorText($"{Clear}{TextCells.Clean(value.Label ?? "Probing auth profiles")}… {value.Completed}/{value.Total}");
        }
    }

    public void Dispose()
    {
        if (_isShown) cli.WriteErrorText(Clear);
    }
}
