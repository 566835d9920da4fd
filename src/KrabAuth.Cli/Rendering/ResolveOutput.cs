using System.Globalization;
using System.Text;
using System.Text.Json;
using KrabAuth.Cli.Host;
using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.Cli.Rendering;

/// <summary>What <c>resolve</c> says: what is used now, in which order the rest follows, and why each is where it is.</summary>
internal static class ResolveOutput
{
    public static void WriteJson(CliContext cli, CredentialPlan plan) => JsonOutput.Write(cli, writer => WritePlan(writer, plan));

    public static void WritePlan(Utf8JsonWriter writer, CredentialPlan plan)
    {
        ResolvedOrder order = plan.Order;
        writer.WriteStartObject();
        writer.WriteString("provider", order.Provider);
        writer.WriteString("selected", plan.SelectedProfile);
        writer.WriteString("selectedSource", plan.Selected?.ToString());
        writer.WriteString("source", StatusWords.Of(order.Source));
        writer.WriteString("strategy", StatusWords.Of(order.Strategy));
        writer.WriteTexts("order", order.Order);
        writer.WriteStartArray("candidates");
        foreach (OrderCandidate candidate in order.Candidates) WriteCandidate(writer, candidate);
        writer.WriteEndArray();
        writer.WriteStartArray("keys");
        foreach (KeyCandidate key in plan.Keys)
        {
            writer.WriteStartObject();
            writer.WriteString("source", key.Source.ToString());
            writer.WriteString("reasonCode", key.ReasonCode);
            writer.WriteBoolean("beforeProfiles", key.IsFirst);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WritePropertyName("pin");
        if (plan.Pin is { } pin) SessionOutput.WritePin(writer, pin);
        else writer.WriteNullValue();
        writer.WriteString("ifItFails", plan.IfItFails);
        writer.WriteEndObject();
    }

    public static void WriteText(CliContext cli, CredentialPlan plan, long now)
    {
        var style = new Style(cli.UseColor);
        ResolvedOrder order = plan.Order;
        var text = new StringBuilder($"Provider: {order.Provider}\nOrder: {Describe(order)}\n");
        if (plan.Pin is { } pin) text.Append($"Session: {pin.Session}, {(pin.Source == SessionPinSource.User ? "pinned to" : "stays with")} {pin.ProfileId}\n");
        foreach (KeyCandidate key in plan.Keys.Where(key => key.IsFirst)) AppendKey(text, plan, key, style);
        int width = Math.Min(order.Candidates.Select(candidate => candidate.ProfileId.Length).DefaultIfEmpty().Max(), 32);
        foreach (OrderCandidate candidate in order.Candidates)
        {
            string rank = candidate.Rank is { } place ? $"{place,3}." : "  - ";
            string reason = candidate.Kind is null ? candidate.Explanation : Wait(candidate, now);
            string painted = candidate.ProfileId == plan.SelectedProfile ? style.Good(reason) : candidate.Rank is null ? style.Muted(reason) : candidate.Kind is null ? reason : style.Warn(reason);
            string code = candidate.Eligible ? string.Empty : $" [{candidate.ReasonCode}]";
            string rule = candidate.Rule switch
            {
                PlacementRule.Pin => ", first for this session",
                PlacementRule.FillFirst => ", used last",
                _ => string.Empty,
            };
            text.Append($"{rank} {candidate.ProfileId.PadRight(width)}  {painted}{rule}{code}\n");
        }
        foreach (KeyCandidate key in plan.Keys.Where(key => !key.IsFirst)) AppendKey(text, plan, key, style);
        text.Append($"Selected: {plan.SelectedProfile ?? plan.SelectedText}\nIf it fails: {plan.IfItFails.Replace("; ", ";\n             ", StringComparison.Ordinal)}\n");
        cli.Write(text.ToString());
    }

    private static void WriteCandidate(Utf8JsonWriter writer, OrderCandidate candidate)
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
        writer.WriteString("rule", StatusWords.Of(candidate.Rule));
        writer.WriteString("waitReason", candidate.WaitReason);
        writer.WriteString("waitModel", candidate.WaitModel);
        writer.WriteEndObject();
    }

    private static void AppendKey(StringBuilder text, CredentialPlan plan, KeyCandidate key, Style style)
    {
        string reason = KeyReasonCodes.Describe(key.ReasonCode);
        text.Append($"  + {key.Source}  {(plan.Selected == key.Source ? style.Good(reason) : style.Muted(reason))}\n");
    }

    private static string Wait(OrderCandidate candidate, long now)
    {
        if (candidate.UnusableUntil >= UsageStats.DisabledForGood) return "disabled by the user";
        DateTimeOffset until = candidate.UnusableUntilTime!.Value.ToLocalTime();
        string time = candidate.UnusableUntil - now < 86_400_000 ? until.ToString("HH:mm", CultureInfo.InvariantCulture) : until.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        string reason = candidate.WaitReason is null ? string.Empty : $" ({candidate.WaitReason})";
        string model = candidate.WaitModel is null ? string.Empty : $" for {candidate.WaitModel}";
        return $"{candidate.Kind}{reason}{model}, usable again in {DurationText.Remaining(candidate.UnusableUntil - now)}, at {time}";
    }

    private static string Describe(ResolvedOrder order)
    {
        string sorting = order.Strategy == OrderStrategy.FillFirst ? "the one used last first" : "by kind and last use";
        return order.Source switch
        {
            OrderSource.Stored => "stored with the agent",
            OrderSource.Config => "auth.order of the configuration",
            OrderSource.ConfigProfiles => $"auth.profiles of the configuration, {sorting}",
            _ => $"all stored profiles, {sorting}",
        };
    }
}
