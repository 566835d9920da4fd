using System.Text.Json;
using KrabAuth.Diagnostics;
using KrabAuth.Host;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Agents;

/// <summary>A profile as the configuration describes it: metadata and routing, never a secret.</summary>
/// <param name="Id">The profile id.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Mode"><c>api_key</c>, <c>oauth</c>, <c>token</c> or <c>aws-sdk</c>.</param>
/// <param name="Email">The account's e-mail, if given.</param>
/// <param name="DisplayName">A name for people, if given.</param>
public sealed record ConfiguredProfile(string Id, string Provider, string Mode, string? Email, string? DisplayName);

/// <summary>An entry of <c>agents.list</c>.</summary>
internal sealed record ConfiguredAgent(string Id, string? Directory, bool IsDefault, ModelChoice? Model, string? Name, string? Workspace);

/// <summary>A chat channel of the configuration.</summary>
/// <param name="Id">Its id, such as <c>telegram</c>.</param>
/// <param name="Accounts">The ids of its accounts; <c>default</c> where none is named.</param>
public sealed record ChatChannel(string Id, IReadOnlyList<string> Accounts);

/// <summary>A model with what stands in for it: <c>{primary, fallbacks}</c>, or a text for the first alone.</summary>
internal sealed record ModelChoice(string? Primary, IReadOnlyList<string> Fallbacks);

/// <summary>An entry of <c>models.providers</c>, as far as authentication goes.</summary>
internal sealed record ConfiguredProvider(string Id, Secret? ApiKey, SecretReference? ApiKeyReference, string? Auth)
{
    /// <summary>Whether it names a key, or where one is kept.</summary>
    public bool HasApiKey => ApiKey is not null || ApiKeyReference is not null;

    /// <summary>The key as it may be shown, or where it is kept.</summary>
    public string? ApiKeyMask => ApiKeyReference?.ToString() ?? ApiKey?.ToString();

    /// <summary>The address that the gateways use instead of the provider's own.</summary>
    public string? BaseUrl { get; init; }
}

/// <summary>What KrabAuth reads of a product's configuration file. JSON5; a missing file is an empty configuration.</summary>
public sealed class AuthConfig
{
    /// <summary>The profile of Claude Code's own sign-in.</summary>
    internal const string ClaudeCliProfile = "anthropic:claude-cli";

    private static readonly AuthConfig Empty = new();

    private readonly Lazy<Dictionary<string, ConfiguredProfile>> _profilesById;

    private AuthConfig() => _profilesById = new(() => Profiles.ToDictionary(profile => profile.Id, StringComparer.Ordinal));

    /// <summary><c>auth.profiles</c>, in the order of the file.</summary>
    public IReadOnlyList<ConfiguredProfile> Profiles { get; private init; } = [];

    /// <summary><c>auth.order</c>: provider to profile ids.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Order { get; private init; } = new Dictionary<string, IReadOnlyList<string>>();

    internal IReadOnlyList<ConfiguredAgent> Agents { get; private init; } = [];

    internal ModelChoice DefaultModel { get; private init; } = new(null, []);

    internal ModelChoice ImageModel { get; private init; } = new(null, []);

    /// <summary><c>agents.defaults.models</c>: model reference to alias, or null where it has none.</summary>
    internal IReadOnlyDictionary<string, string?> Models { get; private init; } = new Dictionary<string, string?>();

    internal IReadOnlyList<ConfiguredProvider> Providers { get; private init; } = [];

    /// <summary>
    /// <c>auth.externalCli</c>: the programs whose sign-ins are taken over without being asked for. Null for all
    /// (<c>"sync"</c>, or nothing said), empty for none (<c>"off"</c>), else their names.
    /// </summary>
    internal IReadOnlyList<string>? ExternalTools { get; private init; }

    internal SelectionConfig Selection { get; private init; } = new();

    /// <summary><c>auth.cooldowns</c>: how long profiles wait.</summary>
    internal Routing.CooldownSettings Cooldowns { get; private init; } = Routing.CooldownSettings.Default;

    /// <summary><c>secrets</c>: where secret references lead.</summary>
    internal SecretsConfig Secrets { get; private init; } = SecretsConfig.Empty;

    /// <summary>The profile's description, if it has one.</summary>
    public ConfiguredProfile? Profile(string id) => _profilesById.Value.GetValueOrDefault(id);

    /// <summary>Whether <c>auth.runtimeCache</c> asks for the cache that gateways read, or forbids it; null if nothing is said.</summary>
    internal bool? RuntimeCache { get; private init; }

    /// <summary><c>agents.defaults.workspace</c>.</summary>
    internal string? DefaultWorkspace { get; private init; }

    /// <summary>How many of <c>bindings</c> route to an agent, by its id.</summary>
    internal IReadOnlyDictionary<string, int> Bindings { get; private init; } = new Dictionary<string, int>();

    /// <summary><c>channels</c>: the accounts of each.</summary>
    internal IReadOnlyList<ChatChannel> Channels { get; private init; } = [];

    /// <summary>Reads a configuration: its file, those that it includes, and the variables in it.</summary>
    /// <param name="path">Its main file.</param>
    /// <param name="variable">The environment: the value of a variable, or null.</param>
    /// <param name="log">Where doubtful settings are told.</param>
    /// <param name="ownPath">A file with KrabAuth's own settings, which wins: see <see cref="OwnSettings"/>.</param>
    /// <exception cref="KrabAuthException"><c>ConfigCorrupt</c>, <c>ConfigVariableMissing</c> or <c>StoreUnreadable</c>.</exception>
    public static AuthConfig Load(string path, Func<string, string?> variable, IAuthLog log, string? ownPath = null) => Load(path, variable, log, ownPath, FileGuard.ReadAll);

