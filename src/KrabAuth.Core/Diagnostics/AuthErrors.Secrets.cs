namespace KrabAuth.Diagnostics;

/// <content>Errors about secrets that are kept elsewhere.</content>
internal static partial class AuthErrors
{
    public static KrabAuthException ReferenceUnresolved(string id, string reference, string reason) => new(
        "SecretReferenceUnresolved",
        AuthErrorKind.Unauthenticated,
        $"The secret reference {reference} of auth profile \"{id}\" has no value: {reason}.",
        Remedy.Same("Set what the reference points to, and try again."),
        id);

    public static KrabAuthException VaultNeedsPowerShell(string id, string reference) => new(
        "VaultNeedsPowerShell",
        AuthErrorKind.Unauthenticated,
        $"The secret of auth profile \"{id}\" is kept in a SecretManagement vault ({reference}), which only PowerShell can read.",
        new Remedy($"Get-KrabAuthToken -ProfileId {id}", "Use the KrabAuth module in pwsh, or keep the secret where programs can read it: env, file or exec."),
        id);

    public static KrabAuthException ReferenceInvalid(string reason) => new(
        "SecretReferenceInvalid",
        AuthErrorKind.InvalidInput,
        $"This is no secret reference: {reason}. It is not shown here, as it may be a secret.",
        Remedy.Same("Use env:NAME, file:<alias>:/pointer, exec:<alias>:<id> or vault:<name>/<secret>."));

    public static KrabAuthException OAuthReferenceRefused(string id, string reason) => new(
        "SecretReferenceRefused",
        AuthErrorKind.Unsafe,
        $"auth profile {id} policy validation failed: OAuth + SecretRef is not supported.",
        Remedy.Same($"See profiles.{id}: {reason}. Remove the reference from the profile, or its oauth mode from the configuration."),
        id);
}
