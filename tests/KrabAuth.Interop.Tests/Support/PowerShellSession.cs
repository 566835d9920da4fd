namespace KrabAuth.Interop.Tests.Support;

/// <summary>A real PowerShell with the built module.</summary>
internal static class PowerShellSession
{
    private const string Terminal = "/usr/bin/script";

    /// <summary>Skips the test if there is no PowerShell.</summary>
    public static void Require() => Assert.SkipWhen(Node.FindOnPath("pwsh") is null, "There is no pwsh on the path.");

    /// <summary>Runs a script; <c>$at</c> names the state directory.</summary>
    public static Session Start(TempHome home, string script) => Session.Start(home, Node.FindOnPath("pwsh")!, ["-NoProfile", "-NonInteractive", "-File", Save(home, script)]);

    /// <summary>Runs a script on a terminal, so that keys can be pressed; on one that can be drawn on if its kind is named.</summary>
    public static Session StartOnTerminal(TempHome home, string script, string kind = "dumb")
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists(Terminal), "There is no script of util-linux here.");
        return Session.Start(home, Terminal, ["-qec", $"exec env --default-signal=INT pwsh -NoProfile -File '{Save(home, script)}'", "/dev/null"], new Dictionary<string, string> { ["TERM"] = kind });
    }

    private static string Save(TempHome home, string script)
    {
        string path = Path.Combine(home.Root, "script.ps1");
        File.WriteAllText(
            path,
            $$"""
            $ErrorActionPreference = 'Stop'
            $PSStyle.OutputRendering = 'PlainText'
            # Its bar asks the terminal where the cursor is, and here nobody answers.
            $ProgressPreference = 'SilentlyContinue'
            Import-Module '{{Session.ModuleDirectory}}'
            $at = @{ StateDirectory = '{{home.StateDirectory}}' }
            {{script}}
            """);
        return path;
    }
}