    /// <summary>Reads a configuration from files that are not on the disk.</summary>
    internal static AuthConfig Load(string path, Func<string, string?> variable, IAuthLog log, string? ownPath, Func<string, byte[]?> read)
    {
        ConfigTree? tree = ConfigTree.Load(path, variable, read);
        using JsonDocument? document = tree?.ToDocument();
        if (tree is not null) ConfigCheck.Check(tree, log);
        using JsonDocument? own = ownPath is null ? null : OwnSettings.Load(ownPath, variable, log);
        if (document is null && own is null) return Empty;
        return Read(document?.RootElement ?? default, new OwnSettings(own?.RootElement, document?.RootElement.Object("auth")), tree?.Variables.Own ?? new Dictionary<string, string>(), log);
    }

    private static AuthConfig Read(JsonElement root, OwnSettings settings, IReadOnlyDictionary<string, string> variables, IAuthLog log)
    {
        JsonElement? auth = root.Object("auth");
        JsonElement? defaults = root.Object("agents").Object("defaults");
        return new AuthConfig
        {
            Profiles = [.. auth.Object("profiles").Members().Where(member => member.Value.ValueKind == JsonValueKind.Object).Select(ReadProfile)],
            Order = auth.Object("order").Members()
                .Where(member => member.Value.ValueKind == JsonValueKind.Array)
                .ToDictionary(member => member.Name, member => member.Value.Texts()),
            ExternalTools = ReadExternalTools(settings.Find("externalCli")),
            Agents = [.. root.Object("agents").Objects("list").Where(item => item.Value.Text("id") is not null).Select(ReadAgent)],
            DefaultModel = ReadModel(defaults.Member("model")),
            ImageModel = ReadModel(defaults.Member("imageModel")),
            Models = defaults.Object("models").Members().ToDictionary(member => member.Name, member => ((JsonElement?)member.Value).Text("alias")),
            Providers = [.. root.Object("models").Object("providers").Members().Select(ReadProvider)],
            Secrets = SecretsConfig.Read(root.Object("secrets")),
            RuntimeCache = settings.Find("runtimeCache") switch
            {
                { ValueKind: JsonValueKind.True } => true,
                { ValueKind: JsonValueKind.False } => false,
                _ => null,
            },
            DefaultWorkspace = defaults.Text("workspace"),
            Bindings = ((JsonElement?)root).Objects("bindings").GroupBy(item => AgentId.Normalize(item.Value.Text("agentId"))).ToDictionary(group => group.Key, group => group.Count()),
            Channels = [.. root.Object("channels").Members().Where(member => member.Name != "defaults" && member.Value.ValueKind == JsonValueKind.Object).Select(ReadChannel)],
            Cooldowns = Routing.CooldownSettings.Read(auth.Object("cooldowns"), settings.Find("backoffMinutes")),
            Selection = SelectionConfig.Read(root, settings, variables, log),
        };
    }

    private static IReadOnlyList<string>? ReadExternalTools(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.True or JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } text when text.GetString()!.Trim() is { Length: > 0 } word => word switch
        {
            "sync" => null,
            "off" => [],
            _ => [word],
        },
        // What is none of these allows nothing: who wrote it wanted less than everything.
        { } list => list.Texts(),
    };

    private static ConfiguredProfile ReadProfile(JsonMember member)
    {
        JsonElement? value = member.Value;
        string mode = value.Text("mode") ?? string.Empty;
        // What older versions wrote for a sign-in of Claude Code; the next change of the configuration corrects it.
        if (mode == "token" && member.Name == ClaudeCliProfile) mode = "oauth";
        return new ConfiguredProfile(member.Name, value.Text("provider") ?? string.Empty, mode, value.Text("email"), value.Text("displayName"));
    }

    private static ChatChannel ReadChannel(JsonMember member)
    {
        List<string> accounts = [.. member.Value.Object("accounts").Members().Select(account => account.Name).Order(StringComparer.Ordinal)];
        return new ChatChannel(member.Name, accounts.Count > 0 ? accounts : ["default"]);
    }

    private static ConfiguredAgent ReadAgent(JsonMember item)
    {
        JsonElement? agent = item.Value;
        return new ConfiguredAgent(
            AgentId.Normalize(agent.Text("id")),
            agent.Text("agentDir"),
            agent.Member("default") is { ValueKind: JsonValueKind.True },
            agent.Member("model") is null ? null : ReadModel(agent.Member("model")),
            agent.Text("name")?.Trim() is { Length: > 0 } name ? name : null,
            agent.Text("workspace")?.Trim() is { Length: > 0 } workspace ? workspace : null);
    }

    private static ModelChoice ReadModel(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.String } text => new ModelChoice(text.GetString()!.Trim(), []),
        { ValueKind: JsonValueKind.Object } => new ModelChoice(value.Text("primary")?.Trim(), value.Texts("fallbacks")),
        _ => new ModelChoice(null, []),
    };

    private static ConfiguredProvider ReadProvider(JsonMember member)
    {
        JsonElement? value = member.Value;
        Secret? key = Secret.Of(member.Value.VisibleText("apiKey"));
        SecretReference? reference = value.Member("apiKey") is { ValueKind: JsonValueKind.Object } pointer ? SecretReference.FromJson(pointer) : SecretReference.FromInline(key?.Reveal());
        return new ConfiguredProvider(member.Name, reference is null ? key : null, reference, value.Text("auth")) { BaseUrl = value.Text("baseUrl") };
    }
}
