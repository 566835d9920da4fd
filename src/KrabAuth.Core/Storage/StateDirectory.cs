using KrabAuth.Host;

namespace KrabAuth.Storage;

/// <summary>Where a product keeps everything: resolved once, from an explicit path, the environment, or the home directory.</summary>
public sealed class StateDirectory
{
    private readonly IHostEnvironment _host;

    private StateDirectory(ProductLayout layout, string path, IHostEnvironment host)
    {
        Layout = layout;
        Root = path;
        _host = host;
    }

    /// <summary>The product's names.</summary>
    public ProductLayout Layout { get; }

    /// <summary>The directory, absolute. It need not exist.</summary>
    public string Root { get; }

    /// <summary>Where the configuration is, or would be.</summary>
    public string ConfigPath
    {
        get
        {
            if (Variable("CONFIG_PATH") is { } configured) return UserPath(configured);
            return Layout.ConfigFileNames.Select(name => Path.Combine(Root, name)).FirstOrDefault(File.Exists)
                ?? Path.Combine(Root, Layout.ConfigFileNames[0]);
        }
    }

    /// <summary>The directory of the legacy <c>oauth.json</c>.</summary>
    public string OAuthDirectory => Variable("OAUTH_DIR") is { } configured ? UserPath(configured) : Path.Combine(Root, "credentials");

    /// <summary>The directory that <c>…_AGENT_DIR</c> or <c>PI_CODING_AGENT_DIR</c> puts in place of the default agent's, or <see langword="null"/>.</summary>
    public string? AgentDirectoryOverride
        => (Variable("AGENT_DIR") ?? HomeDirectory.Clean(_host.GetVariable("PI_CODING_AGENT_DIR"))) is { } configured ? UserPath(configured) : null;

    /// <summary>The name of the variable that forbids writing, if it is set.</summary>
    public string? ReadOnlyVariable
        => Layout.VariablePrefixes.Select(prefix => prefix + "_AUTH_STORE_READONLY").FirstOrDefault(name => HomeDirectory.Clean(_host.GetVariable(name)) == "1");

    /// <summary>The name of the variable that says that the configuration is managed elsewhere and not to be written, if it is set.</summary>
    internal string? ManagedVariable
        => Layout.VariablePrefixes.Select(prefix => prefix + "_NIX_MODE").FirstOrDefault(name => HomeDirectory.Clean(_host.GetVariable(name)) == "1");

    /// <summary>Finds the state directory of a product.</summary>
    /// <param name="product">The product.</param>
    /// <param name="explicitPath">A path that the user gave, or <see langword="null"/>.</param>
    /// <param name="host">The environment.</param>
    public static StateDirectory Find(Product product, string? explicitPath, IHostEnvironment host)
    {
        ProductLayout layout = ProductLayout.Of(product);
        if (HomeDirectory.Clean(explicitPath) is { } given) return new StateDirectory(layout, HomeDirectory.ResolveUserPath(given, host, layout), host);
        if (Variable(host, layout, "STATE_DIR") is { } configured) return new StateDirectory(layout, HomeDirectory.ResolveUserPath(configured, host, layout), host);
        string home = HomeDirectory.Find(host, layout) ?? HomeDirectory.Current(host);
        string current = Path.Combine(home, layout.DirectoryName);
        string path = Directory.Exists(current)
            ? current
            : layout.LegacyDirectoryNames.Select(name => Path.Combine(home, name)).FirstOrDefault(Directory.Exists) ?? current;
        return new StateDirectory(layout, path, host);
    }

    /// <summary>A path from the configuration: <c>~</c> expanded, made absolute.</summary>
    internal string UserPath(string path) => HomeDirectory.ResolveUserPath(path, _host, Layout);

    private string? Variable(string suffix) => Variable(_host, Layout, suffix);

    private static string? Variable(IHostEnvironment host, ProductLayout layout, string suffix)
        => layout.VariablePrefixes.Select(prefix => HomeDirectory.Clean(host.GetVariable($"{prefix}_{suffix}"))).FirstOrDefault(value => value is not null);
}
