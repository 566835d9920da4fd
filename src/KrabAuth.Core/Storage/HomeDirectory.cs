using KrabAuth.Host;

namespace KrabAuth.Storage;

/// <summary>Finds the user's home as the peers do, so that all look at the same files.</summary>
public static class HomeDirectory
{
    /// <summary>
    /// The home directory: the product's own override, else <c>HOME</c>, <c>USERPROFILE</c>, Termux's home, the operating
    /// system's word. <see langword="null"/> if nothing tells.
    /// </summary>
    public static string? Find(IHostEnvironment host, ProductLayout layout)
    {
        string? systemHome = OfUser(host);
        foreach (string prefix in layout.VariablePrefixes)
        {
            if (Clean(host.GetVariable(prefix + "_HOME")) is not { } configured) continue;
            if (!StartsAtHome(configured)) return Absolute(configured, host);
            return systemHome is null ? null : Absolute(Expand(configured, systemHome), host);
        }
        return systemHome is null ? null : Absolute(systemHome, host);
    }

    /// <summary>The home that programs without such an override use.</summary>
    internal static string? OfUser(IHostEnvironment host) => Clean(host.GetVariable("HOME"))
        ?? Clean(host.GetVariable("USERPROFILE"))
        ?? TermuxHome(host)
        ?? Clean(host.UserHomeDirectory);

    /// <summary>Replaces a leading <c>~</c> that stands alone or before a separator; <c>~name</c> stays as it is.</summary>
    public static string Expand(string path, string home)
    {
        string trimmed = path.Trim();
        return StartsAtHome(trimmed) ? home + trimmed[1..] : trimmed;
    }

    /// <summary>A path that a user gave: trimmed, <c>~</c> expanded, made absolute.</summary>
    internal static string ResolveUserPath(string path, IHostEnvironment host, ProductLayout layout)
    {
        string home = Find(host, layout) ?? Current(host);
        return Absolute(Expand(path, home), host);
    }

    /// <summary>A variable's value, where an empty one, or one that a script wrote for "nothing", counts as unset.</summary>
    internal static string? Clean(string? value)
    {
        string? trimmed = value?.Trim();
        return string.IsNullOrEmpty(trimmed) || trimmed is "undefined" or "null" ? null : trimmed;
    }

    /// <summary>The full path. One that is full already needs no current directory.</summary>
    internal static string Absolute(string path, IHostEnvironment host) => Path.IsPathFullyQualified(path) ? Path.GetFullPath(path) : Path.GetFullPath(path, Current(host));

    /// <summary>The directory in which the process stands, for what cannot do without.</summary>
    /// <exception cref="DirectoryNotFoundException">It was removed.</exception>
    internal static string Current(IHostEnvironment host) => host.CurrentDirectory is { } directory
        ? Path.GetFullPath(directory)
        : throw new DirectoryNotFoundException("The current directory does not exist any more. Change to one that does, or give full paths.");

    private static string? TermuxHome(IHostEnvironment host)
    {
        const string Suffix = "/com.termux/files/usr";
        string? prefix = Clean(host.GetVariable("PREFIX"));
        return prefix?.EndsWith(Suffix, StringComparison.Ordinal) == true && Clean(host.GetVariable("ANDROID_DATA")) is not null
            ? prefix[..^"usr".Length] + "home"
            : null;
    }

    private static bool StartsAtHome(string path) => path.StartsWith('~') && (path.Length == 1 || path[1] is '/' or '\\');
}
