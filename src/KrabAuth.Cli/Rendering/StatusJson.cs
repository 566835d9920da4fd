using System.Text.Json;
using KrabAuth.Agents;
using KrabAuth.Cli.Host;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;

namespace KrabAuth.Cli.Rendering;

/// <summary><c>models status --json</c>: the members that the peers write, in their order, with ours among them.</summary>
internal sealed class StatusJson
{
    private readonly Utf8JsonWriter _writer;
    private readonly StatusReport _report;
    private readonly ProbeReport? _probes;
    private readonly Dictionary<string, AuthProfile> _profiles;

    private StatusJson(Utf8JsonWriter writer, StatusReport report, ProbeReport? probes)
    {
        _writer = writer;
        _report = report;
        _probes = probes;
        _profiles = new Dictionary<string, AuthProfile>(StringComparer.Ordinal);
        foreach (AuthProfile profile in report.Profiles) _profiles[profile.ProfileId] = profile;
    }

    public static void Write(CliContext cli, StatusReport report, ProbeReport? probes)
        => JsonOutput.Write(cli, writer => new StatusJson(writer, report, probes).WriteAll());

    private void WriteAll()
    {
        _writer.WriteStartObject();
        _writer.WriteString("configPath", _report.ConfigPath);
        if (_report.AgentIsNamed) _writer.WriteString("agentId", _report.Agent);
        _writer.WriteString("agentDir", _report.AgentDirectory);
        _writer.WriteString("defaultModel", _report.DefaultModel);
        _writer.WriteString("resolvedDefault", _report.ResolvedDefault);
        _writer.WriteTexts("fallbacks", _report.Models.Fallbacks);
        _writer.WriteString("imageModel", _report.Models.ImageModel);
        _writer.WriteTexts("imageFallbacks", _report.Models.ImageFallbacks);
        if (_report.AgentIsNamed)
        {
            _writer.WriteStartObject("modelConfig");
            _writer.WriteString("defaultSource", _report.Models.DefaultSource);
            _writer.WriteString("fallbacksSource", _report.Models.FallbacksSource);
            _writer.WriteEndObject();
        }
        _writer.WriteStartObject("aliases");
        foreach (ModelAlias alias in _report.Models.Aliases) _writer.WriteString(alias.Alias, alias.Model);
        _writer.WriteEndObject();
        _writer.WriteTexts("allowed", _report.Models.Allowed);
        WriteAuth();
        _writer.WriteEndObject();
    }

    private void WriteAuth()
    {
        _writer.WriteStartObject("auth");
        _writer.WriteString("storePath", _report.StorePath);
        _writer.WriteStartObject("shellEnvFallback");
        _writer.WriteBoolean("enabled", _report.ShellEnvironmentEnabled);
        _writer.WriteTexts("appliedKeys", []);
        _writer.WriteEndObject();
        _writer.WriteTexts("providersWithOAuth", StatusText.ProvidersWithOAuth(_report));
        _writer.WriteTexts("missingProvidersInUse", _report.MissingProviders);
        _writer.WriteStartArray("providers");
        foreach (ProviderStatus provider in _report.Providers) WriteOverview(provider);
        _writer.WriteEndArray();
        _writer.WriteStartArray("unusableProfiles");
        foreach (UnusableProfile profile in _report.UnusableProfiles) WriteUnusable(profile);
        _writer.WriteEndArray();
        WriteHealth();
        if (_probes is not null) ProbeOutput.Write(_writer, _probes);
        _writer.WriteEndObject();
    }

