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

    public static string Of(Routing.OrderSource source) => source switch
    {
        Routing.OrderSource.Stored => "stored",
        Routing.OrderSource.Config => "config",
        Routing.OrderSource.ConfigProfiles => "configProfiles",
        _ => "derived",
    };
}
