namespace KrabAuth.Diagnostics;

/// <content>Errors about what is asked of a probe.</content>
internal static partial class AuthErrors
{
    public static KrabAuthException OptionInvalid(string message, string next = "Give a number greater than zero.")
        => new("OptionInvalid", AuthErrorKind.InvalidInput, message, Remedy.Same(next));
}
