using System.Reflection;

namespace KrabAuth.TestSupport;

/// <summary>
/// The command line that process tests run: the one that ships, which is compiled in another way than the one of a debug build, wherever it
/// was built from the sources as they are.
/// </summary>
public static class BuiltProgram
{
    /// <summary>Finds it, by what the project of the tests wrote into their assembly.</summary>
    public static string Of(Assembly tests)
    {
        string name = OperatingSystem.IsWindows() ? "krabauth.exe" : "krabauth";
        string shipped = Path.Combine(Metadata(tests, "ShippedDirectory"), name);
        bool isCurrent = File.Exists(shipped) && File.GetLastWriteTimeUtc(shipped) > Newest(Metadata(tests, "SourceDirectory"));
        return isCurrent ? shipped : Path.Combine(Metadata(tests, "ProgramDirectory"), name);
    }

    /// <summary>A text that the project of the tests wrote into their assembly.</summary>
    public static string Metadata(Assembly tests, string key) => tests.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;

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
