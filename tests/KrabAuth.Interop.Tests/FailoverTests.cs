using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Interop.Tests.Support;

namespace KrabAuth.Interop.Tests;

/// <summary>A thousand calls of a script to an API whose accounts are limited, out of credit or slow, each at its own time.</summary>
public sealed class FailoverTests
{
    private const int Calls = 1000;

    private static readonly string[] Accounts = ["poor", "hasty", "slow", "steady"];

    [Fact]
    public async Task Each_call_is_served_and_no_account_is_asked_while_it_waits()
    {
        Assert.SkipWhen(Node.FindOnPath("pwsh") is null, "There is no PowerShell on the path.");
        using var home = new TempHome();
        using var api = new LimitingApi(seed: 20261124);
        Write(home);
        using Session session = PowerShellSession.Start(home, $$"""
            $ProgressPreference = 'SilentlyContinue'
            $WarningPreference = 'SilentlyContinue'
            $served = @{}
            foreach ($call in 1..{{Calls}}) {
                $answer = Invoke-KrabAuthCommand groq { Invoke-RestMethod '{{api.Address}}' -Headers $KrabAuth.Header -TimeoutSec 1 }
                $served[$answer.by]++
            }
            @{
                served    = $served
                explained = @(Resolve-KrabAuthProfile groq -Explain | Where-Object ProfileId | Select-Object ProfileId, Reason, WaitReason, UnusableUntil)
            } | ConvertTo-Json -Depth 4 -Compress
            """);
        string output = (await session.FinishAsync()).Succeeded();
        JsonNode result = JsonNode.Parse(output.Trim().Split('\n')[^1])!;
        TestContext.Current.TestOutputHelper!.WriteLine($"{result["served"]!.ToJsonString()}\n{string.Join('\n', api.Answers.OrderBy(answer => answer.Key, StringComparer.Ordinal))}");

        Assert.Empty(api.Violations);
        Assert.Equal(Calls, result["served"]!.AsObject().Sum(account => account.Value!.GetValue<int>()));
        Assert.Equal(Calls, api.Answers.Where(answer => answer.Key.EndsWith(" 200", StringComparison.Ordinal)).Sum(answer => answer.Value));
        // It must have been made hard, or nothing was shown.
        Assert.Equal(1, api.Answers.GetValueOrDefault("gsk-poor-0123456789 402"));
        Assert.True(api.Answers.GetValueOrDefault("gsk-hasty-0123456789 429") > 1, "nobody was limited");
        Assert.True(api.Answers.GetValueOrDefault("gsk-slow-0123456789 0") == 3, "nobody was slow");

        // What is explained is what the server saw: the poor one is out for hours, nobody else for longer than the server said.
        foreach (JsonNode candidate in result["explained"]!.AsArray().Select(candidate => candidate!))
        {
            string key = $"gsk-{candidate["ProfileId"]!.GetValue<string>().Split(':')[1]}-0123456789";
            DateTimeOffset? until = candidate["UnusableUntil"] is { } time ? time.Deserialize<DateTimeOffset>() : null;
            if (key.Contains("poor", StringComparison.Ordinal)) Assert.Equal("billing", candidate["WaitReason"]!.GetValue<string>());
            if (until is { } end) Assert.InRange((end - api.Until(key)).TotalSeconds, -1.5, 1.5);
            else Assert.True(api.Until(key) <= DateTimeOffset.UtcNow.AddSeconds(1.5), $"{key} waits, and nobody says so");
        }
    }

    private static void Write(TempHome home)
    {
        var profiles = new JsonObject();
        foreach (string name in Accounts) profiles[$"groq:{name}"] = new JsonObject { ["type"] = "api_key", ["provider"] = "groq", ["key"] = $"gsk-{name}-0123456789" };
        string text = new JsonObject { ["version"] = 1, ["profiles"] = profiles, ["order"] = new JsonObject { ["groq"] = new JsonArray([.. Accounts.Select(name => (JsonNode)$"groq:{name}")]) } }.ToJsonString();
        Directory.CreateDirectory(Path.GetDirectoryName(home.StorePath)!);
        File.WriteAllText(home.StorePath, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(home.StorePath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
