using System.Text.Json;
using KrabAuth.Host;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Providers;

/// <summary>The providers that KrabAuth knows, read from data.</summary>
public sealed class ProviderCatalog
{
    private static readonly Lazy<ProviderCatalog> Embedded = new(LoadEmbedded);

    private static readonly IReadOnlyDictionary<string, string> Bearer = new Dictionary<string, string> { ["Authorization"] = "Bearer {secret}" };

    private readonly Dictionary<string, ProviderDefinition> _byId;

    private ProviderCatalog(IReadOnlyList<ProviderDefinition> providers)
    {
        Providers = providers;
        _byId = providers.ToDictionary(provider => provider.Id, StringComparer.Ordinal);
        Aliases = providers.SelectMany(provider => provider.Aliases, (provider, alias) => KeyValuePair.Create(alias, provider.Id))
            .ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>The catalog that ships with KrabAuth.</summary>
    public static ProviderCatalog BuiltIn => Embedded.Value;

    /// <summary>All providers, in the catalog's order: the most used first.</summary>
    public IReadOnlyList<ProviderDefinition> Providers { get; }

    /// <summary>Alias to provider id.</summary>
    internal IReadOnlyDictionary<string, string> Aliases { get; }

    /// <summary>Finds a provider by id or alias, in any case.</summary>
    public ProviderDefinition? Find(string? provider) => _byId.GetValueOrDefault(Routing.ProviderId.Canonical(provider));

    /// <summary>The first of a provider's environment variables that is set and not blank, with its value cleaned.</summary>
    internal (string Variable, Secrets.Secret Value)? FindEnvironmentKey(string provider, IHostEnvironment host)
    {
        foreach (string variable in Find(provider)?.EnvironmentVariables ?? [])
        {
            string value = Secrets.SecretText.Normalize(host.GetVariable(variable));
            if (value.Length > 0) return (variable, Secrets.Secret.Of(value));
        }
        return null;
    }

    /// <summary>The HTTP headers for a credential, with <c>{secret}</c> and <c>{accountId}</c> where the values go.</summary>
    internal IReadOnlyDictionary<string, string> HeaderTemplate(string provider, CredentialType type)
        => Find(provider)?.Headers.GetValueOrDefault(type) ?? Bearer;

    private static ProviderCatalog LoadEmbedded()
    {
        using Stream stream = typeof(ProviderCatalog).Assembly.GetManifestResourceStream("catalog.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return new ProviderCatalog([.. document.RootElement.GetProperty("providers").EnumerateArray().Select(Read)]);
    }

    private static ProviderDefinition Read(JsonElement element)
    {
        JsonElement? provider = element;
        return new ProviderDefinition
        {
            Id = element.GetProperty("id").GetString()!,
            Label = element.GetProperty("label").GetString()!,
            Aliases = [.. provider.Items("aliases").Texts()],
            Methods = [.. provider.Items("methods").Texts().Select(Method)],
            EnvironmentVariables = [.. provider.Items("environment").Texts()],
            SetupToken = provider.Object("setupToken") is { } rule
                ? new SetupTokenRule(rule.GetProperty("prefix").GetString()!, rule.GetProperty("minimumLength").GetInt32(), rule.GetProperty("hint").GetString()!)
                : null,
            Headers = provider.Object("headers").Members().ToDictionary(
                member => HeaderType(member.Name),
                member => (IReadOnlyDictionary<string, string>)member.Value.EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString()!)),
        };
    }

    private static SignInMethod Method(string name) => name switch
    {
        "apiKey" => SignInMethod.ApiKey,
        "token" => SignInMethod.Token,
        "setupToken" => SignInMethod.SetupToken,
        "oauth" => SignInMethod.OAuth,
        _ => throw new InvalidOperationException($"The catalog names an unknown method: {name}"),
    };

    private static CredentialType HeaderType(string name) => name switch
    {
        "apiKey" => CredentialType.ApiKey,
        "token" => CredentialType.Token,
        "oauth" => CredentialType.OAuth,
        _ => throw new InvalidOperationException($"The catalog has headers for an unknown kind: {name}"),
    };
}
