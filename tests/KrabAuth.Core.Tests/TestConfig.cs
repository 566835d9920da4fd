using KrabAuth.Agents;
using KrabAuth.Host;

namespace KrabAuth.Core.Tests;

/// <summary>A configuration from a text, read as Core reads one: from a file.</summary>
internal sealed class TestConfig(string? text = null)
{
    public AuthConfig Load()
    {
        string path = Path.Combine(Path.GetTempPath(), $"krabauth-test-{Guid.NewGuid():N}.json");
        try
        {
            if (text is not null) File.WriteAllText(path, text);
            return AuthConfig.Load(path, NullAuthLog.Instance);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
