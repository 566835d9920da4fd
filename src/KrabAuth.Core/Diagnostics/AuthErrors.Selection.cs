namespace KrabAuth.Diagnostics;

/// <content>Errors about choosing: sessions, model references, keys beside the profiles.</content>
internal static partial class AuthErrors
{
    public static KrabAuthException SessionKeyInvalid() => new(
        "SessionKeyInvalid",
        AuthErrorKind.InvalidInput,
        "A session key has 1 to 200 characters and no control character.",
        Remedy.Same("Use the key that the gateway or your script has for the session, such as main."));

    public static KrabAuthException ModelReferenceInvalid(string text, string reason) => new(
        "ModelReferenceInvalid",
        AuthErrorKind.InvalidInput,
        $"\"{Profiles.ProfileId.ForDisplay(text)}\" is no model reference: {reason}.",
        Remedy.Same("Use <model>, <provider>/<model> or <model>@<profile id>, as in opus@anthropic:work."));
}
