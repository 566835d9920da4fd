using System.Text;
using KrabAuth.Storage;

namespace KrabAuth.Cli.Host;

/// <summary>The name that the program was started under: a link named after a product acts on that product.</summary>
internal sealed class ProgramName
{
    private const string Own = "krabauth";

    private ProgramName(string text, Product? product)
    {
        Text = text;
        Product = product;
    }

    /// <summary>The name for usage lines and for the commands that errors recommend.</summary>
    public string Text { get; }

    /// <summary>The product that the name stands for, or <see langword="null"/>.</summary>
    public Product? Product { get; }

    public static ProgramName OfProcess() => Of(StartedAs());

    internal static ProgramName Of(string? path)
    {
        string name = Path.GetFileName(path ?? string.Empty);
        if (name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)) name = name[..^4];
        // "dotnet krabauth.dll" is started under the name of the host.
        if (name.Length == 0 || name == "dotnet") name = Own;
        return ProductLayout.TryParse(name, out Product product) ? new ProgramName(name, product) : new ProgramName(name, null);
    }

    /// <summary>
    /// On Linux the kernel knows the word that was typed. Elsewhere the path of the process has to do: it names a hard
    /// link or a copy; whether it names a symbolic link is the system's choice.
    /// </summary>
    private static string? StartedAs()
    {
        if (!OperatingSystem.IsLinux()) return Environment.ProcessPath;
        Span<byte> line = stackalloc byte[4096];
        int length = Native.ReadFile("/proc/self/cmdline\0"u8, line);
        int end = 0;
        while (end < length && line[end] != 0) end++;
        return end > 0 ? Encoding.UTF8.GetString(line[..end]) : Environment.ProcessPath;
    }
}
