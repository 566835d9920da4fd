using System.Text.Json;
using KrabAuth.Storage;

namespace KrabAuth.Secrets;

/// <summary>A place that secret references name by its alias.</summary>
internal abstract record SecretProvider(SecretReferenceSource Source);

/// <summary>The environment, or the named part of it.</summary>
internal sealed record EnvSecretProvider(IReadOnlyList<string>? Allowlist) : SecretProvider(SecretReferenceSource.Env);

/// <summary>A file: a JSON object, or one secret.</summary>
internal sealed record FileSecretProvider(string Path) : SecretProvider(SecretReferenceSource.File)
{
    public bool IsSingleValue { get; init; }

    public bool AllowInsecurePath { get; init; }

    public TimeSpan Timeout { get; init; }

    public long LargestFile { get; init; }
}

/// <summary>A program that is asked for several secrets at once.</summary>
internal sealed record ExecSecretProvider(string Command) : SecretProvider(SecretReferenceSource.Exec)
{
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Variables that it gets with these values.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Variables that it gets from this process; no others.</summary>
    public IReadOnlyList<string> PassedVariables { get; init; } = [];

    /// <summary>Whether an answer that is not JSON is refused, rather than taken as the one secret that was asked for.</summary>
    public bool JsonOnly { get; init; }

    public bool AllowLink { get; init; }

    public bool AllowInsecurePath { get; init; }

    public IReadOnlyList<string> TrustedDirectories { get; init; } = [];

    public TimeSpan Timeout { get; init; }

    public TimeSpan SilenceTimeout { get; init; }

    public long LargestOutput { get; init; }
}

/// <summary>The section <c>secrets</c> of a product's configuration.</summary>
internal sealed record SecretsConfig
{
    private const long DefaultTimeout = 5000;
    private const long DefaultSize = 1024 * 1024;

    private readonly Dictionary<string, SecretProvider?> _providers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _defaults = new(StringComparer.Ordinal);

    private SecretsConfig()
    {
    }

    public static SecretsConfig Empty { get; } = new();

    /// <summary>How many providers are asked at the same time.</summary>
    public int MaxConcurrency { get; private init; } = 4;

    /// <summary>The largest number of secrets that one provider is asked for.</summary>
    public long MaxReferences { get; private init; } = 512;

    /// <summary>The largest request that a program gets, in bytes.</summary>
    public long MaxBatch { get; private init; } = 256 * 1024;

    public static SecretsConfig Read(JsonElement? secrets)
    {
        JsonElement? resolution = secrets.Object("resolution");
        var config = new SecretsConfig
        {
            MaxConcurrency = (int)Math.Min(Positive(resolution, "maxProviderConcurrency", 4), 64),
            MaxReferences = Positive(resolution, "maxRefsPerProvider", 512),
            MaxBatch = Positive(resolution, "maxBatchBytes", 256 * 1024),
        };
        foreach (JsonMember member in secrets.Object("providers").Members()) config._providers[member.Name] = ReadProvider(member.Value);
        foreach (JsonMember member in secrets.Object("defaults").Members())
        {
            if (member.Value.ValueKind == JsonValueKind.String && member.Value.GetString()!.Trim() is { Length: > 0 } alias) config._defaults[member.Name] = alias;
        }
        return config;
    }

    /// <summary>Whether a provider has this alias.</summary>
    public bool Has(string alias) => _providers.ContainsKey(alias);

    /// <summary>The files and programs, by alias.</summary>
    public IEnumerable<(string Alias, SecretReferenceSource Source)> Places()
        => _providers.Where(entry => entry.Value is FileSecretProvider or ExecSecretProvider).Select(entry => (entry.Key, entry.Value!.Source));

    /// <summary>The alias that a reference means.</summary>
    public string AliasOf(SecretReference reference)
        => reference.IsProviderImplied ? _defaults.GetValueOrDefault(reference.Source.ToString().ToLowerInvariant(), SecretReference.DefaultProvider) : reference.Provider;

    /// <summary>The provider that a reference means, or what keeps it from being found.</summary>
    public (SecretProvider? Provider, string? Problem) Find(SecretReference reference)
    {
        string alias = AliasOf(reference);
        string source = reference.Source.ToString().ToLowerInvariant();
        if (!_providers.TryGetValue(alias, out SecretProvider? provider))
        {
            // The environment is there without being configured.
            bool isPlain = reference.Source == SecretReferenceSource.Env && alias == _defaults.GetValueOrDefault("env", SecretReference.DefaultProvider);
            return isPlain ? (new EnvSecretProvider(null), null) : (null, $"secrets.providers has no \"{alias}\"");
        }
        if (provider is null) return (null, $"secrets.providers.{alias} is no provider of source env, file or exec with what that needs");
        return provider.Source == reference.Source ? (provider, null) : (null, $"secrets.providers.{alias} has source {provider.Source.ToString().ToLowerInvariant()}, not {source}");
    }

    private static SecretProvider? ReadProvider(JsonElement? value) => value.Text("source") switch
    {
        "env" => new EnvSecretProvider(value.Member("allowlist") is { ValueKind: JsonValueKind.Array } list ? list.Texts() : null),
        "file" when Visible(value, "path") is { } path && value.Text("mode") is null or "json" or "singleValue" => new FileSecretProvider(path)
        {
            IsSingleValue = value.Text("mode") == "singleValue",
            AllowInsecurePath = IsTrue(value, "allowInsecurePath"),
            Timeout = Milliseconds(value, "timeoutMs", DefaultTimeout),
            LargestFile = Positive(value, "maxBytes", DefaultSize),
        },
        "exec" when Visible(value, "command") is { } command => new ExecSecretProvider(command)
        {
            Arguments = Arguments(value.Member("args")),
            Environment = value.Object("env").Members().Where(member => member.Value.ValueKind == JsonValueKind.String).ToDictionary(member => member.Name, member => member.Value.GetString()!),
            PassedVariables = value.Texts("passEnv"),
            JsonOnly = value.Member("jsonOnly") is not { ValueKind: JsonValueKind.False },
            AllowLink = IsTrue(value, "allowSymlinkCommand"),
            AllowInsecurePath = IsTrue(value, "allowInsecurePath"),
            TrustedDirectories = value.Texts("trustedDirs"),
            Timeout = Milliseconds(value, "timeoutMs", DefaultTimeout),
            SilenceTimeout = Milliseconds(value, "noOutputTimeoutMs", Positive(value, "timeoutMs", DefaultTimeout)),
            LargestOutput = Positive(value, "maxOutputBytes", DefaultSize),
        },
        _ => null,
    };

    /// <summary>Arguments are passed on as they are, blanks and all.</summary>
    private static List<string> Arguments(JsonElement? array) => array is { ValueKind: JsonValueKind.Array } list
        ? [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)]
        : [];

    private static string? Visible(JsonElement? value, string name) => value.Text(name)?.Trim() is { Length: > 0 } text ? text : null;

    private static bool IsTrue(JsonElement? value, string name) => value.Member(name) is { ValueKind: JsonValueKind.True };

    private static long Positive(JsonElement? value, string name, long otherwise) => value.Number(name) is { } number and > 0 ? number : otherwise;

    private static TimeSpan Milliseconds(JsonElement? value, string name, long otherwise)
        => TimeSpan.FromMilliseconds(Math.Min(Positive(value, name, otherwise), int.MaxValue - 1));
}
