using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Providers;

/// <summary>A variable, and the place that has it.</summary>
internal sealed record FoundVariable(string Value, CredentialSource Source);

/// <summary>A key that stands in a variable.</summary>
internal sealed record FoundKey(Secret Value, CredentialSource Source);

/// <summary>
/// The variables that keys and references may stand in. The process comes first, then the <c>.env</c> of the current
/// directory, that of the state directory, and <c>env</c> of the configuration; what an earlier place has, even empty, a later
/// one never replaces. The login shell is asked by itself, and only where a credential is about to be used.
/// </summary>
internal sealed class KeyEnvironment
{
    private static readonly string[] UntrustedPrefixes = ["ANTHROPIC_API_KEY_", "OPENAI_API_KEY_", "OPENCLAW_", "CLAWHUB_", "KRABKRAB_", "KRABAUTH_", "CLAWDBOT_", "MOLTBOT_", "LD_", "DYLD_"];
    private static readonly string[] UntrustedEndings = ["_API_HOST", "_BASE_URL", "_HOMESERVER", "_PROXY"];
    private static readonly HashSet<string> UntrustedNames = new(StringComparer.OrdinalIgnoreCase) { "PATH", "HOME", "SHELL", "NODE_OPTIONS", "NODE_TLS_REJECT_UNAUTHORIZED", "PI_CODING_AGENT_DIR", "NO_PROXY" };

    private readonly AuthWorkspace _workspace;
    private readonly Lazy<IReadOnlyDictionary<string, string>> _current;
    private readonly Lazy<IReadOnlyDictionary<string, string>> _state;
    private readonly Lazy<IReadOnlyDictionary<string, string>> _gateway;
    private Task<IReadOnlyDictionary<string, string>>? _shell;

    public KeyEnvironment(AuthWorkspace workspace)
    {
        _workspace = workspace;
        _current = new(() => CurrentPath is { } path ? Read(path) : new Dictionary<string, string>());
        _state = new(() => Read(StatePath));
        _gateway = new(() => GatewayPath is { } path ? Read(path) : new Dictionary<string, string>());
    }

    /// <summary>Whether the login shell is asked at all.</summary>
    public bool ShellEnabled
    {
        get
        {
            string? asked = Prefixed("_LOAD_SHELL_ENV");
            return asked is null ? _workspace.Config.Selection.ShellEnabled : asked.ToLowerInvariant() is "1" or "true" or "yes" or "on" || _workspace.Config.Selection.ShellEnabled;
        }
    }

    private string? CurrentPath => _workspace.Options.Host.CurrentDirectory is { } directory ? Path.Combine(directory, ".env") : null;

    private string StatePath => Path.Combine(_workspace.State.Root, ".env");

    /// <summary>The file of a gateway that runs as a service; it goes with the usual state directory alone.</summary>
    private string? GatewayPath
    {
        get
        {
            if (_workspace.Product != Product.OpenClaw || HomeDirectory.Find(_workspace.Options.Host, _workspace.State.Layout) is not { } home) return null;
            return _workspace.State.Root == Path.Combine(home, ".openclaw") ? Path.Combine(home, ".config", "openclaw", "gateway.env") : null;
        }
    }

    /// <summary>A variable, from the first place that has it. Starts no program.</summary>
    public FoundVariable? Find(string name)
    {
        if (FindOutsideConfig(name) is { } found) return found;
        return _workspace.Config.Selection.Variables.TryGetValue(name, out string? configured)
            ? new(configured, new(CredentialSourceKind.ConfigEnvironment, name, _workspace.State.ConfigPath))
            : null;
    }

