using System.Management.Automation;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;

namespace KrabAuth.Errors;

/// <summary>Makes every error record of the module: a stable id, a category, the thing it is about, the next command.</summary>
internal static class ErrorRecords
{
    public static ErrorRecord From(KrabAuthException e, object? target)
        => Record(e, e.ErrorId, Category(e.Kind), e.Target ?? target, e.Message, e.Remedy.PowerShell);

    public static ErrorRecord FileAccess(Exception e, object? target)
        => Record(e, "FileAccess", e is UnauthorizedAccessException ? ErrorCategory.PermissionDenied : ErrorCategory.OpenError, target, e.Message, "See whether the path in the message can be read and written.");

    public static ErrorRecord PatternInvalid(WildcardPatternException e, object? target)
        => Record(e, "PatternInvalid", ErrorCategory.InvalidArgument, target, null, "Close the bracket. One that is meant as it stands has a backtick in front, in single quotes: 'openai:`[*'.");

    public static ErrorRecord SecretRequired(string provider) => Record(
        new InvalidOperationException($"A secret for {provider} is needed, and nobody can be asked for it here."),
        "SecretRequired",
        ErrorCategory.AuthenticationError,
        provider,
        null,
        $"Give it as -Secret, as -Credential, or through the pipeline: Get-Content ./token.txt | Connect-KrabProvider {CommandWord.PowerShell(provider)}");

    public static ErrorRecord AuthChoiceRequired() => Record(
        new InvalidOperationException("An auth choice is needed, and nobody can be asked for it here."),
        "AuthChoiceRequired",
        ErrorCategory.InvalidArgument,
        null,
        null,
        "Name it: Initialize-KrabAuth -AuthChoice openai-api-key. Initialize-KrabAuth -AuthChoice <Tab> offers them.");

    public static ErrorRecord PasswordRequired(string path, bool isNew) => Record(
        new InvalidOperationException(isNew ? $"A password for {path} is needed, and nobody can be asked for it here." : $"The password of {path} is needed, and nobody can be asked for it here."),
        "PasswordRequired",
        ErrorCategory.AuthenticationError,
        path,
        null,
        "Give it as -Password, as a SecureString.");

    public static ErrorRecord ProviderNotFound(string name) => Record(
        new ItemNotFoundException($"The catalog has no provider \"{ProfileId.ForDisplay(name)}\"."),
        "ProviderNotFound",
        ErrorCategory.ObjectNotFound,
        ProfileId.ForDisplay(name),
        null,
        "It can have keys and tokens nevertheless, as Connect-KrabProvider takes any name. Those of the catalog: Get-KrabProvider");

    public static ErrorRecord SessionNotFound(string key) => Record(
        new ItemNotFoundException($"Session \"{ProfileId.ForDisplay(key)}\" stays with no profile."),
        "SessionNotFound",
        ErrorCategory.ObjectNotFound,
        ProfileId.ForDisplay(key),
        null,
        "Get-KrabAuthSession");

    private static ErrorRecord Record(Exception e, string id, ErrorCategory category, object? target, string? message, string recommendation)
        => new(e, id, category, target) { ErrorDetails = new ErrorDetails(TextCells.CleanLines(message ?? e.Message)) { RecommendedAction = TextCells.CleanLines(recommendation) } };

    private static ErrorCategory Category(AuthErrorKind kind) => kind switch
    {
        AuthErrorKind.InvalidInput => ErrorCategory.InvalidArgument,
        AuthErrorKind.NotFound => ErrorCategory.ObjectNotFound,
        AuthErrorKind.AlreadyExists => ErrorCategory.ResourceExists,
        AuthErrorKind.CorruptData => ErrorCategory.InvalidData,
        AuthErrorKind.PermissionDenied => ErrorCategory.PermissionDenied,
        AuthErrorKind.Unsafe => ErrorCategory.SecurityError,
        AuthErrorKind.Busy => ErrorCategory.ResourceBusy,
        _ => ErrorCategory.AuthenticationError,
    };
}
