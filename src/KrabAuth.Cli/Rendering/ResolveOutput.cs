using System.Text;
using KrabAuth.Cli.Host;
using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.Cli.Rendering;

/// <summary>What <c>resolve</c> says: the order as it is now, and why each profile is where it is.</summary>
internal static class ResolveOutput
{
    public static void WriteJson(CliContext cli, ResolvedOrder order) => JsonOutput.Write(cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("provider", order.Provider);
        writer.WriteString("selected", order.Selected);
        writer.WriteString("source", StatusWords.Of(order.Source));
        writer.WriteTexts("order", order.Order);
        writer.WriteStartArray("candidates");
        foreach (OrderCandidate candidate in order.Candidates)
        {
            writer.WriteStartObject();
            writer.WriteString("profileId", candidate.ProfileId);
            writer.WriteBoolean("eligible", candidate.Eligible);
            writer.WriteString("reasonCode", candidate.ReasonCode);
            writer.WriteString("kind", candidate.Kind);
            if (candidate.UnusableUntil is { } until) writer.WriteNumber("unusableUntil", until);
            else writer.WriteNull("unusableUntil");
            if (candidate.Rank is { } rank) writer.WriteNumber("rank", rank);
            else writer.WriteNull("rank");
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    public static void WriteText(CliContext cli, ResolvedOrder order, long now)
    {
        var style = new Style(cli.UseColor);
        var text = new StringBuilder($"Provider: {order.Provider}\nOrder: {Describe(order.Source)}\n");
        int width = Math.Min(order.Candidates.Select(candidate => candidate.ProfileId.Length).DefaultIfEmpty().Max(), 48);
        foreach (OrderCandidate candidate in order.Candidates)
        {
            string rank = candidate.Rank is { } place ? $"{place,3}." : "  - ";
            string reason = candidate.Kind is null ? ReasonCodes.Describe(candidate.ReasonCode) : Wait(candidate, now);
            string painted = candidate.ProfileId == order.Selected ? style.Good(reason) : candidate.Rank is null ? style.Muted(reason) : candidate.Kind is null ? reason : style.Warn(reason);
            string code = candidate.Eligible ? string.Empty : $" [{candidate.ReasonCode}]";
            text.Append($"{rank} {candidate.ProfileId.PadRight(width)}  {painted}{code}\n");
        }
        text.Append($"Selected: {order.Selected ?? "(none)"}\n");
        cli.Write(text.ToString());
    }

    private static string Wait(OrderCandidate candidate, long now) => candidate.UnusableUntil >= UsageStats.DisabledForGood
        ? "disabled by the user"
        : $"{candidate.Kind}, usable again in {DurationText.Remaining(candidate.UnusableUntil - now)}";

    private static string Describe(OrderSource source) => source switch
    {
        OrderSource.Stored => "stored with the agent",
        OrderSource.Config => "auth.order of the configuration",
        OrderSource.ConfigProfiles => "auth.profiles of the configuration, by kind and last use",
        _ => "all stored profiles, by kind and last use",
    };
}
