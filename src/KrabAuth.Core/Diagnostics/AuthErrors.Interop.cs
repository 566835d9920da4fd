namespace KrabAuth.Diagnostics;

/// <summary>Errors about the sign-ins of other programs.</summary>
internal static partial class AuthErrors
{
    public static KrabAuthException ToolUnknown(string name, IEnumerable<string> known) => new(
        "ToolUnknown",
        AuthErrorKind.InvalidInput,
        $"\"{name}\" is not a program whose sign-in KrabAuth can read.",
        Remedy.Same($"Use one of {string.Join(", ", known)}."),
        name);

    public static KrabAuthException OwnerUnreadable(string id, string label, string source, string reason) => new(
        "OwnerUnreadable",
        AuthErrorKind.CorruptData,
        $"Auth profile \"{id}\" shares its sign-in with {label}, whose copy cannot be read: {reason} Renewed without it, {label} would be signed out; nothing was changed.",
        Remedy.Same($"Sign in with {label} again, or look at its file: {source}"),
        id);

    public static KrabAuthException OwnerUnknown(string id, string label, string tool) => new(
        "OwnerUnknown",
        AuthErrorKind.Unauthenticated,
        $"Auth profile \"{id}\" names an account, and {label}, which shares its sign-in, holds other tokens and does not say whose. Renewed without it, {label} could be signed out; nothing was changed.",
        new($"If it is the same account: Remove-KrabAuthProfile {id}; Sync-KrabAuthProfile -Tool {tool}", $"krabauth models auth logout {id} --yes && krabauth models auth sync --tool {tool}"),
        id);

    public static KrabAuthException OwnerUnwritable(string id, string label, string source, Exception inner) => new(
        "OwnerUnwritable",
        AuthErrorKind.PermissionDenied,
        $"Auth profile \"{id}\" shares its sign-in with {label}, whose directory cannot be written: {inner.Message} Renewed without it, {label} would be signed out; nothing was changed.",
        Remedy.Same($"Make the directory writable for you and try again: {Path.GetDirectoryName(source)}"),
        id,
        inner);
}
