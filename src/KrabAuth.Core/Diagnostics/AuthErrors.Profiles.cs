using KrabAuth.Profiles;

namespace KrabAuth.Diagnostics;

/// <content>Errors about profiles, their secrets and their order.</content>
internal static partial class AuthErrors
{
    public static KrabAuthException ProfileNotFound(string id, string storePath) => new(
        "ProfileNotFound",
        AuthErrorKind.NotFound,
        $"Auth profile \"{ProfileId.ForDisplay(id)}\" not found in {storePath}.",
        new Remedy("Get-KrabAuthProfile", "krabauth models auth list"),
        ProfileId.ForDisplay(id));

    public static KrabAuthException ProfileInherited(string id, string agent) => new(
        "ProfileInherited",
        AuthErrorKind.InvalidInput,
        $"Auth profile \"{id}\" is not stored in agent \"{agent}\"; it is inherited from the main agent.",
        new Remedy("Repeat the command without -Agent.", "Repeat the command without --agent."),
        id);

    public static KrabAuthException ProfileExists(string id, string storePath) => new(
        "ProfileExists",
        AuthErrorKind.AlreadyExists,
        $"Auth profile \"{id}\" exists already in {storePath}.",
        new Remedy($"Choose another id, or remove that one first: Remove-KrabAuthProfile {id}", $"Choose another id, or remove that one first: krabauth models auth logout {id}"),
        id);

    public static KrabAuthException ProfileKindConflict(string id, string agent, string kind) => new(
        "ProfileKindConflict",
        AuthErrorKind.AlreadyExists,
        $"Agent \"{agent}\" has a credential of another kind ({kind}) under \"{id}\", and the configuration describes an id once for all agents: one of the two would not be used.",
        new Remedy("Choose another id: -ProfileId", "Choose another id: --profile-id"),
        id);

    public static KrabAuthException ProfileIdInvalid(string id, string reason) => new(
        "ProfileIdInvalid",
        AuthErrorKind.InvalidInput,
        $"\"{id}\" cannot be a profile id: {reason}.",
        Remedy.Same("Use <provider>:<name>, as in anthropic:work or openai-codex:me@example.com."),
        id);

    public static KrabAuthException ProfileIdLooksSecret() => new(
        "ProfileIdInvalid",
        AuthErrorKind.InvalidInput,
        "The profile id looks like a secret. Ids appear in logs and listings.",
        Remedy.Same("Name the profile after its use, as in anthropic:work; give the secret at the prompt."));

    public static KrabAuthException ProviderMismatch(string id, string actual, string wanted) => new(
        "ProviderMismatch",
        AuthErrorKind.InvalidInput,
        $"Auth profile \"{id}\" is for {actual}, not {wanted}.",
        new Remedy($"Get-KrabAuthProfile -Provider {wanted}", $"krabauth models auth list --provider {wanted}"),
        id);

    public static KrabAuthException OrderEmpty(string provider) => new(
        "OrderEmpty",
        AuthErrorKind.InvalidInput,
        "Missing profile ids. Provide one or more profile ids.",
        new Remedy($"Set-KrabAuthOrder {provider} <profile id> …, or Clear-KrabAuthOrder {provider}", $"krabauth models auth order set --provider {provider} <profile id> …"),
        provider);

    public static KrabAuthException SecretInvalid(string message, string provider, Remedy remedy)
        => new("SecretInvalid", AuthErrorKind.InvalidInput, message, remedy, provider);

    public static KrabAuthException SecretRefused(string id, Remedy remedy) => new(
        "SecretRefused",
        AuthErrorKind.InvalidInput,
        $"Auth profile \"{id}\" is an OAuth sign-in; its tokens come from the provider and are not set by hand.",
        remedy,
        id);

    public static KrabAuthException ExpiryRefused(string id, string type) => new(
        "ExpiryRefused",
        AuthErrorKind.InvalidInput,
        $"\"{id}\" is of type {type}; only a static token has an expiry that a person sets.",
        Remedy.Same("Leave the expiry out."),
        id);

    public static KrabAuthException CopyRefused(string id) => new(
        "CopyRefused",
        AuthErrorKind.Unsafe,
        $"Auth profile \"{id}\" is an OAuth sign-in. Its refresh token works once: with two copies, each refresh would sign the other one out.",
        new Remedy("Agents read the profiles of main without a copy. For another account of its own, sign that agent in.", "Agents read the profiles of main without a copy. For another account of its own, sign that agent in."),
        id);

    public static KrabAuthException CredentialUnusable(string id, string provider, string reasonCode, string reason, Remedy remedy) => new(
        "CredentialUnusable",
        AuthErrorKind.Unauthenticated,
        $"Auth profile \"{id}\" cannot be used: {reason} [{reasonCode}].",
        remedy,
        id.Length > 0 ? id : provider);

    public static KrabAuthException NoUsableProfile(string provider, string detail, Remedy remedy, Exception? inner = null) => new(
        "NoUsableProfile",
        AuthErrorKind.Unauthenticated,
        $"No usable auth profile for {provider}: {detail}.",
        remedy,
        provider,
        inner);
}
