namespace KrabAuth.Parameters;

/// <summary>
/// Variables of this process for as long as something runs. The process has one environment: what runs beside it sees them too.
/// Where several set the same variable, the last one's value holds, and the last to end leaves what was there before the first.
/// </summary>
internal sealed class TemporaryEnvironment : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, Holders> Held = new(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    private readonly List<string> _names = [];

    /// <summary>Sets the variables: all of them, or none.</summary>
    public TemporaryEnvironment(IReadOnlyDictionary<string, string?> variables)
    {
        lock (Gate)
        {
            try
            {
                foreach ((string name, string? value) in variables) Take(name, value);
            }
            catch
            {
                Release();
                throw;
            }
        }
    }

    /// <summary>Puts back what was there, or what another holder of the variable wants.</summary>
    public void Dispose()
    {
        lock (Gate) Release();
    }

    private void Take(string name, string? value)
    {
        string? before = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, value);
        if (!Held.TryGetValue(name, out Holders? holders)) Held[name] = holders = new Holders(before);
        holders.Values.Add((this, value));
        _names.Add(name);
    }

    private void Release()
    {
        foreach (string name in _names)
        {
            Holders holders = Held[name];
            holders.Values.RemoveAll(entry => entry.Holder == this);
            if (holders.Values.Count == 0) Held.Remove(name);
            Environment.SetEnvironmentVariable(name, holders.Values.Count == 0 ? holders.Before : holders.Values[^1].Value);
        }
        _names.Clear();
    }

    private sealed record Holders(string? Before)
    {
        public List<(TemporaryEnvironment Holder, string? Value)> Values { get; } = [];
    }
}
