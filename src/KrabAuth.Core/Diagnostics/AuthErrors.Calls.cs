namespace KrabAuth.Diagnostics;

/// <content>Errors of calls that are made with one account after the other.</content>
internal static partial class AuthErrors
{
    public static KrabAuthException CallFailed(string provider, string attempts, string why, Remedy remedy, Exception? inner) => new(
        "CallFailed",
        AuthErrorKind.Unauthenticated,
        $"No account of {provider} could serve the call ({attempts}), and {why}.",
        remedy,
        provider,
        inner);

    public static KrabAuthException ProgramNotStarted(string program, string reason) => new(
        "ProgramNotStarted",
        AuthErrorKind.NotFound,
        $"{program} could not be started: {reason}.",
        Remedy.Same("Give the program by its path, or by a name that PATH finds."),
        program);
}
