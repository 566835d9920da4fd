using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Interop;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth;

/// <summary>
/// What has a name in a state directory, as both front ends offer it for completion. Files are read when a list is asked for; the
/// network, programs and vaults never are.
/// </summary>
public sealed class NamedValues
{
    private readonly AuthWorkspace _workspace;

    internal NamedValues(AuthWorkspace workspace) => _workspace = workspace;

    /// <summary>The products.</summary>
    public static IEnumerable<NamedValue> Products
        => Enum.GetValues<Product>().Select(product => new NamedValue(ProductLayout.Of(product).Name.ToLowerInvariant(), $"The files of {ProductLayout.Of(product).Name}"));

    /// <summary>The reasons for which a call can fail.</summary>
    public static IEnumerable<NamedValue> Reasons
        => FailureReasons.Names.Select(name => new NamedValue(name, FailureReasons.Parse(name)?.Status() is { } status ? $"{name}: as with HTTP status {status}" : name));

    /// <summary>The programs whose sign-ins can be taken over.</summary>
    public static IEnumerable<NamedValue> Tools => ExternalTool.All.Select(tool => new NamedValue(tool.Name, $"{tool.Label}: {tool.ProfileId}"));

    /// <summary>The agents, main first.</summary>
    public IEnumerable<NamedValue> Agents() => _workspace.AgentIds.Select(id => new NamedValue(id, _workspace.OpenAgent(id).Paths.Directory));

    /// <summary>The profiles of an agent, with kind, status and end.</summary>
    /// <param name="agent">The agent; the default one without it.</param>
    /// <param name="provider">Only those of this provider.</param>
    public IEnumerable<NamedValue> Profiles(string? agent = null, string? provider = null) => _workspace.OpenAgent(agent).Profiles.List()
        .Where(profile => provider is null || ProviderId.Same(profile.Provider, provider))
        .Select(profile => new NamedValue(profile.ProfileId, $"{profile.ShortLabel}: {profile.Type.StoredName()}, {profile.StatusText}, expires {profile.ExpiresText}"));

    /// <summary>The providers of which an agent has profiles.</summary>
    public IEnumerable<NamedValue> StoredProviders(string? agent = null) => _workspace.OpenAgent(agent).Profiles.List()
        .GroupBy(profile => profile.Provider)
        .Select(group => new NamedValue(group.Key, $"{_workspace.Catalog.Find(group.Key)?.Label ?? group.Key}: {group.Count()} profile(s)"));

    /// <summary>The providers that the user defined.</summary>
    public IEnumerable<NamedValue> OwnProviders() => _workspace.Registry.OwnIds().Select(id => new NamedValue(id, "A definition of your own"));

    /// <summary>The user's own providers and those of the catalog.</summary>
    public IEnumerable<NamedValue> KnownProviders() => OwnProviders()
        .Concat(_workspace.Catalog.Providers.Select(provider => new NamedValue(provider.Provider, provider.Label)))
        .DistinctBy(value => value.Text);

    /// <summary>The ways to sign in that a provider has; all of them where it is not known.</summary>
    /// <exception cref="KrabAuthException"><c>ProviderDefinitionInvalid</c>.</exception>
    public IEnumerable<NamedValue> Methods(string? provider)
    {
        IReadOnlyList<SignInMethod> methods = (provider is null ? null : _workspace.Registry.Find(provider)?.Methods) ?? Enum.GetValues<SignInMethod>();
        return methods.Select(method => new NamedValue(method.ToString(), Describe(method)));
    }

    /// <summary>The environment variables that a provider's programs read; those of all providers without one.</summary>
    public IEnumerable<NamedValue> Variables(string? provider) => _workspace.Catalog.Providers
        .Where(known => provider is null || ProviderId.Same(known.Provider, provider))
        .SelectMany(known => known.EnvironmentVariables.Select(name => new NamedValue(name, known.Label)))
        .DistinctBy(value => value.Text);

    /// <summary>The ways in that onboarding offers, those of the user's own providers among them.</summary>
    /// <param name="agent">The agent; the default one without it.</param>
    public IEnumerable<NamedValue> AuthChoices(string? agent = null) => _workspace.OpenAgent(agent).Onboarding.Choices.Offered
        .Select(choice => new NamedValue(choice.Id, choice.Label))
        .Append(new NamedValue(Onboarding.AuthChoices.Skip, "No credential now"));

    /// <summary>The sessions that stay with a profile.</summary>
    public IEnumerable<NamedValue> Sessions(string? agent = null) => _workspace.OpenAgent(agent).Sessions.List()
        .GroupBy(pin => pin.Session)
        .Select(pins => new NamedValue(pins.Key, string.Join(", ", pins.Select(pin => $"{pin.Provider}: {pin.ProfileId}"))));

    /// <summary>The configured models by the names that their provider has for them.</summary>
    /// <param name="agent">The agent; the default one without it.</param>
    /// <param name="provider">Only those of this provider.</param>
    public IEnumerable<NamedValue> Models(string? agent = null, string? provider = null) => _workspace.OpenAgent(agent).Models.List()
        .Where(model => provider is null || ProviderId.Same(model.Provider, provider))
        .Select(model => new NamedValue(model.Model[(model.Model.IndexOf('/', StringComparison.Ordinal) + 1)..], Describe(model)))
        .DistinctBy(value => value.Text);

    /// <summary>
    /// References to the configured models, by alias and by name. Behind a model and <c>@</c> come the profiles of its provider.
    /// </summary>
    /// <param name="typed">What stands there already.</param>
    /// <param name="agent">The agent; the default one without it.</param>
    public IEnumerable<NamedValue> ModelReferences(string typed, string? agent = null)
    {
        IReadOnlyList<ConfiguredModel> models = _workspace.OpenAgent(agent).Models.List();
        int at = typed.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0) return models.SelectMany(model => model.Aliases.Append(model.Model).Select(name => new NamedValue(name, Describe(model))));
        string name = typed[..at];
        string? provider = models.FirstOrDefault(model => model.Aliases.Append(model.Model).Contains(name, StringComparer.OrdinalIgnoreCase))?.Provider
            ?? (name.Contains('/', StringComparison.Ordinal) ? name[..name.IndexOf('/', StringComparison.Ordinal)] : null);
        return Profiles(agent, provider).Select(profile => profile with { Text = $"{name}@{profile.Text}" });
    }

    private static string Describe(ConfiguredModel model) => $"{model.Model}: {model.Role}";

    private static string Describe(SignInMethod method) => method switch
    {
        SignInMethod.ApiKey => "An API key from the provider's console",
        SignInMethod.Token => "A static bearer token",
        SignInMethod.SetupToken => "The token that `claude setup-token` prints",
        _ => "A sign-in through the browser or on another device",
    };
}
