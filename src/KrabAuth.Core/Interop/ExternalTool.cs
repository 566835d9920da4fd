using System.Diagnostics.CodeAnalysis;

namespace KrabAuth.Interop;

/// <summary>A directory lock that a program holds while it changes its sign-in (npm's proper-lockfile).</summary>
/// <param name="Name">The path that is locked, relative to the program's directory; empty for that directory itself.</param>
/// <param name="Stale">After this long without a sign of life the holder is gone.</param>
internal sealed record OwnerLock(string Name, TimeSpan Stale);

/// <summary>A file of a program's that names the account.</summary>
/// <param name="Name">The file.</param>
/// <param name="Section">The object in it.</param>
/// <param name="AccountMember">The account's id.</param>
/// <param name="EmailMember">The account's e-mail.</param>
internal sealed record ExternalAccountFile(string Name, string Section, string AccountMember, string EmailMember);

/// <summary>
/// A command-line program that keeps a sign-in of its own, which a profile can share: where it keeps it and in what form. Data,
/// so that another program is another entry.
/// </summary>
public sealed record ExternalTool
{
    private ExternalTool(string name, string label, string profileId, string provider, string directory, string fileName)
        => (Name, Label, ProfileId, Provider, Directory, FileName) = (name, label, profileId, provider, directory, fileName);

    /// <summary>The short name: <c>claude</c>, <c>codex</c>, <c>qwen</c>, <c>minimax</c>, <c>gemini</c>.</summary>
    public string Name { get; }

    /// <summary>The name for people.</summary>
    public string Label { get; }

    /// <summary>The profile that shares its sign-in.</summary>
    public string ProfileId { get; }

    /// <summary>The provider that it signs in to.</summary>
    public string Provider { get; }

    /// <summary>The variable that moves its directory, if there is one.</summary>
    internal string? DirectoryVariable { get; private init; }

    /// <summary>Its directory below the user's home.</summary>
    internal string Directory { get; }

    /// <summary>The file in that directory.</summary>
    internal string FileName { get; }

    /// <summary>The object that holds the tokens; the root without it.</summary>
    internal string? Section { get; private init; }

    internal string AccessMember { get; private init; } = "access_token";

    internal string RefreshMember { get; private init; } = "refresh_token";

    /// <summary>The end of the access token in Unix milliseconds; without it the token tells, else the age of the file.</summary>
    internal string? ExpiryMember { get; private init; } = "expiry_date";

    internal string? IdTokenMember { get; private init; }

    internal string? AccountMember { get; private init; }

    /// <summary>A file that tells whose sign-in it is, where the tokens do not: beside the program's directory, or in it if it was moved.</summary>
    internal ExternalAccountFile? AccountFile { get; private init; }

    /// <summary>Where the program notes when it refreshed (ISO 8601), in the root.</summary>
    internal string? RefreshedMember { get; private init; }

    /// <summary>Whether an access token alone is a sign-in too: one that cannot be renewed.</summary>
    internal bool AcceptsTokenAlone { get; private init; }

    /// <summary>The claims of its ID token, or else of its access token, that name the account.</summary>
    internal IReadOnlyList<string> AccountClaim { get; private init; } = [];

    internal IReadOnlyList<string> EmailClaim { get; private init; } = ["email"];

    /// <summary>The service of its item in the keychain of macOS, if it keeps one.</summary>
    internal string? KeychainService { get; private init; }

    /// <summary>Whether the item's account is <c>cli|</c> and a hash of the directory, so that each directory has its own.</summary>
    internal bool KeychainItemPerDirectory { get; private init; }

    /// <summary>The locks that it takes while it refreshes, in its order. Empty for a program that takes none.</summary>
    internal IReadOnlyList<OwnerLock> RefreshLocks { get; private init; } = [];

    /// <summary>The lock that it takes for the moment of a write, if there is one.</summary>
    internal OwnerLock? WriteLock { get; private init; }

    /// <summary>Other names under which people and configurations know it.</summary>
    private IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The programs that are known.</summary>
    public static IReadOnlyList<ExternalTool> All { get; } =
    [
        new("claude", "Claude Code", "anthropic:claude-cli", "anthropic", ".claude", ".credentials.json")
        {
            Aliases = ["claude-cli", "claude-code"],
            DirectoryVariable = "CLAUDE_CONFIG_DIR",
            Section = "claudeAiOauth",
            AccessMember = "accessToken",
            RefreshMember = "refreshToken",
            ExpiryMember = "expiresAt",
            AcceptsTokenAlone = true,
            AccountFile = new(".claude.json", "oauthAccount", "accountUuid", "emailAddress"),
            KeychainService = "Claude Code-credentials",
            RefreshLocks = [new(".oauth_refresh", TimeSpan.FromSeconds(60)), new(string.Empty, TimeSpan.FromSeconds(60))],
            WriteLock = new(".storage-write", TimeSpan.FromSeconds(60)),
        },
        new("codex", "Codex CLI", "openai-codex:codex-cli", "openai-codex", ".codex", "auth.json")
        {
            Aliases = ["codex-cli", "openai-codex"],
            DirectoryVariable = "CODEX_HOME",
            Section = "tokens",
            ExpiryMember = null,
            IdTokenMember = "id_token",
            AccountMember = "account_id",
            RefreshedMember = "last_refresh",
            AccountClaim = ["https://api.openai.com/auth", "chatgpt_account_id"],
            KeychainService = "Codex Auth",
            KeychainItemPerDirectory = true,
        },
        new("qwen", "Qwen Code", "qwen-portal:qwen-cli", "qwen-portal", ".qwen", "oauth_creds.json")
        {
            Aliases = ["qwen-cli", "qwen-code", "qwen-portal"],
        },
        new("minimax", "MiniMax CLI", "minimax-portal:minimax-cli", "minimax-portal", ".minimax", "oauth_creds.json")
        {
            Aliases = ["minimax-cli", "minimax-portal"],
        },
        new("gemini", "Gemini CLI", "google-gemini-cli:gemini-cli", "google-gemini-cli", ".gemini", "oauth_creds.json")
        {
            Aliases = ["gemini-cli", "google-gemini-cli"],
            IdTokenMember = "id_token",
            AccountClaim = ["sub"],
        },
    ];

    /// <summary>Finds a program by one of its names.</summary>
    internal static bool TryFind(string name, [NotNullWhen(true)] out ExternalTool? tool)
    {
        string wanted = name.Trim();
        tool = All.FirstOrDefault(entry => entry.Aliases.Prepend(entry.Name).Contains(wanted, StringComparer.OrdinalIgnoreCase));
        return tool is not null;
    }

    /// <summary>The program whose sign-in a profile id stands for, or null.</summary>
    internal static ExternalTool? OfProfile(string id) => All.FirstOrDefault(tool => tool.ProfileId == id);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
