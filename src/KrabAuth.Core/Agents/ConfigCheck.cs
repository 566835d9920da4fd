using System.Text.Json;
using KrabAuth.Diagnostics;
using KrabAuth.Host;

namespace KrabAuth.Agents;

/// <summary>
/// Finds what cannot be meant in those parts of a configuration that decide which account is used. A mistake there is an error with
/// its place, not a setting that silently does nothing: the gateways refuse such a configuration too.
/// </summary>
internal static class ConfigCheck
{
    private static readonly string[] Modes = ["api_key", "oauth", "token", "aws-sdk"];
    private static readonly string[] AuthMembers = ["profiles", "order", "cooldowns", "strategy", "externalCli", "runtimeCache", "credentialPrecedence"];

    /// <summary>Checks a tree whose document was made.</summary>
    /// <exception cref="KrabAuthException"><c>ConfigCorrupt</c>, <c>ConfigVariableMissing</c>.</exception>
    public static void Check(ConfigTree tree, IAuthLog log)
    {
        if (tree.Gaps.FirstOrDefault(IsNeeded) is { } gap) throw AuthErrors.ConfigVariableMissing(gap.Place.ToString(), string.Join('.', gap.Path), gap.Variable);
        RequireObject(tree.Root, "agents");
        if (RequireObject(tree.Root, "auth") is not { } auth) return;
        foreach ((string name, ConfigNode value) in auth.Members)
        {
            if (!AuthMembers.Contains(name)) log.Warning($"{value.Last}: auth.{name} is not a setting; it does nothing.");
        }
        foreach ((string id, ConfigNode profile) in RequireObject(auth, "profiles")?.Members ?? [])
        {
            Require(profile, JsonValueKind.Object, $"auth.profiles.{id} must be an object");
            string? mode = profile.Member("mode") is { } node ? tree.Expand(node) : null;
            if (profile.Member("mode") is { } given && !Modes.Contains(mode)) throw given.Last!.Error($"the mode of {id} must be one of {string.Join(", ", Modes)}");
        }
        foreach ((string provider, ConfigNode order) in RequireObject(auth, "order")?.Members ?? [])
        {
            Require(order, JsonValueKind.Array, $"auth.order.{provider} must be a list of profile ids");
            foreach (ConfigNode item in order.Items) Require(item, JsonValueKind.String, $"auth.order.{provider} must be a list of profile ids");
        }
    }

    /// <summary>Whether KrabAuth uses the text; a gateway's other settings may need what only the gateway has.</summary>
    private static bool IsNeeded(ConfigGap gap) => gap.Path switch
    {
        ["auth", ..] => true,
        ["agents", "list", "id" or "agentDir"] => true,
        ["agents", "list" or "defaults", "model" or "imageModel", ..] => true,
        _ => false,
    };

    private static ConfigNode? RequireObject(ConfigNode parent, string name)
    {
        if (parent.Member(name) is not { } node || node.Kind == JsonValueKind.Null) return null;
        Require(node, JsonValueKind.Object, $"{name} must be an object");
        return node;
    }

    private static void Require(ConfigNode node, JsonValueKind kind, string description)
    {
        if (node.Kind != kind) throw node.Last!.Error(description);
    }
}
