using System.Text.Json;
using KrabAuth.Host;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Agents;

/// <summary>What a configuration says of choosing a credential, beside profiles and order.</summary>
internal sealed record SelectionConfig
{
    private static readonly TimeSpan UsualShellTimeout = TimeSpan.FromSeconds(15);

    /// <summary><c>auth.strategy</c> as one text for all providers.</summary>
    public OrderStrategy Strategy { get; private init; }

    /// <summary><c>auth.strategy</c> as an object: provider to strategy; <see langword="null"/> where it is none.</summary>
    public IReadOnlyDictionary<string, OrderStrategy>? Strategies { get; private init; }

    /// <summary><c>auth.credentialPrecedence: "env-first"</c>: a key in the environment comes before the profiles.</summary>
    public bool EnvironmentFirst { get; private init; }

    /// <summary>The variables of <c>env.vars</c> and of <c>env</c> itself, which are for those that the environment has not.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; private init; } = new Dictionary<string, string>();

    /// <summary><c>env.shellEnv.enabled</c>.</summary>
    public bool ShellEnabled { get; private init; }

    /// <summary><c>env.shellEnv.timeoutMs</c>: how long the login shell may take.</summary>
    public TimeSpan ShellTimeout { get; private init; } = UsualShellTimeout;

    /// <summary>How the profiles of a provider are put in order where nobody gave one.</summary>
    public OrderStrategy StrategyOf(string provider)
        => Strategies is not null && ProviderId.TryFind(Strategies, provider, out KeyValuePair<string, OrderStrategy> own) ? own.Value : Strategy;

    public static SelectionConfig Read(JsonElement root, OwnSettings settings, IReadOnlyDictionary<string, string> variables, IAuthLog log)
    {
        JsonElement? strategy = settings.Find("strategy");
        JsonElement? shell = root.Object("env").Object("shellEnv");
        return new SelectionConfig
        {
            Strategy = strategy is { ValueKind: JsonValueKind.String } one ? Parse(one, "auth.strategy", log) : OrderStrategy.RoundRobin,
            Strategies = strategy is not { ValueKind: JsonValueKind.Object } ? null : strategy.Members().ToDictionary(member => member.Name, member => Parse(member.Value, $"auth.strategy.{member.Name}", log), StringComparer.Ordinal),
            EnvironmentFirst = settings.Find("credentialPrecedence") is { ValueKind: JsonValueKind.String } precedence && precedence.GetString() == "env-first",
            Variables = variables,
            ShellEnabled = shell.Member("enabled") is { ValueKind: JsonValueKind.True },
            ShellTimeout = shell.Number("timeoutMs") is { } limit ? Milliseconds(limit) : UsualShellTimeout,
        };
    }

    /// <summary>A time in milliseconds: none below zero, and no more than a day.</summary>
    public static TimeSpan Milliseconds(long value) => TimeSpan.FromMilliseconds(Math.Clamp(value, 0, 86_400_000));

    private static OrderStrategy Parse(JsonElement value, string where, IAuthLog log)
    {
        string? name = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if (name == "fill-first") return OrderStrategy.FillFirst;
        if (name != "round-robin") log.Warning($"{where} of the configuration is neither \"round-robin\" nor \"fill-first\"; round-robin is used.");
        return OrderStrategy.RoundRobin;
    }
}
