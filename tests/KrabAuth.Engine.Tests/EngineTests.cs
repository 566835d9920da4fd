#if ENGINE
using System.Management.Automation;
using System.Text.Json.Nodes;
#endif

namespace KrabAuth.EngineTests;

/// <summary>
/// The module in an engine that this process hosts, as an application does that has PowerShell within it: no console, no prompt, several
/// sessions at once, and calls that are stopped from outside.
/// </summary>
public sealed class EngineTests
{
#if ENGINE
    private const string Store = """
        {"version":1,"profiles":{
          "groq:a":{"type":"api_key","provider":"groq","key":"gsk-NEVER-SHOWN-0123456789"},
          "groq:b":{"type":"api_key","provider":"groq","key":"gsk-NEVER-SHOWN-9876543210"}}}
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void It_is_imported_and_gives_objects_without_a_secret()
    {
        using var engine = new Engine(Store);
        using PowerShell shell = engine.Command("Get-KrabAuthProfile");
        PSObject[] profiles = [.. shell.Invoke()];
        Assert.Empty(shell.Streams.Error);
        Assert.Equal(["groq:a", "groq:b"], profiles.Select(profile => profile.Properties["ProfileId"].Value));
        Assert.All(profiles, profile => Assert.Equal("static", profile.Properties["StatusText"].Value));
        Assert.DoesNotContain("NEVER-SHOWN", PSSerializer.Serialize(profiles, depth: 4), StringComparison.Ordinal);
    }

    // A host without a console and without prompts: what it is not given, it is told of.
    [Fact]
    public void Where_nobody_can_be_asked_the_error_says_what_to_give()
    {
        using var engine = new Engine(Store);
        using PowerShell shell = engine.Command("Connect-KrabProvider", ("Provider", "mistral"), ("Method", "ApiKey"));
        ErrorRecord error = Error(shell);
        Assert.StartsWith("SecretRequired,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Connect-KrabProvider mistral", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_gives_lines_and_ends_when_it_is_stopped()
    {
        using var engine = new Engine(Store);
        using PowerShell shell = engine.Command("Watch-KrabAuth", ("Interval", TimeSpan.FromDays(1)));
        using var lines = new PSDataCollection<PSObject>();
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lines.DataAdded += (_, added) =>
        {
            if (added.Index == 1) seen.TrySetResult();
        };
        IAsyncResult watching = shell.BeginInvoke<PSObject, PSObject>(null, lines);
        await seen.Task.WaitAsync(TimeSpan.FromMinutes(2), Cancellation);
        await shell.StopAsync(null, null).WaitAsync(TimeSpan.FromMinutes(2), Cancellation);
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(watching));
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.All(lines, line => Assert.DoesNotContain('\u001b', line.ToString()));
        Assert.Contains("groq:a is static", lines[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_of_one_process_lose_none_of_each_others_changes()
    {
        const int Sessions = 6, Changes = 8;
        using var engine = new Engine(Store, Sessions);
        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(session => Task.Run(
            () =>
            {
                for (int change = 0; change < Changes; change++)
                {
                    using PowerShell shell = engine.Command("Copy-KrabAuthProfile", ("ProfileId", "groq:a"), ("NewName", $"copy-{session}-{change}"));
                    shell.Invoke();
                    Assert.Empty(shell.Streams.Error);
                }
            },
            Cancellation)));
        JsonNode store = JsonNode.Parse(await File.ReadAllTextAsync(engine.StorePath, Cancellation))!;
        Assert.Equal(2 + (Sessions * Changes), store["profiles"]!.AsObject().Count);
    }

    private static ErrorRecord Error(PowerShell shell)
    {
        try
        {
            shell.Invoke();
            return shell.Streams.Error[0];
        }
        catch (RuntimeException e)
        {
            return e.ErrorRecord;
        }
    }
#else
    [Fact]
    public void The_engine_takes_part() => Assert.Skip("The package System.Management.Automation could not be restored here. The Pester suites try the module in pwsh all the same.");
#endif
}
