using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KrabAuth.Diagnostics;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Interop;

/// <summary>Looks at the sign-ins of other programs. Never throws for what it finds, never writes.</summary>
internal sealed class ExternalLoginReader(WorkspaceOptions options, ProductLayout layout)
{
    /// <summary>Far above what any of them writes.</summary>
    private const long LargestFile = 1024 * 1024;

    /// <summary>What the access tokens of these programs live at least, where nothing says how long.</summary>
    private static readonly TimeSpan AssumedLife = TimeSpan.FromHours(1);

    /// <summary>A file that names the account may hold much besides.</summary>
    private const long LargestAccountFile = 64 * 1024 * 1024;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    /// <summary>The program's directory; null where there is no home.</summary>
    public string? DirectoryOf(ExternalTool tool)
    {
        if (Override(tool) is { } configured) return HomeDirectory.ResolveUserPath(configured, options.Host, layout);
        return HomeDirectory.OfUser(options.Host) is { } home ? HomeDirectory.Absolute(Path.Combine(home, tool.Directory), options.Host) : null;
    }

    /// <summary>Reads a program's sign-in.</summary>
    /// <param name="tool">The program.</param>
    /// <param name="mayAsk">Whether the keychain may be opened, which may ask the person for leave.</param>
    public ExternalReading Read(ExternalTool tool, bool mayAsk)
    {
        if (DirectoryOf(tool) is not { } directory) return new(tool, tool.FileName, null, ExternalReasons.Absent, "there is no home directory");
        ExternalReading? item = mayAsk ? ReadKeychain(tool, directory) : null;
        if (item is { IsNobody: false }) return WithAccount(item, directory);
        ExternalReading file = ReadFile(tool, Path.Combine(directory, tool.FileName));
        return item is not null && file.IsNobody ? item : WithAccount(file, directory);
    }

    /// <summary>Adds whose sign-in it is, where another file tells. A file that does not tell is no reason to refuse the tokens.</summary>
    private ExternalReading WithAccount(ExternalReading reading, string directory)
    {
        if (reading.Tool.AccountFile is not { } account || reading.Credential is not OAuthCredential login) return reading;
        string path = Path.Combine(Override(reading.Tool) is null ? Path.GetDirectoryName(directory)! : directory, account.Name);
        try
        {
            if (FileGuard.ReadAll(FileGuard.ResolveTarget(path), LargestAccountFile) is not { } bytes || StrictJson.Check(bytes).Json is not { } json) return reading;
            using JsonDocument document = json.ToDocument();
            JsonElement? section = document.RootElement.Object(account.Section);
            return reading with { Credential = login with { AccountId = Visible(section, account.AccountMember), Email = Visible(section, account.EmailMember) } };
        }
        catch (KrabAuthException e)
        {
            options.Log.Verbose($"Whose sign-in that of {reading.Tool.Label} is cannot be told: {e.Message}");
            return reading;
        }
    }

    private ExternalReading ReadFile(ExternalTool tool, string path)
    {
        try
        {
            // None of these programs replaces its file in one step: a reader can meet half of it. A moment later it is whole.
            for (int attempt = 1; ; attempt++)
            {
                string target = FileGuard.ResolveTarget(path);
                if (FileGuard.ReadAll(target, LargestFile) is not { } bytes) return new(tool, path, null, ExternalReasons.Absent, $"{tool.Label} is not signed in: there is no {path}");
                DateTime written = File.GetLastWriteTimeUtc(target);
                ExternalReading reading = Parse(tool, path, bytes, new DateTimeOffset(written)) with { File = target };
                if (reading.Reason != ExternalReasons.Malformed || attempt == 5 || DateTime.UtcNow - written > Fresh) return reading;
                Thread.Sleep(Moment);
            }
        }
        catch (KrabAuthException e)
        {
            return new(tool, path, null, ExternalReasons.Unreadable, e.Message.TrimEnd('.'));
        }
    }

