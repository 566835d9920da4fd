using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using KrabAuth.Interop.Tests.Support;

[assembly: AssemblyFixture(typeof(Node))]

namespace KrabAuth.Interop.Tests.Support;

/// <summary>Node.js with the packages of <c>Servers/package-lock.json</c>, or why there is none. The packages are installed once per build output.</summary>
public sealed class Node
{
    private const int OldestMajor = 20;

    private static readonly string[] Names = ["node24", "node"];
    private static readonly string[] WindowsEndings = [".exe", ".cmd"];
    private static readonly string Directory = Path.Combine(AppContext.BaseDirectory, "Servers");

    private readonly string? _program;

    public Node()
    {
        _program = Names.Select(FindOnPath).FirstOrDefault(path => path is not null && Major(path) >= OldestMajor);
        SkipReason = _program is null ? $"There is no Node.js {OldestMajor} or later on the path." : Install();
    }

    /// <summary>Why nothing can be run; null if it can.</summary>
    public string? SkipReason { get; }

    /// <summary>Skips the test if nothing can be run.</summary>
    public void Require() => Assert.SkipUnless(SkipReason is null, SkipReason ?? string.Empty);

    /// <summary>Finds a program on the path.</summary>
    public static string? FindOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(directory => OperatingSystem.IsWindows() ? WindowsEndings.Select(end => Path.Combine(directory, program + end)) : [Path.Combine(directory, program)])
        .FirstOrDefault(File.Exists);

    /// <summary>The program.</summary>
    internal string Program => _program!;

    /// <summary>The path of a script of the folder <c>Servers</c>.</summary>
    internal static string PathOf(string script) => Path.Combine(Directory, script);

    private static int Major(string program)
    {
        string version = Run(program, ["--version"]).Output.TrimStart('v');
        return int.TryParse(version.Split('.')[0], CultureInfo.InvariantCulture, out int major) ? major : 0;
    }

    private static string? Install()
    {
        string stamp = Path.Combine(Directory, "node_modules", ".installed");
        string wanted = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(Directory, "package-lock.json"))));
        if (File.Exists(stamp) && File.ReadAllText(stamp) == wanted) return null;
        if (InstallPackages(Directory) is { } problem) return problem;
        File.WriteAllText(stamp, wanted);
        return null;
    }

    /// <summary>Installs what the lock file of a directory names; gives what is wrong if that cannot be done.</summary>
    internal static string? InstallPackages(string directory)
    {
        if (FindOnPath("npm") is not { } npm) return "There is no npm on the path.";
        (int exitCode, _, string error) = Run(
            npm, ["ci", "--ignore-scripts", "--omit=optional", "--omit=peer", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1", "--fetch-timeout=30000"], directory);
        return exitCode == 0 ? null : $"The packages could not be installed: {error.Trim()}";
    }

    private static (int ExitCode, string Output, string Error) Run(string program, IEnumerable<string> arguments, string? directory = null)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory ?? Directory })!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (Win32Exception e)
        {
            return (-1, string.Empty, e.Message);
        }
    }
}
