using System.Text.Json;
using System.Text.RegularExpressions;

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

    /// <summary>Reads the object form. A missing provider means the default alias; anything else unfit is no reference.</summary>
    public static SecretReference? FromJson(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object) return null;
        string? id = Text(element, "id");
        string? provider = element.TryGetProperty("provider", out _) ? Text(element, "provider") : DefaultProvider;
        SecretReferenceSource? source = Text(element, "source") switch
        {
            "env" => SecretReferenceSource.Env,
            "file" => SecretReferenceSource.File,
            "exec" => SecretReferenceSource.Exec,
            _ => null,
        };
        return source is { } s && !string.IsNullOrWhiteSpace(id) && !string.IsNullOrWhiteSpace(provider)
            ? new SecretReference(s, provider, id)
            : null;
    }

    /// <summary>Reads the inline form of an environment reference; any other text is an ordinary value.</summary>
    public static SecretReference? FromInline(string? text)
    {
        // Most keys are no references, and are told from them without starting the regular expressions.
        if (text is null || text.AsSpan().TrimStart() is not ['$', ..] and not ['s', 'e', ..] and not ['_', ..]) return null;
        Match match = InlineForm().Match(text.Trim());
        return match.Success
            ? new SecretReference(SecretReferenceSource.Env, DefaultProvider, match.Groups["name"].Value)
            : null;
    }

    /// <summary>How the reference is shown: <c>env:NAME</c>, or <c>file:alias:id</c> with an alias of its own.</summary>
    public override string ToString()
    {
        string source = Source.ToString().ToLowerInvariant();
        return Provider == DefaultProvider ? $"{source}:{Id}" : $"{source}:{Provider}:{Id}";
    }

    private static string? Text(JsonElement element, string name)
        => element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [GeneratedRegex(@"^(?:\$\{(?<name>[A-Z][A-Z0-9_]{0,127})\}|\$(?<name>[A-Z][A-Z0-9_]{0,127})|(?:secretref-env|__env__):(?<name>[A-Z][A-Z0-9_]{0,127}))$", RegexOptions.CultureInvariant)]
    private static partial Regex InlineForm();
}
