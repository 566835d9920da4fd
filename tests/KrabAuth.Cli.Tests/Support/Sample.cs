using System.Text.Json.Nodes;

namespace KrabAuth.Cli.Tests.Support;

/// <summary>Credentials to plant.</summary>
internal static class Sample
{
    public static long InDays(double days) => DateTimeOffset.UtcNow.AddDays(days).ToUnixTimeMilliseconds();

    /// <summary>A setup-token of full length.</summary>
    public static string SetupToken(string middle = "middle") => $"sk-ant-oat01-{new string('a', 40)}{middle}{new string('b', 40)}";

    public static JsonObject Key(string provider, string key = "sk-proj-0123456789abcdefghij") => new() { ["type"] = "api_key", ["provider"] = provider, ["key"] = key };

    public static JsonObject Token(string provider, double? days = null, string? token = null)
    {
        var profile = new JsonObject { ["type"] = "token", ["provider"] = provider, ["token"] = token ?? SetupToken() };
        if (days is not null) profile["expires"] = InDays(days.Value);
        return profile;
    }

    public static JsonObject OAuth(string provider, double days, bool refreshable = true)
    {
        var profile = new JsonObject { ["type"] = "oauth", ["provider"] = provider, ["access"] = "access-0123456789abcdefghij", ["expires"] = InDays(days), ["email"] = "me@example.com" };
        if (refreshable) profile["refresh"] = "refresh-0123456789abcdefghij";
        return profile;
    }
}
