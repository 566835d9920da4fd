using System.Collections.Concurrent;
using KrabAuth.Host;

namespace KrabAuth.TestSupport;

/// <summary>A log that keeps what it was told.</summary>
public sealed class RecordingLog : IAuthLog
{
    private readonly ConcurrentQueue<string> _verbose = new();
    private readonly ConcurrentQueue<string> _warnings = new();

    public IReadOnlyCollection<string> Warnings => _warnings;

    public IReadOnlyCollection<string> VerboseMessages => _verbose;

    public void Verbose(string message) => _verbose.Enqueue(message);

    public void Warning(string message) => _warnings.Enqueue(message);
}
