using System.Globalization;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics;

/// <summary>
/// Every error that Core raises, in one place: its stable id, its text, its next step. The ids are a contract
/// (<c>about_KrabAuth_Errors</c> lists them).
/// </summary>
internal static class AuthErrors
{
    public static KrabAuthException StoreCorrupt(string path, JsonProblem problem) => new(
        "StoreCorrupt",
        AuthErrorKind.CorruptData,
        $"{path}({problem.Line},{problem.Column}): {problem.Description}. The file was left as it is.",
        Remedy.Same($"Mend line {problem.Line} by hand, or move the file away and sign in again: {path}"),
        path);

    public static KrabAuthException StoreUnreadable(string path, string reason, Exception? inner) => new(
        "StoreUnreadable",
        inner is UnauthorizedAccessException ? AuthErrorKind.PermissionDenied : AuthErrorKind.CorruptData,
        $"{path} cannot be read: {reason}. The file was left as it is.",
        Remedy.Same($"Look at the file and its permissions (it should be yours, mode 0600): {path}"),
        path,
        inner);

    public static KrabAuthException StoreUnwritable(string path, Exception inner) => new(
        "StoreUnwritable",
        AuthErrorKind.PermissionDenied,
        $"{path} cannot be written: {inner.Message} Nothing was changed.",
        Remedy.Same($"Make the directory writable for you and try again: {Path.GetDirectoryName(path)}"),
        path,
        inner);

    public static KrabAuthException StoreReadOnly(string variable) => new(
        "StoreReadOnly",
        AuthErrorKind.PermissionDenied,
        $"The store is not written while {variable} is set.",
        Remedy.Same($"Unset {variable} and try again."),
        variable);

    public static KrabAuthException ForeignOwner(string path) => new(
        "UnsafePath",
        AuthErrorKind.Unsafe,
        $"{path} belongs to another user and is not used.",
        Remedy.Same($"Run as the owner, or take the file over: chown \"$(id -u)\" '{path}'"),
        path);

    public static KrabAuthException WritableByOthers(string path) => new(
        "UnsafePath",
        AuthErrorKind.Unsafe,
        $"{path}, or the directory that it is in, can be changed by other users and is not used.",
        Remedy.Same($"Look at what it says, then close it: chmod go-w '{path}' '{Path.GetDirectoryName(path)}'"),
        path);

    public static KrabAuthException UnsafeLink(string path) => new(
        "UnsafePath",
        AuthErrorKind.Unsafe,
        $"{path} is a link; a lock or a temporary file must not be one.",
        Remedy.Same($"See where the link leads and remove it: {path}"),
        path);

    public static KrabAuthException UnsafeDevice(string path) => new(
        "UnsafePath",
        AuthErrorKind.Unsafe,
        $"{path} is a pipe or a device; a lock must be a file or a directory.",
        Remedy.Same($"See who made it and remove it: {path}"),
        path);

    public static KrabAuthException StoreLocked(string path, string holder, TimeSpan waited) => new(
        "StoreLocked",
        AuthErrorKind.Busy,
        string.Create(CultureInfo.InvariantCulture, $"{path} is locked by {holder}; waited {waited.TotalSeconds:0} s. Nothing was changed."),
        Remedy.Same($"Wait for the other program to finish. If none runs, remove {path}.lock and try again."),
        path);

    public static KrabAuthException LockLost(string path) => new(
        "LockLost",
        AuthErrorKind.Busy,
        $"{path} was taken by another program while this one was stopped. Nothing was changed.",
        Remedy.Same("Run the command again."),
        path);

    public static KrabAuthException ConfigCorrupt(string path, JsonProblem problem) => new(
        "ConfigCorrupt",
        AuthErrorKind.CorruptData,
        $"{path}({problem.Line},{problem.Column}): {problem.Description}.",
        Remedy.Same($"Mend line {problem.Line} of the configuration: {path}"),
        path);

    public static KrabAuthException UnknownProduct(string name) => new(
        "UnknownProduct",
        AuthErrorKind.InvalidInput,
        $"\"{name}\" is not a product that KrabAuth knows.",
        Remedy.Same("Use one of KrabKrab, OpenClaw, Moltbot, Clawdbot."),
        name);

    public static KrabAuthException AgentNotFound(string id, IEnumerable<string> known, string directory) => new(
        "AgentNotFound",
        AuthErrorKind.NotFound,
        $"There is no agent \"{id}\". Known agents: {string.Join(", ", known)}.",
        Remedy.Same($"Use one of the known agents, or make the agent's directory first: {directory}"),
        id);

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
        new Remedy($"Choose another id, or remove that one first: Remove-KrabAuthProfile '{id}'", $"Choose another id, or remove that one first: krabauth models auth logout {id}"),
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

    public static KrabAuthException DurationInvalid(string message)
        => new("DurationInvalid", AuthErrorKind.InvalidInput, message, Remedy.Same("Use a value such as 365d, 12h or 1h30m."));

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

    public static KrabAuthException MethodUnsupported(string provider, string method, IEnumerable<string> methods) => new(
        "MethodUnsupported",
        AuthErrorKind.InvalidInput,
        $"Provider \"{provider}\" has no sign-in method \"{method}\". It has: {string.Join(", ", methods)}.",
        new Remedy($"Get-KrabProvider {provider}", "krabauth models auth --help"),
        provider);

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

    public static KrabAuthException NoUsableProfile(string provider, string detail, Remedy remedy) => new(
        "NoUsableProfile",
        AuthErrorKind.Unauthenticated,
        $"No usable auth profile for {provider}: {detail}.",
        remedy,
        provider);

    public static KrabAuthException ReferenceUnresolved(string id, string reference, string reason) => new(
        "SecretReferenceUnresolved",
        AuthErrorKind.Unauthenticated,
        $"The secret reference {reference} of auth profile \"{id}\" has no value: {reason}.",
        Remedy.Same("Set what the reference points to, and try again."),
        id);

    public static KrabAuthException OAuthReferenceRefused(string id) => new(
        "SecretReferenceRefused",
        AuthErrorKind.Unsafe,
        $"auth profile {id} policy validation failed: OAuth + SecretRef is not supported.",
        Remedy.Same("Remove the reference from the profile, or its oauth mode from the configuration."),
        id);

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

    public static KrabAuthException RefreshFailed(string id, string provider, string detail) => new(
        "RefreshFailed",
        AuthErrorKind.Unauthenticated,
        $"OAuth token refresh failed for {provider}: {detail} (profile \"{id}\").",
        Remedy.Same("Try again. If it goes on, see whether the provider can be reached from here."),
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

    public static KrabAuthException OptionConflict(string message)
        => new("OptionConflict", AuthErrorKind.InvalidInput, message, Remedy.Same("Leave one of them out."));

    public static KrabAuthException OptionMissing(string message, Remedy remedy)
        => new("OptionMissing", AuthErrorKind.InvalidInput, message, remedy);
}
