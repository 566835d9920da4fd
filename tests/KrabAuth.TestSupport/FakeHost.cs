using KrabAuth.Host;

namespace KrabAuth.TestSupport;

/// <summary>A process environment that holds what a test put into it, and nothing of the machine's.</summary>
public sealed class FakeHost : IHostEnvironment
{
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    public string? UserHomeDirectory { get; set; }

    public string CurrentDirectory { get; set; } = Path.GetFullPath(Path.GetTempPath());

    public string? GetVariable(string name) => _variables.GetValueOrDefault(name);

    /// <summary>Sets a variable, or with null unsets it.</summary>
    public FakeHost Set(string name, string? value)
    {
        if (value is null) _variables.Remove(name);
        else _variables[name] = value;
        return this;
    }
}
