namespace KrabAuth.Diagnostics;

/// <content>Errors of calls that are made with one account after the other.</content>
internal static partial class AuthErrors
{
    public static KrabAuthException CallFailed(string provider, string attempts, string why, Remedy remedy, Exception? inner) => new(
        "CallFailed",
        AuthErrorKind.Unauthenticated,
        $"No account of {provider} could serve the call: {attempts}. {why}",
        remedy,
        provider,
        inner);

    public static KrabAuthException ProgramNotStarted(string program, string reason) => new(
        "ProgramNotStarted",
        AuthErrorKind.NotFound,
        $"{program} could not be started: {reason}.",
        Remedy.Same("Give the program by its path, or by a name that PATH finds."),
        program);

    public static KrabAuthException ProgramFailed(string program, int exitCode) => new(
        "ProgramFailed",
        AuthErrorKind.InvalidInput,
        $"{program} ended with exit code {exitCode}, for a reason that another account would not mend.",
        Remedy.Same("See what it wrote to standard error, and mend the call."),
        program);

    public static KrabAuthException VariableUnknown(string provider) => new(
        "VariableUnknown",
        AuthErrorKind.InvalidInput,
        $"No environment variable is known that holds a key of {provider}.",
        new Remedy($"Name it: Invoke-KrabAuthCommand {provider} -EnvironmentVariable NAME …", $"Name it: krabauth models auth exec --provider {provider} --env NAME -- …"),
        provider);
}
