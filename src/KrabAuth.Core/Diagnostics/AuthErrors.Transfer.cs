using KrabAuth.Transfer;

namespace KrabAuth.Diagnostics;

/// <content>Errors about profiles that come from elsewhere or go there.</content>
internal static partial class AuthErrors
{
    public static KrabAuthException ExportUnreadable(string path) => new(
        "ExportUnreadable",
        AuthErrorKind.CorruptData,
        $"{path} cannot be opened: the password is wrong, or the file was changed. Nothing was imported.",
        Remedy.Same("Try the password again. If it is right, export anew."),
        path);

    public static KrabAuthException ExportUnsupported(string path, string reason) => new(
        "ExportUnsupported",
        AuthErrorKind.Unsafe,
        $"{path} is not opened: {reason}.",
        Remedy.Same("Export again with the KrabAuth of the other machine, of the same version as this one."),
        path);

    public static KrabAuthException ExportPasswordWeak() => new(
        "ExportPasswordWeak",
        AuthErrorKind.InvalidInput,
        $"The password has fewer than {ProtectedFile.ShortestPassword} characters. Whoever gets the file can try passwords for as long as he likes.",
        Remedy.Same("Use several words, or a password that a generator made."));

    public static KrabAuthException ExportPasswordRequired(string path) => new(
        "ExportPasswordRequired",
        AuthErrorKind.InvalidInput,
        $"{path} is protected by a password.",
        new Remedy($"Import-KrabAuthProfile -Path {path} -Password (Read-Host -AsSecureString)", $"krabauth models auth import {path}"),
        path);

    public static KrabAuthException TransferFileExists(string path) => new(
        "TransferFileExists",
        AuthErrorKind.AlreadyExists,
        $"{path} exists already and was left as it is.",
        new Remedy("Choose another path, or add -Force.", "Choose another path, or add --force."),
        path);

    public static KrabAuthException TransferSourceMissing(string path) => new(
        "TransferSourceMissing",
        AuthErrorKind.NotFound,
        $"There is nothing to import at {path}.",
        Remedy.Same("See whether the path, or the name of the product, is the one that you mean."),
        path);

    public static KrabAuthException TransferSourceUnknown(string path) => new(
        "TransferSourceUnknown",
        AuthErrorKind.CorruptData,
        $"{path} holds no profiles in a form that KrabAuth knows.",
        Remedy.Same("Give an auth-profiles.json, an auth.json, an oauth.json, a .env file, or a file that KrabAuth exported."),
        path);

    public static KrabAuthException TransferSameStore(string path) => new(
        "TransferSameStore",
        AuthErrorKind.InvalidInput,
        $"Source and destination are the same: {path}.",
        Remedy.Same("Name another product, state directory or agent as the source."),
        path);

    public static KrabAuthException MoveRefused(string source) => new(
        "MoveRefused",
        AuthErrorKind.InvalidInput,
        $"Nothing can be moved out of {source}; only from another agent or product, whose store is locked meanwhile.",
        new Remedy("Import-KrabAuthProfile -FromProduct <product> -Move", "krabauth models auth import --from <product> --move"),
        source);

    public static KrabAuthException VaultUnusable(string vault, string reason) => new(
        "VaultUnusable",
        AuthErrorKind.Unauthenticated,
        $"The vault \"{vault}\" cannot be read: {reason}.",
        Remedy.Same("Get-SecretInfo shows whether the vault is registered and unlocked."),
        vault);
}
