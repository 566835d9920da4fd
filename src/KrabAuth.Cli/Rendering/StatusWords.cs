using KrabAuth.Interop;
using KrabAuth.Profiles;

namespace KrabAuth.Cli.Rendering;

/// <summary>The words of JSON for what Core names by enumerations.</summary>
internal static class StatusWords
{
    public static string Of(AuthStatus status) => status switch
    {
        AuthStatus.Ok => "ok",
        AuthStatus.Static => "static",
        AuthStatus.Expiring => "expiring",
        AuthStatus.Expired => "expired",
        _ => "missing",
    };

    /// <summary>The program that a profile shares its sign-in with, as the peers name it; null where the store is its only place.</summary>
    public static string? SourceOf(AuthProfile profile) => ExternalTool.OfProfile(profile.ProfileId) is null ? null : profile.ProfileId[(profile.ProfileId.IndexOf(':', StringComparison.Ordinal) + 1)..];

    public static string Of(ExternalLoginAction action) => action switch
    {
        ExternalLoginAction.Add => "add",
        ExternalLoginAction.Update => "update",
        ExternalLoginAction.Remove => "remove",
        _ => "none",
    };

    public static string Of(Routing.OrderSource source) => source switch
    {
        Routing.OrderSource.Stored => "stored",
        Routing.OrderSource.Config => "config",
        Routing.OrderSource.ConfigProfiles => "configProfiles",
        _ => "derived",
    };

    public static string? Of(Routing.PlacementRule? rule) => rule switch
    {
        null => null,
        Routing.PlacementRule.Given => "given",
        Routing.PlacementRule.RoundRobin => "roundRobin",
        Routing.PlacementRule.FillFirst => "fillFirst",
        Routing.PlacementRule.Waiting => "waiting",
        _ => "pin",
    };

    public static string Of(Routing.OrderStrategy strategy) => strategy == Routing.OrderStrategy.FillFirst ? "fill-first" : "round-robin";

    public static string Of(Routing.SessionPinSource source) => source == Routing.SessionPinSource.User ? "user" : "auto";
}
