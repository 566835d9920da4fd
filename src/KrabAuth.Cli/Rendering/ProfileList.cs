using System.Globalization;
using System.Text;
using KrabAuth.Cli.Host;
using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.Cli.Rendering;

/// <summary>The listing of profiles, all or those of a provider.</summary>
internal sealed class ProfileList
{
    private readonly AuthAgent _agent;
    private readonly string? _provider;
    private readonly IReadOnlyList<AuthProfile> _profiles;

    private ProfileList(AuthAgent agent, string? provider, IReadOnlyList<AuthProfile> profiles)
        => (_agent, _provider, _profiles) = (agent, provider, profiles);

    /// <summary>Asked for openai, it shows openai-codex too, as the peers do: people think of one account.</summary>
    public static ProfileList Of(AuthAgent agent, string? provider)
    {
        string? wanted = provider is null ? null : ProviderId.Canonical(provider);
        IReadOnlyList<AuthProfile> all = agent.Profiles.List();
        return new ProfileList(agent, wanted, wanted is null ? all : [.. all.Where(profile => Fits(ProviderId.Canonical(profile.Provider), wanted))]);
    }

    public void WriteJson(CliContext cli) => JsonOutput.Write(cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("agentId", _agent.Id);
        writer.WriteString("agentDir", _agent.Paths.Directory);
        OrderOutput.WriteStorePaths(writer, _agent);
        writer.WriteString("provider", _provider);
        writer.WriteStartArray("profiles");
        foreach (AuthProfile profile in _profiles)
        {
            writer.WriteStartObject();
            writer.WriteString("id", profile.ProfileId);
            writer.WriteString("provider", profile.Provider);
            writer.WriteString("type", profile.Type.StoredName());
            writer.WriteString("label", profile.Label);
            writer.WriteString("status", StatusWords.Of(profile.Status));
            writer.WriteOptional("email", profile.Email);
            writer.WriteOptional("displayName", profile.DisplayName);
            writer.WriteOptional("expiresAt", Iso(profile.Expires));
            writer.WriteOptional("cooldownUntil", Iso(profile.CooldownUntil));
            writer.WriteOptional("disabledUntil", Iso(profile.DisabledUntil));
            writer.WriteOptional("disabledReason", profile.DisabledReason);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    public void WriteText(CliContext cli)
    {
        var text = new StringBuilder($"Agent: {_agent.Id}\n");
        OrderOutput.AppendStore(text, cli, _agent);
        if (_provider is not null) text.Append($"Provider: {_provider}\n");
        text.Append(_profiles.Count == 0 ? "Profiles: (none)\n" : "Profiles:\n");
        foreach (AuthProfile profile in _profiles) text.Append($"- {profile.Label} [{string.Join("; ", Details(profile))}]\n");
        cli.Write(text.ToString());
    }

    private static bool Fits(string provider, string wanted) => provider == wanted || (wanted == "openai" && provider == "openai-codex");

    private static IEnumerable<string> Details(AuthProfile profile)
    {
        yield return $"{profile.Provider}/{profile.Type.StoredName()}";
        if (profile.Status is AuthStatus.Expired) yield return profile.Refreshable ? "expired, refreshable" : "expired";
        else if (profile.Status is AuthStatus.Missing) yield return "no usable secret";
        if (profile.Status is not AuthStatus.Expired && Iso(profile.Expires) is { } expires) yield return $"expires {expires}";
        if (Iso(profile.CooldownUntil) is { } cooldown) yield return $"cooldown until {cooldown}";
        if (!profile.Enabled) yield return "disabled";
        else if (Iso(profile.DisabledUntil) is { } disabled) yield return $"disabled until {disabled}";
        if (profile.Inherited) yield return "inherited from main";
    }

    /// <summary>A moment as the peers write it; nothing for "never" and for what cannot be told.</summary>
    private static string? Iso(DateTimeOffset? time) => time is null || time == DateTimeOffset.MinValue || time == DateTimeOffset.MaxValue
        ? null
        : time.Value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