    /// <summary>A variable that the configuration may refer to, for it is read with it.</summary>
    public FoundVariable? FindOutsideConfig(string name)
    {
        if (_workspace.Options.Host.GetVariable(name) is { } own) return new(own, new(CredentialSourceKind.Environment, name));
        if (IsTrustedFromAnywhere(name) && _current.Value.TryGetValue(name, out string? current)) return new(current, new(CredentialSourceKind.DotEnv, name, CurrentPath));
        if (_state.Value.TryGetValue(name, out string? state)) return new(state, new(CredentialSourceKind.DotEnv, name, StatePath));
        return _gateway.Value.TryGetValue(name, out string? gateway) ? new(gateway, new(CredentialSourceKind.DotEnv, name, GatewayPath)) : null;
    }

    /// <summary>The first of a provider's variables that holds a key. Starts no program.</summary>
    public FoundKey? FindKey(string provider) => FindKeys(provider).FirstOrDefault();

    /// <summary>Each of a provider's variables that holds a key, in the order in which they are tried. Starts no program.</summary>
    public IEnumerable<FoundKey> FindKeys(string provider) => VariablesOf(provider).Select(name => ToKey(Find(name))).OfType<FoundKey>();

    /// <summary>The first of a provider's variables that holds a key in the login shell, where it may be asked. It is asked once.</summary>
    public async Task<FoundKey?> FindKeyInShellAsync(string provider, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = VariablesOf(provider);
        if (!ShellEnabled || names.Count == 0) return null;
        _shell ??= AskShellAsync(cancellationToken);
        IReadOnlyDictionary<string, string> variables = await _shell.ConfigureAwait(false);
        return names.Where(name => Find(name) is null)
            .Select(name => ToKey(variables.TryGetValue(name, out string? value) ? new(value, new(CredentialSourceKind.Shell, name)) : null))
            .FirstOrDefault(key => key is not null);
    }

    private async Task<IReadOnlyDictionary<string, string>> AskShellAsync(CancellationToken cancellationToken)
    {
        TimeSpan timeout = long.TryParse(Prefixed("_SHELL_ENV_TIMEOUT_MS"), out long given) ? Agents.SelectionConfig.Milliseconds(given) : _workspace.Config.Selection.ShellTimeout;
        _workspace.Log.Verbose("Asking the login shell for its variables.");
        try
        {
            return await _workspace.Options.Shell.ReadAsync(_workspace.Options.Host, timeout, _workspace.Log, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // One that was stopped has said nothing: the next to ask starts it again.
            _shell = null;
            throw;
        }
    }

    private IReadOnlyList<string> VariablesOf(string provider)
    {
        try
        {
            return _workspace.Registry.Find(provider)?.EnvironmentVariables ?? [];
        }
        catch (KrabAuthException e) when (e.ErrorId is "ProviderDefinitionInvalid" or "UnsafePath")
        {
            // A definition that cannot be read names no variables; the profiles of the provider, and the other providers, are as they were.
            _workspace.Log.Warning(e.Message);
            return [];
        }
    }

    private static FoundKey? ToKey(FoundVariable? variable)
    {
        if (variable is null) return null;
        string value = SecretText.Normalize(variable.Value);
        return value.Length > 0 && !SecretMarker.IsMarker(value) ? new(Secret.Of(value), variable.Source) : null;
    }

    private string? Prefixed(string suffix) => _workspace.State.Layout.VariablePrefixes.Select(prefix => HomeDirectory.Clean(_workspace.Options.Host.GetVariable(prefix + suffix))).FirstOrDefault(value => value is not null);

    /// <summary>
    /// Whatever directory a person happens to stand in may be a stranger's: its file neither gives a key nor bends where keys are sent.
    /// </summary>
    private static bool IsTrustedFromAnywhere(string name)
        => !SecretMarker.IsKeyVariable(name)
            && !UntrustedNames.Contains(name)
            && !UntrustedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            && !UntrustedEndings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private IReadOnlyDictionary<string, string> Read(string path)
    {
        try
        {
            return DotEnvFile.Read(path);
        }
        catch (KrabAuthException e) when (e.ErrorId == "StoreUnreadable")
        {
            // One of several places: the others may have what is looked for.
            _workspace.Log.Warning($"{path} is not used: {e.Message}");
            return new Dictionary<string, string>();
        }
    }
}
