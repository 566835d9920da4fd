using System.Diagnostics.CodeAnalysis;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Host;
using KrabAuth.Providers;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth;

/// <summary>One product's state directory, opened: the way into Core for every front end.</summary>
public sealed class AuthWorkspace
{
    private readonly ConfigFile _configFile;
    private Lazy<AuthConfig> _config;
    private Lazy<AgentDirectory> _agents;

    /// <summary>Opens a state directory. Nothing is read yet.</summary>
    /// <exception cref="KrabAuthException"><c>UnknownProduct</c>.</exception>
    public AuthWorkspace(WorkspaceOptions options)
    {
        Options = options;
        Product = options.Product ?? ProductOfEnvironment(options.Host);
        State = StateDirectory.Find(Product, options.StateDirectory, options.Host);
        Environment = new KeyEnvironment(this);
        _configFile = new ConfigFile(State, options, name => Environment.FindOutsideConfig(name)?.Value);
        ForgetConfig();
    }

    /// <summary>The product whose files these are.</summary>
    public Product Product { get; }

    /// <summary>Where they are.</summary>
    public StateDirectory State { get; }

    /// <summary>The product's configuration, read at first use.</summary>
    public AuthConfig Config => _config.Value;

    /// <summary>The agents that exist, main first.</summary>
    public IReadOnlyList<string> AgentIds => _agents.Value.KnownIds();

    /// <summary>Agents: list, make, remove.</summary>
    public AgentManager Agents => new(this);

    /// <summary>What is wrong here, and how it is mended.</summary>
    public AuthDoctor Doctor => new(this);

    /// <summary>What has a name here, for completion.</summary>
    public NamedValues Names => new(this);

    internal AgentDirectory Directory => _agents.Value;

    /// <summary>The other products that keep a state directory for this user: where to look when there is nothing here.</summary>
    public IReadOnlyList<Product> OtherProducts
    {
        get
        {
            var roots = new HashSet<string>(StringComparer.Ordinal) { State.Root };
            var others = new List<Product>();
            foreach (Product product in Enum.GetValues<Product>())
            {
                string root = StateDirectory.Find(product, null, Options.Host).Root;
                if (System.IO.Directory.Exists(root) && roots.Add(root)) others.Add(product);
            }
            return others;
        }
    }

    internal WorkspaceOptions Options { get; }

    internal ProviderCatalog Catalog { get; } = ProviderCatalog.BuiltIn;

    /// <summary>The catalog with the user's own definitions.</summary>
    public ProviderRegistry Registry => new(State, Catalog);

    /// <summary>Fetches what secret references point to.</summary>
    internal SecretResolver References => new(this);

    /// <summary>
    /// Where a secret can be kept, as the beginning of a reference: the catalog's variables that are set, the files and programs of the
    /// configuration, vaults. None of them is looked into.
    /// </summary>
    /// <exception cref="KrabAuthException"><c>ConfigCorrupt</c>, <c>StoreUnreadable</c>.</exception>
    public IEnumerable<(string Text, string Description)> SecretPlaces()
    {
        foreach (string variable in Catalog.Providers.SelectMany(provider => provider.EnvironmentVariables).Distinct().Where(name => !string.IsNullOrWhiteSpace(Environment.Find(name)?.Value)))
        {
            yield return ($"env:{variable}", "An environment variable that is set");
        }
        foreach ((string alias, SecretReferenceSource source) in Config.Secrets.Places()) yield return ($"{source.ToString().ToLowerInvariant()}:{alias}:", $"secrets.providers.{alias}");
        yield return ("vault:", "A SecretManagement vault: vault:<name>/<secret>");
    }

    /// <summary>What the configuration says of profiles.</summary>
    internal ProfileDescriptions Descriptions => new(this);

    /// <summary>The caches of credentials that gateways keep beside the stores.</summary>
    internal RuntimeCache Cache => new(this);

    /// <summary>The next steps that errors and reports name.</summary>
    internal Remedies Remedies => new(Registry);

    /// <summary>Where keys stand beside the profiles.</summary>
    internal KeyEnvironment Environment { get; }

    internal IAuthLog Log => Options.Log;

    internal DateTimeOffset Now => Options.Clock.GetUtcNow();

    internal long NowMilliseconds => Now.ToUnixTimeMilliseconds();

    /// <summary>The configuration as it is written, in all its files; null where there is none.</summary>
    internal ConfigTree? ReadConfigTree() => _configFile.Tree();

    /// <summary>Changes the configuration, and reads it again.</summary>
    internal async Task ChangeConfigAsync(Action<ConfigEditor> change, CancellationToken cancellationToken)
    {
        if (!await _configFile.ChangeAsync(change, cancellationToken).ConfigureAwait(false)) return;
        ForgetConfig();
        // What the configuration says of accounts and their order decides which one is chosen.
        await Cache.FollowAsync(null, []).ConfigureAwait(false);
    }

    /// <summary>Moves a setting of KrabAuth alone out of the configuration, and reads it again.</summary>
    internal async Task MoveOwnSettingAsync(string name, CancellationToken cancellationToken)
    {
        if (await _configFile.MoveOwnSettingAsync(name, cancellationToken).ConfigureAwait(false)) ForgetConfig();
    }

    /// <summary>Opens an agent; without an id, the default one.</summary>
    /// <exception cref="KrabAuthException"><c>AgentNotFound</c>, or the configuration cannot be read.</exception>
    public AuthAgent OpenAgent(string? id = null) => new(this, _agents.Value.Find(id), id is not null);

    /// <summary>Has the configuration read anew at its next use.</summary>
    [MemberNotNull(nameof(_config), nameof(_agents))]
    internal void ForgetConfig()
    {
        _config = new(_configFile.Load);
        _agents = new(() => new AgentDirectory(State, Config));
    }

    private static Product ProductOfEnvironment(IHostEnvironment host)
        => HomeDirectory.Clean(host.GetVariable(ProductLayout.ProductVariable)) is { } name ? ProductLayout.Parse(name) : Product.KrabKrab;
}
