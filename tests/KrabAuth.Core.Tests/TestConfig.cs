using KrabAuth.Agents;
using KrabAuth.Host;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests;

/// <summary>A configuration from a text, read as Core reads one: from a file.</summary>
internal sealed class TestConfig(string? text = null)
{
    public AuthConfig Load()
    {
        using var state = new TempState();
        string path = state.InState("openclaw.json");
        if (text is not null) state.Write("openclaw.json", text);
        return AuthConfig.Load(path, NullAuthLog.Instance);
    }
}
