using System.Diagnostics;
using System.Text;

namespace KrabAuth.Cli.Tests.Support;

/// <summary>A terminal that <c>script</c> of util-linux provides.</summary>
internal static class ScriptTerminal
{
    /// <summary>Runs a command line on a terminal of its own, and presses the keys of each step when its prompt is there.</summary>
    public static (int ExitCode, string Screen) Run(TempHome home, string command, params ReadOnlySpan<(string Prompt, string Keys)> steps)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "There is no script of util-linux here.");
        using Process process = Program.Start(home, "/usr/bin/script", ["-qec", command, "/dev/null"]);
        var screen = new StringBuilder();
        Task<string> error = process.StandardError.ReadToEndAsync();
        char[] block = new char[1024];
        int next = 0;
        int seen = 0;
        for (int read; (read = process.StandardOutput.Read(block)) > 0;)
        {
            screen.Append(block, 0, read);
            while (next < steps.Length && screen.ToString().IndexOf(steps[next].Prompt, seen, StringComparison.Ordinal) is >= 0 and var at)
            {
                seen = at + steps[next].Prompt.Length;
                process.StandardInput.Write(steps[next++].Keys);
                process.StandardInput.Flush();
            }
        }
        process.WaitForExit();
        Assert.True(next == steps.Length, $"\"{(next < steps.Length ? steps[next].Prompt : string.Empty)}\" was not asked:\n{screen}{error.Result}");
        return (process.ExitCode, screen.ToString());
    }
}
