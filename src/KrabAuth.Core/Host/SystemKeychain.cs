using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using KrabAuth.Secrets;

namespace KrabAuth.Host;

/// <summary>
/// The login keychain of macOS, through its own program, which holds the right to those items. No shell is involved, and a
/// secret is never an argument: other users can see those.
/// </summary>
public sealed partial class SystemKeychain : IKeychain
{
    private const string Program = "/usr/bin/security";
    private const int NotFound = 44;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public KeychainItem? Find(string service, string? account)
    {
        string[] item = account is null ? ["find-generic-password", "-s", service] : ["find-generic-password", "-s", service, "-a", account];
        (int exitCode, string attributes) = Run(item, null);
        if (exitCode == NotFound) return null;
        Require(exitCode);
        string? owner = account ?? (AccountLine().Match(attributes) is { Success: true } match ? match.Groups[1].Value : null);
        (exitCode, string secret) = Run([.. item, "-w"], null);
        Require(exitCode);
        return new KeychainItem(owner ?? throw new IOException("the item names no account"), Secret.Of(Plain(secret.Trim())));
    }

    /// <inheritdoc/>
    public void Replace(string service, KeychainItem item)
    {
        string hex = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(item.Secret.Reveal()));
        (int exitCode, _) = Run(["-i"], $"add-generic-password -U -s {Quote(service)} -a {Quote(item.Account)} -X {hex}\n");
        Require(exitCode);
    }

    /// <summary>What does not print is told in hexadecimal.</summary>
    private static string Plain(string secret)
        => secret.Length > 0 && secret.Length % 2 == 0 && secret.All(char.IsAsciiHexDigit) ? Encoding.UTF8.GetString(Convert.FromHexString(secret)) : secret;

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static void Require(int exitCode)
    {
        if (exitCode != 0) throw new IOException($"the keychain answered with {exitCode}");
    }

    private static (int ExitCode, string Output) Run(IEnumerable<string> arguments, string? input)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(Program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = Encoding.UTF8,
            })!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            _ = process.StandardError.ReadToEndAsync();
            if (input is not null) process.StandardInput.Write(input);
            process.StandardInput.Close();
            if (process.WaitForExit(Patience)) return (process.ExitCode, output.GetAwaiter().GetResult());
            process.Kill();
            throw new IOException($"the keychain did not answer within {Patience.TotalSeconds:0} s");
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{Program} cannot be started: {e.Message}", e);
        }
    }

    [GeneratedRegex("""^\s*"acct"<blob>="(.*)"\s*$""", RegexOptions.Multiline)]
    private static partial Regex AccountLine();
}
