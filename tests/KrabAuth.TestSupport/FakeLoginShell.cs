using KrabAuth.Host;

namespace KrabAuth.TestSupport;

/// <summary>A login shell that has what a test put into it, and counts who asked.</summary>
public sealed class FakeLoginShell : ILoginShell
{
    public Dictionary<string, string> Variables { get; } = [];

    public int Calls { get; private set; }

    /// <summary>The time that the last one to ask would have waited.</summary>
    public TimeSpan Timeout { get; private set; }

    public Task<IReadOnlyDictionary<string, string>> ReadAsync(IHostEnvironment host, TimeSpan timeout, IAuthLog log, CancellationToken cancellationToken)
    {
        Calls++;
        Timeout = timeout;
        return Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>(Variables));
    }
}