    private void WriteOverview(ProviderStatus provider)
    {
        _writer.WriteStartObject();
        _writer.WriteString("provider", provider.Provider);
        _writer.WriteStartObject("effective");
        _writer.WriteString("kind", provider.EffectiveKind);
        _writer.WriteString("detail", provider.EffectiveDetail);
        _writer.WriteEndObject();
        _writer.WriteString("selected", provider.Selected);
        _writer.WriteStartObject("profiles");
        _writer.WriteNumber("count", provider.ProfileCount);
        _writer.WriteNumber("oauth", provider.OAuthCount);
        _writer.WriteNumber("token", provider.TokenCount);
        _writer.WriteNumber("apiKey", provider.ApiKeyCount);
        _writer.WriteTexts("labels", provider.Labels);
        _writer.WriteEndObject();
        if (provider.EnvironmentValue is not null)
        {
            _writer.WriteStartObject("env");
            _writer.WriteString("value", provider.EnvironmentValue);
            _writer.WriteString("source", provider.EnvironmentSource);
            _writer.WriteEndObject();
        }
        if (provider.ConfigValue is not null)
        {
            _writer.WriteStartObject("modelsJson");
            _writer.WriteString("value", provider.ConfigValue);
            _writer.WriteString("source", $"models.json: {_report.ConfigPath}");
            _writer.WriteEndObject();
        }
        _writer.WriteEndObject();
    }

    private void WriteUnusable(UnusableProfile profile)
    {
        _writer.WriteStartObject();
        _writer.WriteString("profileId", profile.ProfileId);
        _writer.WriteOptional("provider", profile.Provider);
        _writer.WriteString("kind", profile.Kind);
        _writer.WriteOptional("reason", profile.Reason);
        _writer.WriteNumber("until", profile.Until);
        _writer.WriteNumber("remainingMs", profile.RemainingMilliseconds);
        _writer.WriteEndObject();
    }

    private void WriteHealth()
    {
        _writer.WriteStartObject("oauth");
        _writer.WriteNumber("warnAfterMs", (long)ProfileHealth.DefaultWarning.TotalMilliseconds);
        _writer.WriteStartArray("profiles");
        foreach (AuthProfile profile in _report.Profiles) WriteProfile(profile);
        _writer.WriteEndArray();
        _writer.WriteStartArray("providers");
        foreach (ProviderStatus provider in _report.Providers) WriteProvider(provider);
        foreach (string missing in _report.MissingProviders) WriteMissing(missing);
        _writer.WriteEndArray();
        _writer.WriteEndObject();
    }

    private void WriteProvider(ProviderStatus provider)
    {
        _writer.WriteStartObject();
        _writer.WriteString("provider", provider.Provider);
        _writer.WriteString("status", StatusWords.Of(provider.Status));
        WriteProfiles("profiles", provider.ProfileIds);
        WriteProfiles("effectiveProfiles", provider.Order);
        if (provider.ExpiresAt is { } expires)
        {
            _writer.WriteNumber("expiresAt", expires);
            _writer.WriteNumber("remainingMs", expires - _report.MadeAt);
        }
        _writer.WriteEndObject();
    }

    private void WriteMissing(string provider)
    {
        _writer.WriteStartObject();
        _writer.WriteString("provider", provider);
        _writer.WriteString("status", StatusWords.Of(AuthStatus.Missing));
        WriteProfiles("profiles", []);
        WriteProfiles("effectiveProfiles", []);
        _writer.WriteEndObject();
    }

    private void WriteProfiles(string name, IReadOnlyList<string> ids)
    {
        _writer.WriteStartArray(name);
        foreach (string id in ids)
        {
            if (_profiles.TryGetValue(id, out AuthProfile? profile)) WriteProfile(profile);
        }
        _writer.WriteEndArray();
    }

    private void WriteProfile(AuthProfile profile)
    {
        _writer.WriteStartObject();
        _writer.WriteString("profileId", profile.ProfileId);
        _writer.WriteString("provider", profile.Provider);
        _writer.WriteString("type", profile.Type.StoredName());
        _writer.WriteString("status", StatusWords.Of(profile.Status));
        _writer.WriteString("reasonCode", profile.Reason);
        if (profile.Expires != DateTimeOffset.MaxValue && profile.Expires != DateTimeOffset.MinValue)
        {
            long expires = profile.Expires.ToUnixTimeMilliseconds();
            _writer.WriteNumber("expiresAt", expires);
            _writer.WriteNumber("remainingMs", expires - _report.MadeAt);
        }
        _writer.WriteBoolean("refreshable", profile.Refreshable);
        _writer.WriteString("source", StatusWords.SourceOf(profile) ?? "store");
        _writer.WriteString("label", profile.Label);
        _writer.WriteEndObject();
    }
}
