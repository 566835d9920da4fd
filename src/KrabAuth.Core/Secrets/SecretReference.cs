using System.Text.Json;
using System.Text.RegularExpressions;
using KrabAuth.Diagnostics;

namespace KrabAuth.Secrets;

/// <summary>Where a secret reference points.</summary>
public enum SecretReferenceSource
{
    /// <summary>An environment variable.</summary>
    Env,

    /// <summary>A value inside a file.</summary>
    File,

    /// <summary>The answer of a program.</summary>
    Exec,

    /// <summary>A SecretManagement vault of the PowerShell session. KrabAuth's own: the programs that share the store do not know it.</summary>
    Vault,
}

/// <summary>
/// A pointer to a secret that is kept elsewhere, as stored in <c>keyRef</c> and <c>tokenRef</c> or written inline as
/// <c>${NAME}</c>, <c>$NAME</c>, <c>secretref-env:NAME</c> or <c>__env__:NAME</c>.
/// </summary>
/// <param name="Source">Where it points.</param>
/// <param name="Provider">The alias of the secret provider, <c>default</c> unless configured.</param>
/// <param name="Id">What it names there: a variable, a JSON pointer, an identifier.</param>
public sealed partial record SecretReference(SecretReferenceSource Source, string Provider, string Id)
{
    /// <summary>The alias that stands when none is given.</summary>
    public const string DefaultProvider = "default";

    /// <summary>Whether no alias was written, so that <c>secrets.defaults</c> of the configuration names it.</summary>
    internal bool IsProviderImplied { get; init; }

