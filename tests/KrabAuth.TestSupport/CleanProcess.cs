using System.Diagnostics;
using System.Text;

namespace KrabAuth.TestSupport;

/// <summary>How a test starts a program: at a home directory of its own, in an environment that holds nothing of the test's.</summary>
public static class CleanProcess
{
    public static ProcessStartInfo At(string home, string file, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = home,
        };
        start.Environment.Clear();
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            bool isNeeded = name is "PATH" or "SystemRoot" or "TEMP" || name.StartsWith("DOTNET_", StringComparison.Ordinal);
            if (isNeeded) start.Environment[name] = (string?)variable.Value;
        }
        start.Environment["HOME"] = home;
        start.Environment["USERPROFILE"] = home;
        return start;
    }
}
