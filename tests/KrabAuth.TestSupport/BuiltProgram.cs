namespace KrabAuth.TestSupport;

/// <summary>
/// The command line that process tests run: the one that ships, which is compiled in another way than the one of a debug build, wherever it
/// was built from the sources as they are.
/// </summary>
public static class BuiltProgram
{
    /// <summary>Finds it.</summary>
    /// <param name="built">The directory that the tests' own build wrote the program to.</param>
    /// <param name="shipped">The directory that a release build writes it to.</param>
    /// <param name="sources">The directory of the sources.</param>
    public static string Find(string built, string shipped, string sources)
    {
        string name = OperatingSystem.IsWindows() ? "krabauth.exe" : "krabauth";
        string candidate = Path.Combine(shipped, name);
        return File.Exists(candidate) && File.GetLastWriteTimeUtc(candidate) > Newest(sources) ? candidate : Path.Combine(built, name);
    }

    private static DateTime Newest(string sources)
        => Directory.EnumerateDirectories(sources)
            .SelectMany(static project => Directory.EnumerateFiles(project).Concat(
                Directory.EnumerateDirectories(project)
                    .Where(static folder => Path.GetFileName(folder) is not ("bin" or "obj"))
                    .SelectMany(static folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))))
            .Select(File.GetLastWriteTimeUtc)
            .DefaultIfEmpty(DateTime.MaxValue)
            .Max();
}
