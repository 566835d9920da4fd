using System.Globalization;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics;

/// <summary>
/// Every error that Core raises, in one place: its stable id, its text, its next step. The ids are a contract
/// (<c>about_KrabAuth_Errors</c> lists them).
/// </summary>
internal static partial class AuthErrors
{
    public static KrabAuthException StoreCorrupt(string path, JsonProblem problem, string afterwards = " and sign in again") => new(
        "StoreCorrupt",
        AuthErrorKind.CorruptData,
        $"{path}({problem.Line},{problem.Column}): {problem.Description}. The file was left as it is.",
        Remedy.Same($"Mend line {problem.Line} by hand, or move the file away{afterwards}: {path}"),
        path);

    public static KrabAuthException StoreUnreadable(string path, string reason, Exception? inner) => new(
        "StoreUnreadable",
        inner is UnauthorizedAccessException ? AuthErrorKind.PermissionDenied : AuthErrorKind.CorruptData,
        $"{path} cannot be read: {reason}. The file was left as it is.",
        Remedy.Same($"Look at the file and its permissions (it should be yours, mode 0600): {path}"),
        path,
        inner);

    public static KrabAuthException StoreUnwritable(string path, Exception inner) => new(
        "StoreUnwritable",
        AuthErrorKind.PermissionDenied,
        $"{path} cannot be written: {inner.Message.TrimEnd('.')}. Nothing was changed.",
        Remedy.Same(IsDiskFull(inner)
            ? $"Free some space on the disk of this directory and try again: {Path.GetDirectoryName(path)}"
            : $"Make the directory writable for you and try again: {Path.GetDirectoryName(path)}"),
        path,
        inner);

    private const string ReplaceFirst = "Let that file be replaced (it may be write-protected, or mounted by itself), then see what no longer fits: ";

    /// <summary>Of the two files of a store the first changed and the second did not: trying again is not what helps.</summary>
    public static KrabAuthException StorePartlyWritten(string written, string unwritten, Exception inner) => new(
        "StorePartlyWritten",
        AuthErrorKind.PermissionDenied,
        $"{written} was changed, but {unwritten} cannot be replaced: {inner.Message.TrimEnd('.')}. The orders and waits in it are the old ones.",
        new Remedy(ReplaceFirst + Remedies.Examine.PowerShell, ReplaceFirst + Remedies.Examine.CommandLine),
        unwritten,
        inner);

    /// <summary>ENOSPC, EDQUOT; ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL on Windows.</summary>
    private static bool IsDiskFull(Exception e)
        => e is IOException && (OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 39 or 112 : e.HResult is 28 || e.HResult == (OperatingSystem.IsMacOS() ? 69 : 122));

    public static KrabAuthException StoreReadOnly(string variable) => new(
        "StoreReadOnly",
        AuthErrorKind.PermissionDenied,
        $"The store is not written while {variable} is set.",
        Remedy.Same($"Unset {variable} and try again."),
        variable);

    public static KrabAuthException PathElsewhere(string path) => new(
        "PathElsewhere",
        AuthErrorKind.InvalidInput,
        $"{path} is no place in the file system.",
        Remedy.Same("Give the path of a file or directory, such as ./report.html."),
        path);

    public static KrabAuthException ForeignOwner(string path) => new(
        "UnsafePath",
        AuthErrorKind.Unsafe,
        $"{path} belongs to another user and is not used.",
        Remedy.Same($"Run as the owner, or take the file over: chown \"$(id -u)\" {CommandWord.Shell(path)}"),
        path);

    public static KrabAuthException WritableByOthers(string path) => new(
        "UnsafePath",
        AuthErrorKind.Unsafe,
        $"{path}, or the directory that it is in, can be changed by other users and is not used.",
        Remedy.Same($"Look at what it says, then close it: chmod go-w {CommandWord.Shell(path)} {CommandWord.Shell(Path.GetDirectoryName(path) ?? path)}"),
        path);

    public static KrabAuthException UnsafeLink(string path) => new(
        "UnsafePath",
        AuthErrorKind.Unsafe,
        $"{path} is a link; a lock or a temporary file must not be one.",
        Remedy.Same($"See where the link leads and remove it: {path}"),
        path);

    public static KrabAuthException UnsafeDevice(string path) => new(
        "UnsafePath",
        AuthErrorKind.Unsafe,
        $"{path} is a pipe or a device; a lock must be a file or a directory.",
        Remedy.Same($"See who made it and remove it: {path}"),
        path);

    public static KrabAuthException StoreLocked(string path, string holder, TimeSpan waited) => new(
        "StoreLocked",
        AuthErrorKind.Busy,
        string.Create(CultureInfo.InvariantCulture, $"{path} is locked by {holder}; waited {waited.TotalSeconds:0} s. Nothing was changed."),
        Remedy.Same($"Wait for the other program to finish. If none runs, remove {path}.lock and try again."),
        path);

    public static KrabAuthException LockLost(string path) => new(
        "LockLost",
        AuthErrorKind.Busy,
        $"{path} was taken by another program while this one was stopped. Nothing was changed.",
        Remedy.Same("Run the command again."),
        path);

    public static KrabAuthException UnknownProduct(string name) => new(
        "UnknownProduct",
        AuthErrorKind.InvalidInput,
        $"\"{name}\" is not a product that KrabAuth knows.",
        Remedy.Same("Use one of KrabKrab, OpenClaw, Moltbot, Clawdbot."),
        name);

    public static KrabAuthException OptionConflict(string message)
        => new("OptionConflict", AuthErrorKind.InvalidInput, message, Remedy.Same("Leave one of them out."));

    public static KrabAuthException OptionMissing(string message, Remedy remedy)
        => new("OptionMissing", AuthErrorKind.InvalidInput, message, remedy);

    public static KrabAuthException DurationInvalid(string message)
        => new("DurationInvalid", AuthErrorKind.InvalidInput, message, Remedy.Same("Use a value such as 365d, 12h or 1h30m."));
}
