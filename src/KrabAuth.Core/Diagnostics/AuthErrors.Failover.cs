using KrabAuth.Routing;

namespace KrabAuth.Diagnostics;

/// <content>Errors about failures that are reported.</content>
internal static partial class AuthErrors
{
    public static KrabAuthException ReasonUnknown() => new(
        "ReasonUnknown",
        AuthErrorKind.InvalidInput,
        "That is not a failure reason.",
        Remedy.Same($"Use one of {string.Join(", ", FailureReasons.Names)}."));

    public static KrabAuthException ResponseUnreadable(Exception inner) => new(
        "ResponseUnreadable",
        AuthErrorKind.InvalidInput,
        $"The body of the answer cannot be read any more: {inner.Message.TrimEnd('.')}.",
        Remedy.Same("Give what was read of it with -Message, or the status alone with -StatusCode."),
        inner: inner);

    public static KrabAuthException StatusInvalid() => new(
        "StatusInvalid",
        AuthErrorKind.InvalidInput,
        "That is not an HTTP status.",
        Remedy.Same("Use a number from 100 to 599."));
}
