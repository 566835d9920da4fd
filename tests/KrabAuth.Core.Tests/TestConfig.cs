using System.Text;
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
            // What cannot be written as UTF-8 is written as an editor would: replaced.
            if (text is not null) File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
            return AuthConfig.Load(path, static _ => null, NullAuthLog.Instance);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
