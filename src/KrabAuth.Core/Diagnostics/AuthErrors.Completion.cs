namespace KrabAuth.Diagnostics;

internal static partial class AuthErrors
{
    public static KrabAuthException ShellUnknown(IEnumerable<string> shells) => new(
        "ShellUnknown",
        AuthErrorKind.InvalidInput,
        $"There is no completion for that shell. Shells: {string.Join(", ", shells)}.",
        new Remedy("Name one of the shells.", "krabauth completion bash"));
}
