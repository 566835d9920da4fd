namespace KrabAuth.Diagnostics;

/// <content>Errors of the live view and of the page.</content>
internal static partial class AuthErrors
{
    public static KrabAuthException IntervalInvalid() => new(
        "IntervalInvalid",
        AuthErrorKind.InvalidInput,
        $"The interval is not between {LiveOptions.ShortestInterval.TotalSeconds}s and {LiveOptions.LongestInterval.TotalDays}d.",
        new Remedy("Give a time such as -Interval 10s.", "Give a time such as --interval 10s."));

    public static KrabAuthException ReportFileExists(string path) => new(
        "ReportFileExists",
        AuthErrorKind.AlreadyExists,
        $"{path} exists already and was left as it is.",
        new Remedy("Choose another path, or add -Force.", "Choose another path, or add --force."),
        path);

    public static KrabAuthException ReportNotWritten(string path, string reason, Exception? inner = null) => new(
        "ReportNotWritten",
        AuthErrorKind.PermissionDenied,
        $"The report cannot be written to {path}: {reason}.",
        Remedy.Same("Choose a file in a directory that exists and that you may write to."),
        path,
        inner);
}
