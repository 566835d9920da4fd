using KrabAuth.OAuth;

namespace KrabAuth.Cli.Demo;

/// <summary>The person and the browser of the demo: follows the address as a browser would, and says yes.</summary>
internal sealed class DemoPerson : IBrowser, ISignInPrompt, IDisposable
{
    private readonly HttpClient _browser = new(new SocketsHttpHandler { UseProxy = false });

    /// <inheritdoc/>
    public bool CanPaste => false;

    /// <inheritdoc/>
    public bool TryOpen(Uri address) => false;

    /// <inheritdoc/>
    public void ShowAddress(Uri address, bool opened, string? note) => Page = _browser.GetStringAsync(address);

    /// <summary>What the browser shows at last.</summary>
    public Task<string> Page { get; private set; } = Task.FromResult(string.Empty);

    /// <inheritdoc/>
    public void ShowDeviceCode(DeviceCode code)
    {
    }

    /// <inheritdoc/>
    public Task<string?> ReadPastedAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public void ShowProblem(string problem)
    {
    }

    /// <inheritdoc/>
    public void ShowProgramLine(string line)
    {
    }

    /// <inheritdoc/>
    public void ShowTimeLeft(TimeSpan left)
    {
    }

    public void Dispose() => _browser.Dispose();
}
