namespace KrabAuth.Host;

/// <summary>
/// Finds a program over <c>PATH</c> alone. .NET would look beside this program and in the current directory first, where anybody
/// may have put one of the same name, and would hand it the credential.
/// </summary>
internal static class ProgramPath
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The full path of a program, or <see langword="null"/>.</summary>
    /// <param name="program">A path, or a name that is searched for.</param>
    /// <param name="directory">What a relative path starts from; the current directory without it.</param>
    public static string? Find(string program, string? directory)
    {
        if (program.Length == 0) return null;
        bool isPath = program.Contains(Path.DirectorySeparatorChar) || program.Contains(Path.AltDirectorySeparatorChar);
        IEnumerable<string> places = isPath ? [directory ?? string.Empty] : (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            // An entry that is empty or relative means the current directory, or is below it.
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathFullyQualified);
        return places.SelectMany(place => Spellings(Path.Combine(place, program))).FirstOrDefault(IsExecutable);
    }

    private static IEnumerable<string> Spellings(string path)
    {
        if (!OperatingSystem.IsWindows()) return [path];
        string[] extensions = (Environment.GetEnvironmentVariable("PATHEXT") ?? ".EXE;.COM;.BAT;.CMD").Split(';', StringSplitOptions.RemoveEmptyEntries);
        return Path.HasExtension(path) ? [path] : extensions.Select(extension => path + extension);
    }

    private static bool IsExecutable(string path)
        => File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Executable) != 0);
}
