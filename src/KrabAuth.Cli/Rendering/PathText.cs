using KrabAuth.Host;

namespace KrabAuth.Cli.Rendering;

/// <summary>Paths for people: the home directory as <c>~</c>.</summary>
internal static class PathText
{
    public static string Short(string path, IHostEnvironment environment)
    {
        string? home = environment.GetVariable("HOME") is { Length: > 1 } variable ? variable : environment.UserHomeDirectory;
        if (string.IsNullOrEmpty(home)) return path;
        home = Path.TrimEndingDirectorySeparator(home);
        return path == home ? "~"
            : path.StartsWith(home + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? "~" + path[home.Length..]
            : path;
    }
}
