using System.Text.Json;
using KrabAuth.Diagnostics;
using KrabAuth.Host;
using KrabAuth.Storage;

namespace KrabAuth.Agents;

/// <summary>
/// The settings that only KrabAuth knows. They may stand in <c>auth</c> of the product's configuration, but a gateway that checks its
/// configuration strictly refuses what it does not know; so <c>krabauth.json</c> in the state directory may hold them, and wins.
/// </summary>
/// <param name="own">That file.</param>
/// <param name="auth"><c>auth</c> of the configuration.</param>
internal sealed class OwnSettings(JsonElement? own, JsonElement? auth)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "krabauth.json";

    /// <summary>The settings, as they are called in that file and, but for the last, in <c>auth</c>.</summary>
    public static readonly string[] Names = ["strategy", "externalCli", "runtimeCache", "credentialPrecedence", "backoffMinutes"];

    /// <summary>Where a setting stands in the product's configuration.</summary>
    public static string[] PathInConfig(string name) => name == "backoffMinutes" ? ["auth", "cooldowns", name] : ["auth", name];

    /// <summary>Reads the file; null if there is none.</summary>
    /// <exception cref="KrabAuthException"><c>ConfigCorrupt</c>, <c>StoreUnreadable</c>.</exception>
    public static JsonDocument? Load(string path, Func<string, string?> variable, IAuthLog log)
    {
        if (ConfigTree.Load(path, variable, FileGuard.ReadAll) is not { } tree) return null;
        JsonDocument document = tree.ToDocument();
        foreach ((string name, ConfigNode value) in tree.Root.Members)
        {
            if (!Names.Contains(name)) log.Warning($"{value.Last}: {name} is not a setting; it does nothing. There are: {string.Join(", ", Names)}.");
        }
        return document;
    }

    /// <summary>A setting, from the file that has it.</summary>
    public JsonElement? Find(string name) => own.Member(name) ?? (name == "backoffMinutes" ? auth.Object("cooldowns").Member(name) : auth.Member(name));
}
