using KrabAuth.Routing;

namespace KrabAuth.Agents;

/// <summary>A name that stands for a model.</summary>
internal sealed record ModelAlias(string Alias, string Model);

/// <summary>Which models an agent is configured to use, and so which providers it needs.</summary>
internal sealed class ModelUsage
{
    /// <summary>What the gateways run when nothing is configured.</summary>
    public const string BuiltInDefault = "anthropic/claude-opus-4-5";

    private readonly AuthConfig _config;
    private readonly ModelChoice? _agentModel;

    public ModelUsage(AuthConfig config, AuthAgent agent)
    {
        _config = config;
        Aliases = [.. config.Models.Keys.Where(model => NonBlank(config.Models[model]) is not null).Select(model => new ModelAlias(config.Models[model]!.Trim(), model))];
        _agentModel = agent.IsNamed ? config.Agents.FirstOrDefault(entry => entry.Id == agent.Id)?.Model : null;
        string? configured = NonBlank(_agentModel?.Primary) ?? NonBlank(config.DefaultModel.Primary);
        Default = configured ?? BuiltInDefault;
        IsConfigured = configured is not null;
        ResolvedDefault = Resolve(Default);
        Fallbacks = _agentModel is { Fallbacks.Count: > 0 } ? _agentModel.Fallbacks : config.DefaultModel.Fallbacks;
        DefaultSource = _agentModel?.Primary is null ? "defaults" : "agent";
        FallbacksSource = _agentModel is { Fallbacks.Count: > 0 } ? "agent" : "defaults";
    }

    public string Default { get; }

    public string ResolvedDefault { get; }

    public IReadOnlyList<string> Fallbacks { get; }

    public string DefaultSource { get; }

    public string FallbacksSource { get; }

    public bool IsConfigured { get; }

    public string? ImageModel => NonBlank(_config.ImageModel.Primary);

    public IReadOnlyList<string> ImageFallbacks => _config.ImageModel.Fallbacks;

    public IReadOnlyList<ModelAlias> Aliases { get; }

    public IEnumerable<string> Allowed => _config.Models.Keys;

    /// <summary>
    /// The providers of the configured models. Where none is configured, what is signed in is what is used; with nothing
    /// signed in, the built-in default is what lacks.
    /// </summary>
    public IReadOnlyList<string> ProvidersInUse(bool anythingSignedIn)
    {
        IEnumerable<string> models = new[] { IsConfigured || !anythingSignedIn ? Default : null, ImageModel }.Concat(Fallbacks).Concat(ImageFallbacks)
            .OfType<string>();
        return [.. models.Select(Resolve).Select(reference => ProviderId.Canonical(reference[..reference.IndexOf('/', StringComparison.Ordinal)])).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The first model of a provider that the configuration names, without the provider; null where it names none.</summary>
    public string? FirstModelOf(string provider)
    {
        IEnumerable<string> models = new[] { IsConfigured ? Default : null, ImageModel }.OfType<string>().Concat(Fallbacks).Concat(ImageFallbacks).Concat(Allowed);
        return models.Select(Resolve).Where(reference => ProviderId.Same(reference[..reference.IndexOf('/', StringComparison.Ordinal)], provider))
            .Select(reference => reference[(reference.IndexOf('/', StringComparison.Ordinal) + 1)..]).FirstOrDefault();
    }

    /// <summary>An alias becomes what it stands for; a model without a provider is Anthropic's, as everywhere.</summary>
    public string Resolve(string model)
    {
        string reference = Aliases.FirstOrDefault(alias => string.Equals(alias.Alias, model.Trim(), StringComparison.OrdinalIgnoreCase))?.Model ?? model.Trim();
        return reference.IndexOf('/', StringComparison.Ordinal) > 0 ? reference : $"anthropic/{reference}";
    }

    private static string? NonBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
