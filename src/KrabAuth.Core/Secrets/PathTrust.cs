using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using KrabAuth.Storage;

namespace KrabAuth.Secrets;

/// <summary>What is asked of a file before a secret is read from it, or before it is run to give one.</summary>
/// <param name="Name">What the configuration calls it, for the answer.</param>
internal sealed record PathRules(string Name)
{
    /// <summary>Whether it may be a link; what the link leads to is judged then.</summary>
    public bool AllowLink { get; init; }

    /// <summary>Whether others may read it: a program yes, a file of secrets no.</summary>
    public bool AllowReaders { get; init; }

    /// <summary>Whether owner and permissions are not looked at.</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>The directories that it must be in; anywhere if there are none.</summary>
    public IReadOnlyList<string> TrustedDirectories { get; init; } = [];
}

/// <summary>Judges the files that secret references lead to.</summary>
internal static class PathTrust
{
    /// <returns>The path behind the links, or what is wrong.</returns>
    public static (string? Path, string? Problem) Check(string path, PathRules rules)
    {
        if (!Path.IsPathFullyQualified(path)) return (null, $"{rules.Name} is not absolute");
        var file = new FileInfo(path);
        if (file.LinkTarget is not null)
        {
            if (!rules.AllowLink) return (null, $"{rules.Name} is a link: {path}");
            if (file.ResolveLinkTarget(returnFinalTarget: true) is not FileInfo target) return (null, $"{rules.Name} is a link to no file: {path}");
            file = target;
        }
        if (!file.Exists) return (null, $"{rules.Name} does not exist: {path}");
        if (!NativeFile.IsRegularFile(file.FullName)) return (null, $"{rules.Name} is no ordinary file: {path}");
        if (rules.TrustedDirectories.Count > 0 && !rules.TrustedDirectories.Any(directory => IsInside(file.FullName, directory)))
        {
            return (null, $"{rules.Name} is in none of trustedDirs: {file.FullName}");
        }
        string? problem = rules.AllowInsecure ? null : OperatingSystem.IsWindows() ? WindowsProblem(file, rules) : UnixProblem(file.FullName, rules);
        return problem is null ? (file.FullName, null) : (null, problem);
    }

    private static bool IsInside(string path, string directory)
        => path.StartsWith(Path.TrimEndingDirectorySeparator(directory) + Path.DirectorySeparatorChar, OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    private static string? UnixProblem(string path, PathRules rules)
    {
        // What the system's administrator installed is as good as one's own; a file of secrets has to be one's own.
        bool isOwned = NativeFile.IsOwnedByCurrentUser(path) || (rules.AllowReaders && NativeFile.IsOwnedBySystem(path));
        if (!isOwned) return $"{rules.Name} belongs to another user: {path}";
        // Whoever can change the directory can put another file in this place.
        if (FileGuard.IsWritableByOthers(path) || FileGuard.IsWritableByOthers(Path.GetDirectoryName(path)!)) return $"{rules.Name} can be changed by other users: {path}";
        return !rules.AllowReaders && FileGuard.IsExposed(path) ? $"{rules.Name} can be read by other users: {path}" : null;
    }

    [SupportedOSPlatform("windows")]
    private static string? WindowsProblem(FileInfo file, PathRules rules)
    {
        try
        {
            if (!NativeFile.IsOwnedByCurrentUser(file.FullName) && !rules.AllowReaders) return $"{rules.Name} belongs to another user: {file.FullName}";
            FileSystemRights forbidden = FileSystemRights.Write | FileSystemRights.Delete | FileSystemRights.ChangePermissions | FileSystemRights.TakeOwnership;
            if (!rules.AllowReaders) forbidden |= FileSystemRights.ReadData;
            using WindowsIdentity user = WindowsIdentity.GetCurrent();
            foreach (FileSystemAccessRule rule in file.GetAccessControl(AccessControlSections.Access).GetAccessRules(true, true, typeof(SecurityIdentifier)))
            {
                if (rule.AccessControlType == AccessControlType.Allow && (rule.FileSystemRights & forbidden) != 0 && !IsTrusted((SecurityIdentifier)rule.IdentityReference, user))
                {
                    return $"{rules.Name} is open to other users: {file.FullName}";
                }
            }
            return null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or InvalidOperationException or PlatformNotSupportedException)
        {
            // What cannot be judged is not used.
            return $"the access list of {rules.Name} cannot be read: {file.FullName}";
        }
    }

    [SupportedOSPlatform("windows")]
    private static bool IsTrusted(SecurityIdentifier identity, WindowsIdentity user)
        => identity == user.User
            || identity.IsWellKnown(WellKnownSidType.LocalSystemSid)
            || identity.IsWellKnown(WellKnownSidType.BuiltinAdministratorsSid)
            || identity.IsWellKnown(WellKnownSidType.CreatorOwnerSid)
            || identity.Value.StartsWith("S-1-5-80-", StringComparison.Ordinal); // services, such as TrustedInstaller
}
