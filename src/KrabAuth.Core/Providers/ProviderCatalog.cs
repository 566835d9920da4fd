using System.Text.Json;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Providers;

/// <summary>The providers that KrabAuth knows, read from data.</summary>
public sealed class ProviderCatalog
{
    private static readonly Lazy<ProviderCatalog> Embedded = new(LoadEmbedded);

    private static readonly IReadOnlyDictionary<string, string> Bearer = new Dictionary<string, string> { ["Authorization"] = "Bearer {secret}" };

    private readonly Lazy<Definitions> _definitions;
    private readonly HashSet<string> _keyVariables = new(StringComparer.Ordinal);

    private ProviderCatalog(IReadOnlyList<JsonMember> entries)
    {
        _definitions = new Lazy<Definitions>(() => new Definitions(entries));
        var aliases = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonMember entry in entries)
        {
            string id = entry.Value.Text("id")!;
            foreach (string alias in ((JsonElement?)entry.Value).Texts("aliases")) aliases.Add(alias, id);
            foreach (string variable in ((JsonElement?)entry.Value).Texts("environment")) _keyVariables.Add(variable);
        }
        Aliases = aliases;
    }

    /// <summary>The catalog that ships with KrabAuth.</summary>
    public static ProviderCatalog BuiltIn => Embedded.Value;

    /// <summary>All providers, in the catalog's order: the most used first.</summary>
    public IReadOnlyList<ProviderDefinition> Providers => _definitions.Value.Providers;

    /// <summary>Alias to provider id. With the variables all that most calls need: the rest is read when it is asked for.</summary>
    internal IReadOnlyDictionary<string, string> Aliases { get; }

    /// <summary>Whether a variable is known to hold a key of some provider.</summary>
    internal bool IsKeyVariable(string name) => _keyVariables.Contains(name);

    /// <summary>Finds a provider by id or alias, in any case.</summary>
    public ProviderDefinition? Find(string? provider)
        => _definitions.Value.Variants.GetValueOrDefault(Routing.ProviderId.Normalize(provider)) ?? _definitions.Value.ById.GetValueOrDefault(Routing.ProviderId.Canonical(provider));

    /// <summary>The HTTP headers for a credential, with <c>{secret}</c> and <c>{accountId}</c> where the values go.</summary>
    internal static IReadOnlyDictionary<string, string> HeaderTemplate(ProviderDefinition? provider, CredentialType type)
        => provider?.Headers.GetValueOrDefault(HeaderKey(type)) ?? Bearer;

    private static ProviderCatalog LoadEmbedded()
    {
        using Stream stream = typeof(ProviderCatalog).Assembly.GetManifestResourceStream("catalog.json")!;
        byte[] text = new byte[stream.Length];
        stream.ReadExactly(text);
        JsonElement? root = JsonElement.Parse(text);
        return new ProviderCatalog(root.Objects("providers"));
    }

    /// <summary>How the catalog calls a kind of credential.</summary>
    private static string HeaderKey(CredentialType type) => type switch
    {
        CredentialType.ApiKey => "apiKey",
        CredentialType.Token => "token",
        _ => "oauth",
    };

    /// <summary>What the entries say.</summary>
    private sealed class Definitions
    {
        public Definitions(IEnumerable<JsonMember> entries)
        {
            Providers = [.. entries.Select(static entry => ProviderReader.Read(entry.Value, isOurs: true))];
            ById = Providers.ToDictionary(static provider => provider.Id, StringComparer.Ordinal);
            Variants = Providers.SelectMany(static provider => provider.Variants).ToDictionary(static variant => variant.Id, StringComparer.Ordinal);
        }

        public List<ProviderDefinition> Providers { get; }

        public Dictionary<string, ProviderDefinition> ById { get; }

        public Dictionary<string, ProviderDefinition> Variants { get; }
    }
}