    /// <summary>Reads the object form. A missing provider means the default alias; anything else unfit is no reference.</summary>
    public static SecretReference? FromJson(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object) return null;
        string? id = Text(element, "id");
        bool isImplied = !element.TryGetProperty("provider", out _);
        string? provider = isImplied ? DefaultProvider : Text(element, "provider");
        SecretReferenceSource? source = Text(element, "source") switch
        {
            "env" => SecretReferenceSource.Env,
            "file" => SecretReferenceSource.File,
            "exec" => SecretReferenceSource.Exec,
            "vault" => SecretReferenceSource.Vault,
            _ => null,
        };
        return source is { } s && !string.IsNullOrWhiteSpace(id) && !string.IsNullOrWhiteSpace(provider)
            ? new SecretReference(s, provider, id) { IsProviderImplied = isImplied }
            : null;
    }

    /// <summary>Reads the inline form of an environment reference; any other text is an ordinary value.</summary>
    public static SecretReference? FromInline(string? text)
    {
        // Most keys are no references, and are told from them without starting the regular expressions.
        if (text is null || text.AsSpan().TrimStart() is not ['$', ..] and not ['s', 'e', ..] and not ['_', ..]) return null;
        Match match = InlineForm().Match(text.Trim());
        return match.Success
            ? new SecretReference(SecretReferenceSource.Env, DefaultProvider, match.Groups["name"].Value) { IsProviderImplied = true }
            : null;
    }

    /// <summary>
    /// How the reference is shown: <c>env:NAME</c>, <c>file:alias:id</c> with an alias of its own, <c>vault:Name/secret</c>. An id that looks
    /// like a secret, put there by mistake, shows as a mask.
    /// </summary>
    public override string ToString()
    {
        string id = SecretShape.IsMatch(Id) ? SecretMask.Apply(Id) : Id;
        string source = Source.ToString().ToLowerInvariant();
        return Provider == DefaultProvider ? $"{source}:{id}" : $"{source}:{Provider}{(Source == SecretReferenceSource.Vault ? '/' : ':')}{id}";
    }

    /// <summary>
    /// Reads what a person writes: <c>env:NAME</c>, <c>file:/pointer</c>, <c>file:alias:/pointer</c>, <c>exec:alias:id</c>,
    /// <c>vault:secret</c>, <c>vault:Name/secret</c>, or an inline form.
    /// </summary>
    /// <exception cref="KrabAuthException"><c>SecretReferenceInvalid</c>. The text is not repeated: it may be the secret itself.</exception>
    internal static SecretReference Parse(string text, SecretsConfig config)
    {
        string trimmed = text.Trim();
        SecretReference? reference = FromInline(trimmed);
        if (reference is null)
        {
            int colon = trimmed.IndexOf(':', StringComparison.Ordinal);
            string rest = trimmed[(colon + 1)..];
            reference = (colon < 0 ? string.Empty : trimmed[..colon].ToLowerInvariant()) switch
            {
                "env" => Split(SecretReferenceSource.Env, rest, ':', config),
                "file" => rest.StartsWith('/') ? Implied(SecretReferenceSource.File, rest) : Split(SecretReferenceSource.File, rest, ':', config),
                // The ids of programs may hold colons themselves: only a configured alias is one.
                "exec" => Split(SecretReferenceSource.Exec, rest, ':', config, mustBeConfigured: true),
                "vault" => Split(SecretReferenceSource.Vault, rest, '/', config),
                _ => throw AuthErrors.ReferenceInvalid("it begins with none of env:, file:, exec: and vault:"),
            };
        }
        // Written with its alias, so that a later change of the defaults does not send it elsewhere.
        reference = reference with { Provider = config.AliasOf(reference), IsProviderImplied = false };
        return reference.Problem is { } problem ? throw AuthErrors.ReferenceInvalid(problem) : reference;
    }

    /// <summary>What is wrong with the form of the reference, or null.</summary>
    internal string? Problem => Source switch
    {
        SecretReferenceSource.Vault => Provider.Length is 0 or > 256 || Id.Trim().Length == 0 ? "a vault reference is vault:<secret> or vault:<vault>/<secret>" : null,
        _ when !Alias().IsMatch(Provider) => "the alias of a secret provider has lower-case letters, digits, underscores and hyphens",
        SecretReferenceSource.Env => EnvId().IsMatch(Id) ? null : "the name of a variable has upper-case letters, digits and underscores",
        SecretReferenceSource.File => Id == SingleValue || (Id.StartsWith('/') && PointerForm().IsMatch(Id)) ? null : "what it names in a file is a JSON pointer such as /openai/key, or \"value\" for the whole of it",
        _ => ExecId().IsMatch(Id) && !Id.Split('/').Any(segment => segment is "." or "..") ? null : "the id that a program gets has letters, digits and . _ : / # -, at most 256, and no . or .. between slashes",
    };

    /// <summary>What names the whole content of a file that holds one secret.</summary>
    internal const string SingleValue = "value";

    private static SecretReference Implied(SecretReferenceSource source, string id) => new(source, DefaultProvider, id) { IsProviderImplied = true };

    private static SecretReference Split(SecretReferenceSource source, string rest, char separator, SecretsConfig config, bool mustBeConfigured = false)
    {
        int at = rest.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 || (mustBeConfigured && !config.Has(rest[..at])) ? Implied(source, rest) : new SecretReference(source, rest[..at], rest[(at + 1)..]);
    }

    private static string? Text(JsonElement element, string name)
        => element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [GeneratedRegex("^[a-z][a-z0-9_-]{0,63}$", RegexOptions.CultureInvariant)]
    private static partial Regex Alias();

    [GeneratedRegex("^[A-Z][A-Z0-9_]{0,127}$", RegexOptions.CultureInvariant)]
    private static partial Regex EnvId();

    [GeneratedRegex("^(?:/(?:[^~/]|~[01])*)+$", RegexOptions.CultureInvariant)]
    private static partial Regex PointerForm();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._:/#-]{0,255}$", RegexOptions.CultureInvariant)]
    private static partial Regex ExecId();

    [GeneratedRegex(@"^(?:\$\{(?<name>[A-Z][A-Z0-9_]{0,127})\}|\$(?<name>[A-Z][A-Z0-9_]{0,127})|(?:secretref-env|__env__):(?<name>[A-Z][A-Z0-9_]{0,127}))$", RegexOptions.CultureInvariant)]
    private static partial Regex InlineForm();
}
