using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth;

/// <summary>What a model reference means.</summary>
/// <param name="Model">The model, as <c>provider/model</c>.</param>
/// <param name="Provider">Its provider.</param>
/// <param name="ProfileId">The profile that it names, if any.</param>
public sealed record ModelChoiceResult(string Model, string Provider, string? ProfileId);

/// <summary>The models that an agent is configured to use, under all their names.</summary>
public sealed class ModelCatalog
{
    private readonly AuthAgent _agent;

    internal ModelCatalog(AuthAgent agent) => _agent = agent;

    private ModelUsage Usage => new(_agent.Workspace.Config, _agent);

    /// <summary>The models of the configuration, the default one first.</summary>
    public IReadOnlyList<ConfiguredModel> List()
    {
        ModelUsage usage = Usage;
        IEnumerable<(string Model, string Role)> named = new[] { (usage.Default, "default") }
            .Concat(usage.Fallbacks.Select(model => (model, "fallback")))
            .Concat(new[] { usage.ImageModel }.OfType<string>().Concat(usage.ImageFallbacks).Select(model => (model, "image")))
            .Concat(usage.Allowed.Select(model => (model, "configured")));
        return [.. named.Select(entry => (Model: usage.Resolve(entry.Model), entry.Role)).DistinctBy(entry => entry.Model, StringComparer.Ordinal)
            .Select(entry => new ConfiguredModel(
                entry.Model, ProviderOf(entry.Model), [.. usage.Aliases.Where(alias => usage.Resolve(alias.Model) == entry.Model).Select(alias => alias.Alias)], entry.Role))];
    }

    /// <summary>
    /// What a reference means, with or without <c>/model</c> before it. A model without a provider is that of its profile, else
    /// Anthropic's. Model and profile are judged each for itself.
    /// </summary>
    /// <exception cref="KrabAuthException"><c>ModelReferenceInvalid</c>, <c>ProfileNotFound</c>, <c>ProviderMismatch</c>.</exception>
    public ModelChoiceResult Resolve(string text)
    {
        ModelUsage usage = Usage;
        ModelDirective? directive = text.AsSpan().TrimStart() is ['/', ..] ? ModelDirective.Find(text, usage.Aliases.Select(alias => alias.Alias)) : null;
        if (directive is { Rest.Length: > 0 }) throw AuthErrors.ModelReferenceInvalid(text, "there is more in it than a model");
        ModelReference reference = directive is null ? ModelReference.Parse(text) : directive.Reference ?? throw AuthErrors.ModelReferenceInvalid(text, "it names no model");
        if (reference.Model is [] or ['/', ..] || reference.Model.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))) throw AuthErrors.ModelReferenceInvalid(text, "it is no <model>, <provider>/<model> or <model>@<profile id>");
        StoredProfile? profile = null;
        if (reference.ProfileId is { } id && !_agent.Read().TryGet(id, out profile)) throw AuthErrors.ProfileNotFound(id, _agent.Paths.StorePath);
        bool isPlain = !reference.Model.Contains('/', StringComparison.Ordinal) && !usage.Aliases.Any(alias => string.Equals(alias.Alias, reference.Model, StringComparison.OrdinalIgnoreCase));
        string model = isPlain && profile is not null ? $"{profile.Credential.Provider}/{reference.Model}" : usage.Resolve(reference.Model);
        string provider = ProviderOf(model);
        if (profile is not null && !ProviderId.Same(profile.Credential.Provider, provider)) throw AuthErrors.ProviderMismatch(profile.Id, profile.Credential.Provider, provider);
        return new ModelChoiceResult(model, provider, profile?.Id);
    }

    /// <summary>What a chosen model uses in a session. Keeps nothing.</summary>
    public CredentialPlan Plan(ModelChoiceResult choice, string session)
    {
        // A wait for one model names it without its provider.
        string model = choice.Model[(choice.Model.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return _agent.Planner.Plan(_agent.Read(), new CredentialRequest(choice.Provider) { Model = model, Session = new SessionTurn(session) });
    }

    /// <summary>What each provider of the configured models uses for a session, in the order of the models.</summary>
    public IReadOnlyList<CredentialPlan> Plans(string session)
    {
        AuthStore store = _agent.Read();
        IEnumerable<string> providers = List().Select(model => model.Provider).Concat(store.Profiles.Select(profile => ProviderId.Canonical(profile.Credential.Provider)));
        return [.. providers.Distinct(StringComparer.Ordinal).Select(provider => _agent.Planner.Plan(store, new CredentialRequest(provider) { Session = new SessionTurn(session) }))];
    }

    /// <summary>Checks that a default model of a provider is known, before a person signs in.</summary>
    /// <exception cref="KrabAuthException"><c>DefaultModelUnknown</c>.</exception>
    public string RequireDefault(string provider) => DefaultOf(provider) ?? throw AuthErrors.DefaultModelUnknown(ProviderId.Canonical(provider));

    /// <summary>
    /// Offers a provider's default model, or makes it that of the configuration: <c>agents.defaults.model.primary</c>. The fallbacks
    /// stay, and where the configuration lists the models that may be used, it is listed too.
    /// </summary>
    /// <param name="provider">The provider.</param>
    /// <param name="set">Whether it is to be set; else nothing is changed.</param>
    /// <param name="cancellationToken">Ends the waiting for the configuration.</param>
    /// <exception cref="KrabAuthException"><c>DefaultModelUnknown</c>, and what changing the configuration throws.</exception>
    public async Task<DefaultModelOffer> OfferDefaultAsync(string provider, bool set, CancellationToken cancellationToken = default)
    {
        string? model = set ? RequireDefault(provider) : DefaultOf(provider);
        string? configured = Configured();
        if (model is null) return new DefaultModelOffer(null, configured, DefaultModelState.None);
        if (configured is not null && Usage.Resolve(configured) == model && !set) return new DefaultModelOffer(model, configured, DefaultModelState.Current);
        if (!set) return new DefaultModelOffer(model, configured, DefaultModelState.Available);
        await _agent.Workspace.ChangeConfigAsync(editor => SetDefault(editor, model), cancellationToken).ConfigureAwait(false);
        if (Usage is { DefaultSource: "agent", Default: var own } && own != model) _agent.Workspace.Log.Warning($"Agent {_agent.Id} has a model of its own, {own}; the default is not used there.");
        return new DefaultModelOffer(model, model, DefaultModelState.Set);
    }

    private string? DefaultOf(string provider) => provider.Length == 0 ? null : _agent.Workspace.Registry.Find(provider)?.DefaultModel;

    private string? Configured() => _agent.Workspace.Config.DefaultModel.Primary is { Length: > 0 } model ? model : null;

    private static void SetDefault(ConfigEditor editor, string model)
    {
        string[] path = ["agents", "defaults", "model"];
        // Older configurations name the model alone, without fallbacks.
        editor.Set(JsonValue.Create(model), editor.Tree.Find(path) is { Kind: JsonValueKind.String } ? path : [.. path, "primary"]);
        if (editor.Tree.Find("agents", "defaults", "models") is { Members.Count: > 0 } list && list.Member(model) is null) editor.Set(new JsonObject(), "agents", "defaults", "models", model);
    }

    private static string ProviderOf(string model) => ProviderId.Canonical(model[..model.IndexOf('/', StringComparison.Ordinal)]);
}
