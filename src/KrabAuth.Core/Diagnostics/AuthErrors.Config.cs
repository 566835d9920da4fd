using KrabAuth.Storage;

namespace KrabAuth.Diagnostics;

/// <content>Errors about the configuration.</content>
internal static partial class AuthErrors
{
    public static KrabAuthException ConfigCorrupt(string path, JsonProblem problem) => new(
        "ConfigCorrupt",
        AuthErrorKind.CorruptData,
        $"{path}({problem.Line},{problem.Column}): {problem.Description}.",
        Remedy.Same($"Mend line {problem.Line} of the configuration: {path}"),
        path);

    public static KrabAuthException ConfigVariableMissing(string place, string member, string variable) => new(
        "ConfigVariableMissing",
        AuthErrorKind.InvalidInput,
        $"{place}: {member} needs the environment variable {variable}, which is not set.",
        Remedy.Same($"Set {variable}, or give it under env of the configuration."),
        variable);

    public static KrabAuthException ConfigUnwritable(string path, Exception inner) => new(
        "ConfigUnwritable",
        AuthErrorKind.PermissionDenied,
        $"{path} cannot be written: {inner.Message}",
        Remedy.Same($"Make the file and its directory writable for you and try again: {path}"),
        path,
        inner);

    public static KrabAuthException ConfigReadOnly(string path, string variable) => new(
        "ConfigReadOnly",
        AuthErrorKind.PermissionDenied,
        $"{path} is not written while {variable} is set.",
        Remedy.Same($"Change the configuration where it is managed, or unset {variable}."),
        variable);

    public static KrabAuthException ConfigBusy(string path) => new(
        "ConfigBusy",
        AuthErrorKind.Busy,
        $"{path} is changed by another program again and again. Nothing was changed.",
        Remedy.Same("Wait until the other program is done and try again."),
        path);
}
