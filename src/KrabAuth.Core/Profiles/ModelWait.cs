using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Profiles;

/// <summary>
/// A wait of one model alone that the members of the peers have no room for: they know one wait, and one model of it. A model that
/// an account does not have is always here, as peers would take the whole account for one that waits.
/// </summary>
/// <param name="Reason">Why.</param>
/// <param name="Window">From when to when, past or not: how long it was decides how long the next one is.</param>
public sealed record ModelWait(string Reason, WaitWindow Window)
{
    /// <summary>The member of a use record that holds them, by model.</summary>
    internal const string Member = "krabauthModelWaits";

    /// <summary>
    /// Whether it counts where no model is named. A limit does: which model it will be is not known. That one model is not there
    /// says nothing of the others.
    /// </summary>
    internal bool CountsForAnyModel => Reason != FailureReasons.ModelNotFound;

    internal static IReadOnlyDictionary<string, ModelWait> ReadAll(JsonElement? section)
    {
        if (section is null) return UsageStats.None.ModelWaits;
        var waits = new Dictionary<string, ModelWait>(StringComparer.Ordinal);
        foreach (JsonMember member in section.Members())
        {
            if (WaitWindow.Read(member.Value) is { } window && ((JsonElement?)member.Value).Text("reason") is { } reason) waits[member.Name] = new ModelWait(reason, window);
        }
        return waits;
    }

    internal JsonObject ToJson()
    {
        JsonObject entry = Window.ToJson();
        entry.Insert(0, "reason", Reason);
        return entry;
    }
}
