using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace KrabAuth.Interop.Tests.Support;

/// <summary>
/// OpenClaw 2026.2.1, as far as its credentials go: the package as it is published, without the dependencies that these modules never
/// call. It is installed once per user, for it takes a while.
/// </summary>
public sealed class OpenClaw
{
    private static readonly string Source = Path.Combine(AppContext.BaseDirectory, "Peers");

    private readonly Node _node;

    public OpenClaw(Node node)
    {
        _node = node;
        SkipReason = node.SkipReason ?? Install();
    }

    /// <summary>Why nothing can be run; null if it can.</summary>
    public string? SkipReason { get; }

    /// <summary>Skips the test if nothing can be run.</summary>
    public void Require() => Assert.SkipUnless(SkipReason is null, SkipReason ?? string.Empty);

    /// <summary>Where its compiled modules are.</summary>
    internal static string Modules => Path.Combine(Installation, "node_modules", "openclaw", "dist");

    /// <summary>The path of a script of the folder <c>Peers</c>.</summary>
    internal static string PathOf(string script) => Path.Combine(Source, script);

    /// <summary>Starts a script of the folder <c>Peers</c>, with another loaded before it where one is named.</summary>
    internal Session Start(TempHome home, string script, string? preload, IReadOnlyDictionary<string, string> variables, params IEnumerable<string> arguments)
    {
        string[] before = preload is null ? [] : ["--import", new Uri(PathOf(preload)).AbsoluteUri];
        return Session.Start(home, _node.Program, [.. before, PathOf(script), .. arguments], variables);
    }

    /// <summary>Starts its modules with the provider's token endpoint led to a server: see <c>Peers/redirect.mjs</c>.</summary>
    internal Session StartRedirected(TempHome home, OpenIdServer server, string account, params IEnumerable<string> arguments) => Start(
        home,
        "openclaw.mjs",
        "redirect.mjs",
        new Dictionary<string, string>
        {
            ["OPENCLAW_STATE_DIR"] = home.StateDirectory,
            ["TOKEN_ENDPOINT"] = $"{server.Issuer}/token",
            ["CLIENT_ID"] = server.ClientId,
            ["ACCOUNT_ID"] = account,
        },
        arguments);

    /// <summary>What the server gave out, where the answer was wrapped on its way to these modules.</summary>
    internal static string Unwrap(string token) => token.Split('.') is [_, var payload, var inner] && JsonNode.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(payload))) is JsonObject ? inner : token;

    private static string Installation => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create) is { Length: > 0 } local ? local : AppContext.BaseDirectory,
        "krabauth-tests",
        $"openclaw-{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Source, "package-lock.json"))))[..16]}");

    private static string? Install()
    {
        if (Directory.Exists(Installation)) return null;
        string unfinished = $"{Installation}.{Environment.ProcessId}";
        Directory.CreateDirectory(Path.Combine(unfinished, "unused"));
        foreach (string file in new[] { "package.json", "package-lock.json", "unused/package.json", "unused/index.js" }) File.Copy(Path.Combine(Source, file), Path.Combine(unfinished, file), overwrite: true);
        if (Node.InstallPackages(unfinished) is { } problem)
        {
            Directory.Delete(unfinished, recursive: true);
            return problem;
        }
        try
        {
            Directory.Move(unfinished, Installation);
        }
        catch (IOException) when (Directory.Exists(Installation))
        {
            // Another run of the tests was faster.
            Directory.Delete(unfinished, recursive: true);
        }
        return null;
    }
}