    private ExternalReading? ReadKeychain(ExternalTool tool, string directory)
    {
        // An item that goes with a directory of its own has a name that is not known.
        if (options.Keychain is not { } keychain || tool.KeychainService is not { } service || (Override(tool) is not null && !tool.KeychainItemPerDirectory)) return null;
        string source = $"keychain: {service}";
        try
        {
            string? account = tool.KeychainItemPerDirectory ? $"cli|{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(RealPath(directory))))[..16]}" : null;
            return keychain.Find(service, account) is { } item ? Parse(tool, source, Encoding.UTF8.GetBytes(item.Secret.Reveal()), written: null) with { Item = item } : null;
        }
        catch (IOException e)
        {
            return new(tool, source, null, ExternalReasons.Unreadable, $"the keychain item \"{service}\" cannot be read: {e.Message}");
        }
    }

    private ExternalReading Parse(ExternalTool tool, string source, byte[] bytes, DateTimeOffset? written)
    {
        (StrictJson? json, JsonProblem? problem) = StrictJson.Check(bytes);
        if (json is null) return new(tool, source, null, ExternalReasons.Malformed, $"{source}({problem!.Line},{problem.Column}): {problem.Description}");
        using JsonDocument document = json.ToDocument();
        JsonElement? root = document.RootElement;
        JsonElement? section = tool.Section is null ? root : root.Object(tool.Section);
        if (Credential(tool, root, section, written) is { } credential) return new(tool, source, credential, string.Empty, string.Empty);
        return new(tool, source, null, ExternalReasons.NoLogin, $"{tool.Label} is not signed in with an account: {source} holds no usable tokens");
    }

    private Credential? Credential(ExternalTool tool, JsonElement? root, JsonElement? section, DateTimeOffset? written)
    {
        var access = Secret.Of(Visible(section, tool.AccessMember));
        var refresh = Secret.Of(Visible(section, tool.RefreshMember));
        if (access is null || (refresh is null && !tool.AcceptsTokenAlone)) return null;
        long? expires = tool.ExpiryMember is { } member ? section.Number(member) : ExpiryOf(tool, access, root, written);
        if (expires is not > 0) return null;
        if (refresh is null) return new TokenCredential(tool.Provider, access) { Expires = expires };
        var idToken = Secret.Of(tool.IdTokenMember is null ? null : Visible(section, tool.IdTokenMember));
        return new OAuthCredential(tool.Provider, access, refresh)
        {
            Expires = expires,
            IdToken = idToken,
            AccountId = (tool.AccountMember is null ? null : Visible(section, tool.AccountMember)) ?? JwtClaims.Text(access, tool.AccountClaim) ?? JwtClaims.Text(idToken, tool.AccountClaim),
            Email = JwtClaims.Text(idToken, tool.EmailClaim),
        };
    }

    /// <summary>The token's own word, else an hour from when it was refreshed or written.</summary>
    private long ExpiryOf(ExternalTool tool, Secret access, JsonElement? root, DateTimeOffset? written)
    {
        if (JwtClaims.Expiry(access) is { } expiry) return expiry.ToUnixTimeMilliseconds();
        DateTimeOffset from = written
            ?? (DateTimeOffset.TryParse(root.Text(tool.RefreshedMember ?? string.Empty), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out DateTimeOffset refreshed) ? refreshed : options.Clock.GetUtcNow());
        return (from + AssumedLife).ToUnixTimeMilliseconds();
    }

    private string? Override(ExternalTool tool) => tool.DirectoryVariable is { } variable ? HomeDirectory.Clean(options.Host.GetVariable(variable)) : null;

    /// <summary>The directory behind a link, as the programs name it.</summary>
    public static string RealPath(string directory) => !Directory.Exists(directory) ? directory : new DirectoryInfo(directory).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? directory;

    private static string? Visible(JsonElement? section, string member) => section.Text(member) is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;
}
