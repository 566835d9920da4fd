namespace KrabAuth.Diagnostics;

/// <content>Errors about providers, signing in and renewing.</content>
internal static partial class AuthErrors
{
    public static KrabAuthException MethodUnsupported(string provider, string method, IEnumerable<string> methods) => new(
        "MethodUnsupported",
        AuthErrorKind.InvalidInput,
        $"Provider \"{provider}\" has no sign-in method \"{method}\". It has: {string.Join(", ", methods)}.",
        new Remedy($"Get-KrabProvider {provider}", "krabauth models auth --help"),
        provider);

    public static KrabAuthException ProviderUnknown(string provider, IEnumerable<string> known) => new(
        "ProviderUnknown",
        AuthErrorKind.NotFound,
        $"There is no provider \"{Profiles.ProfileId.ForDisplay(provider)}\" to sign in to. Known are: {string.Join(", ", known)}.",
        new("Define it: Register-KrabProvider <id> -Issuer <address> -ClientId <id>", "Define it: krabauth models providers add --id <id> --issuer <address> --client-id <id>"),
        Profiles.ProfileId.ForDisplay(provider));

    public static KrabAuthException ClientUnknown(string provider, string what, IEnumerable<string> variables) => new(
        "ClientUnknown",
        AuthErrorKind.InvalidInput,
        $"Provider \"{provider}\" needs a {what}, which KrabAuth does not carry.",
        Remedy.Same($"Set it in the environment: {string.Join(" or ", variables)}"),
        provider);

    public static KrabAuthException ProviderDefinitionInvalid(string path, string reason) => new(
        "ProviderDefinitionInvalid",
        AuthErrorKind.CorruptData,
        $"{path} does not define a provider: {reason}.",
        Remedy.Same($"Mend the file, or remove it to use the built-in definition: {path}"),
        path);

    public static KrabAuthException ProviderExists(string id, string path) => new(
        "ProviderExists",
        AuthErrorKind.AlreadyExists,
        $"Provider \"{id}\" is defined already in {path}.",
        new($"Choose another id, or replace it: Register-KrabProvider {id} … -Force", $"Choose another id, or replace it: krabauth models providers add --id {id} … --force"),
        id);

    public static KrabAuthException ProviderUndefined(string id, string path) => new(
        "ProviderUndefined",
        AuthErrorKind.NotFound,
        $"Provider \"{id}\" is not one that you defined; there is no {path}.",
        new("Get-KrabProvider", "krabauth models providers list"),
        id);

    public static KrabAuthException PluginFailed(string provider, string reason) => new(
        "PluginFailed",
        AuthErrorKind.Unauthenticated,
        $"The program that signs in to {provider} failed: {reason}.",
        Remedy.Same("Run the program by hand, with what about_KrabAuth says of plugins, and see what it answers."),
        provider);

    public static KrabAuthException EndpointUnknown(string provider, string kind) => new(
        "EndpointUnknown",
        AuthErrorKind.InvalidInput,
        $"Provider \"{provider}\" has no {kind} endpoint.",
        Remedy.Same("Use another credential of the provider, or give the endpoint in the provider's definition."),
        provider);

    public static KrabAuthException SignInFailed(string provider, string detail) => new(
        "SignInFailed",
        AuthErrorKind.Unauthenticated,
        $"The sign-in to {provider} failed: {detail}. Nothing was changed.",
        new($"Try again: Connect-KrabProvider {provider}", $"Try again: krabauth models auth login --provider {provider}"),
        provider);

    public static KrabAuthException RefreshFailed(string id, string provider, string detail, Remedy remedy) => new(
        "RefreshFailed",
        AuthErrorKind.Unauthenticated,
        $"OAuth token refresh failed for {provider}: {detail} (profile \"{id}\").",
        remedy,
        id);

    public static KrabAuthException SignInNeeded(string id, string provider, string detail, Remedy remedy) => new(
        "SignInNeeded",
        AuthErrorKind.Unauthenticated,
        $"OAuth token refresh failed for {provider}: {detail} (profile \"{id}\"). Only signing in again helps.",
        remedy,
        id);

    public static KrabAuthException RefreshUnsaved(string id, string provider, Exception inner, Remedy remedy) => new(
        "RefreshUnsaved",
        AuthErrorKind.PermissionDenied,
        $"{provider} gave auth profile \"{id}\" a new token, but it could not be saved: {inner.Message} The stored one may work no longer.",
        remedy,
        id,
        inner);

    public static KrabAuthException NotRefreshable(string id, string provider, Remedy remedy) => new(
        "NotRefreshable",
        AuthErrorKind.InvalidInput,
        $"Auth profile \"{id}\" of {provider} cannot be refreshed: it has no refresh token.",
        remedy,
        id);
}
