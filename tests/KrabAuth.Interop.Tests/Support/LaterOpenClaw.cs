using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace KrabAuth.Interop.Tests.Support;

/// <summary>OpenClaw 2026.5.28: the package as it is published and nothing of what it depends on. Fetched once per user.</summary>
public sealed class LaterOpenClaw
{
    private const string Version = "2026.5.28";
    private const string Sha512 = "p7jGN9wzCrqEvHNI6Y7+eh6DWoYDzJ1iQGKTm8xqQ2uQ9/2mY1CCf87WoZeb0+m3eHKSGchlI3tN33fE1lMtEA==";

    public LaterOpenClaw(Node node) => SkipReason = node.SkipReason ?? Install();

    /// <summary>Why nothing can be run; null if it can.</summary>
    public string? SkipReason { get; }

    /// <summary>Skips the test if nothing can be run.</summary>
    public void Require() => Assert.SkipUnless(SkipReason is null, SkipReason ?? string.Empty);

    /// <summary>The module that gives out what it knows of credentials.</summary>
    internal static string Module => Path.Combine(Installation, "package", "dist", "plugin-sdk", "agent-runtime.js");

    private static string Installation => Path.Combine(OpenClaw.Installations, $"openclaw-{Version}");

    private static string? Install()
    {
        if (Directory.Exists(Installation)) return null;
        string unfinished = $"{Installation}.{Environment.ProcessId}";
        Directory.CreateDirectory(unfinished);
        try
        {
            if (Node.Pack($"openclaw@{Version}", unfinished) is { } problem) return problem;
            string archive = Directory.EnumerateFiles(unfinished, "*.tgz").Single();
            if (Convert.ToBase64String(SHA512.HashData(File.ReadAllBytes(archive))) != Sha512) return $"The package of OpenClaw {Version} is not the one that is known.";
            using (var content = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress)) TarFile.ExtractToDirectory(content, unfinished, overwriteFiles: false);
            File.Delete(archive);
            Directory.Move(unfinished, Installation);
            return null;
        }
        catch (IOException) when (Directory.Exists(Installation))
        {
            // Another run of the tests was faster.
            return null;
        }
        finally
        {
            if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        }
    }
}
