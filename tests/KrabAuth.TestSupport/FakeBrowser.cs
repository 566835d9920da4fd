using System.Collections.Concurrent;
using KrabAuth.OAuth;

namespace KrabAuth.TestSupport;

/// <summary>A browser that keeps what it was given, and does with it what a test says.</summary>
public sealed class FakeBrowser : IBrowser
{
    private readonly ConcurrentQueue<Uri> _opened = new();

    /// <summary>What happens to an address; nothing, unless a test says otherwise.</summary>
    public Action<Uri> OnOpen { get; set; } = _ => { };

    /// <summary>Whether there is a browser at all.</summary>
    public bool Exists { get; set; } = true;

    public IReadOnlyCollection<Uri> Opened => _opened;

    public bool TryOpen(Uri address)
    {
        if (!Exists) return false;
        _opened.Enqueue(address);
        OnOpen(address);
        return true;
    }
}
