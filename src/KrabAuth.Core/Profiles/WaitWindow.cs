using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Storage;

namespace KrabAuth.Profiles;

/// <summary>
/// A wait, from its begin to its end. Peers keep the end alone, and drop it when it has come; but whether the next failure came
/// soon after can only be told by who knows how long the wait was.
/// </summary>
/// <param name="Since">When it began, in Unix milliseconds.</param>
/// <param name="Until">When it ends or ended.</param>
/// <param name="Step">Its place on the ladder, from one; 0 where the provider stated the first wait.</param>
public sealed record WaitWindow(long Since, long Until, int Step)
{
    /// <summary>The member of a use record that holds the windows.</summary>
    internal const string Member = "krabauthWindows";

    /// <summary>The short waits.</summary>
    internal const string Cooldown = "cooldown";

    /// <summary>The ladders: the short waits, and one for each reason that disables.</summary>
    internal static IReadOnlyList<string> Ladders { get; } = [Cooldown, "billing", "auth_permanent"];

    /// <summary>How long it was, in milliseconds.</summary>
    public long Length => Until - Since;

    internal static IReadOnlyDictionary<string, WaitWindow> ReadAll(JsonElement? section)
    {
        var windows = new Dictionary<string, WaitWindow>(StringComparer.Ordinal);
        if (section is null) return windows;
        foreach (string ladder in Ladders)
        {
            if (Read(section.Object(ladder)) is { } window) windows[ladder] = window;
        }
        return windows;
    }

    internal JsonObject ToJson() => new() { ["since"] = Since, ["until"] = Until, ["step"] = Step };

    internal static WaitWindow? Read(JsonElement? value)
    {
        if (value.Number("since") is not { } since || value.Number("until") is not { } until || since <= 0 || until <= since) return null;
        return new WaitWindow(since, until, (int)Math.Clamp(value.Number("step") ?? 0, 0, 1000));
    }
}
