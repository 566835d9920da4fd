using KrabAuth.Profiles;

namespace KrabAuth.Diagnostics;

/// <content>Errors about onboarding.</content>
internal static partial class AuthErrors
{
    public static KrabAuthException AuthChoiceUnknown(string choice, IEnumerable<string> near) => new(
        "AuthChoiceUnknown",
        AuthErrorKind.NotFound,
        $"There is no auth choice \"{ProfileId.ForDisplay(choice)}\".{(near.Any() ? $" Near it: {string.Join(", ", near)}." : string.Empty)}",
        new("Initialize-KrabAuth -AuthChoice <Tab>, or Initialize-KrabAuth alone", "krabauth onboard --list-choices"),
        ProfileId.ForDisplay(choice));

    public static KrabAuthException AuthChoiceUnavailable(string choice, string why, string instead) => new(
        "AuthChoiceUnavailable",
        AuthErrorKind.InvalidInput,
        $"Auth choice \"{choice}\" cannot be taken: {why}.",
        new($"Initialize-KrabAuth -AuthChoice {instead}", $"krabauth onboard --auth-choice {instead}"),
        choice);

    public static KrabAuthException InteractionRequired(string message, string provider, Remedy remedy) => new(
        "InteractionRequired",
        AuthErrorKind.InvalidInput,
        message,
        remedy,
        provider);

    public static KrabAuthException KeyMissing(string provider, string? flag, IEnumerable<string> variables) => new(
        "KeyMissing",
        AuthErrorKind.Unauthenticated,
        $"Missing {flag ?? "a key"} (or {string.Concat(variables.Select(variable => $"{variable} in env, or "))}existing {provider} API-key profile).",
        new(
            $"Get-Content ./key.txt | Initialize-KrabAuth …, or: Connect-KrabProvider {provider}",
            flag is null ? $"krabauth models auth paste-api-key --provider {CommandWord.Shell(provider)}" : $"Give the key on standard input: {flag} - < key.txt"),
        provider);

    public static KrabAuthException ExternalLoginMissing(string tool, string detail) => new(
        "ExternalLoginMissing",
        AuthErrorKind.NotFound,
        $"The sign-in of {tool} cannot be shared: {detail}.",
        new($"Sign in with {tool} first, then: Sync-KrabAuthProfile {tool}", $"Sign in with {tool} first, then: krabauth models auth sync --tool {tool}"),
        tool);

    public static KrabAuthException DefaultModelUnknown(string provider) => new(
        "DefaultModelUnknown",
        AuthErrorKind.InvalidInput,
        $"Provider \"{provider}\" has no default model that KrabAuth knows.",
        Remedy.Same("Choose one in the configuration: agents.defaults.model.primary"),
        provider);
}
