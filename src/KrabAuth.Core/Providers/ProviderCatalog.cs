using System.Text.Json;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Providers;

/// <summary>The providers that KrabAuth knows, read from data.</summary>
public sealed class ProviderCatalog
{
    private static readonly Lazy<ProviderCatalog> Embedded = new(LoadEmbedded);

    private static readonly IReadOnlyDictionary<string, string> Bearer = new Dictionary<string, string> { ["Authorization"] = "Bearer {secret}" };

    private readonly Dictionary<string, ProviderDefinition> _byId;
    private readonly Dictionary<string, ProviderDefinition> _variants;

    private ProviderCatalog(IReadOnlyList<ProviderDefinition> providers)
    {
        Providers = providers;
        _byId = providers.ToDictionary(provider => provider.Id, StringComparer.Ordinal);
        _variants = providers.SelectMany(provider => provider.Variants).ToDictionary(variant => variant.Id, StringComparer.Ordinal);
        var aliases = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ProviderDefinition provider in providers)
        {
            foreach (string alias in provider.Aliases) aliases.Add(alias, provider.Id);
        }
        Aliases = aliases;
    }

    /// <summary>The catalog that ships with KrabAuth.</summary>
    public static ProviderCatalog BuiltIn => Embedded.Value;

    /// <summary>All providers, in the catalog's order: the most used first.</summary>
    public IReadOnlyList<ProviderDefinition> Providers { get; }

    /// <summary>Alias to provider id.</summary>
    internal IReadOnlyDictionary<string, string> Aliases { get; }

    /// <summary>Finds a provider by id or alias, in any case.</summary>
    public ProviderDefinition? Find(string? provider)
        => _variants.GetValueOrDefault(Routing.ProviderId.Normalize(provider)) ?? _byId.GetValueOrDefault(Routing.ProviderId.Canonical(provider));

    /// <summary>The HTTP headers for a credential, with <c>{secret}</c> and <c>{accountId}</c> where the values go.</summary>
    internal static IReadOnlyDictionary<string, string> HeaderTemplate(ProviderDefinition? provider, CredentialType type)
        => provider?.Headers.GetValueOrDefault(HeaderKey(type)) ?? Bearer;

    private static ProviderCatalog LoadEmbedded()
    {
        using Stream stream = typeof(ProviderCatalog).Assembly.GetManifestResourceStream("catalog.json")!;
        byte[] text = new byte[stream.Length];
        stream.ReadExactly(text);
        JsonElement? root = JsonElement.Parse(text);
        return new ProviderCatalog([.. root.Objects("providers").Select(static member => ProviderReader.Read(member.Value, isOurs: true))]);
    }

    /// <summary>How the catalog calls a kind of credential.</summary>
    private static string HeaderKey(CredentialType type) => type switch
    {
        CredentialType.ApiKey => "apiKey",
        CredentialType.Token => "token",
        _ => "oauth",
    };
}
