using System.Diagnostics;
using KrabAuth.Cli.Tests.Support;
using KrabAuth.TestSupport;

namespace KrabAuth.Cli.Tests;

/// <summary>A call that is told to end says so as a shell does: with 128 and the number of the signal.</summary>
public sealed class SignalTests
{
    public SignalTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "env of other systems sets no signals.");

    [Theory]
    [InlineData("-INT", 130)]
    [InlineData("-TERM", 143)]
    [InlineData("-HUP", 129)]
    public async Task A_sign_in_that_a_signal_ends_tells_which(string signal, int exitCode)
    {
        using var home = new GuideHome("krabkrab");
        using var api = new LoopbackApi();
        home.Define(api, "acme");
        // Who runs the tests in the background has them ignore Ctrl+C, and so would the program.
        using Process process = Program.Start(home.Home, "/usr/bin/env", ["--default-signal=INT,HUP", Program.FilePath, "models", "auth", "login", "--provider", "acme", "--no-browser"]);
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.StartsWith("http", StringComparison.Ordinal))
        {
        }
        Shell.Run("kill", signal, $"{process.Id}");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        Assert.Equal((exitCode, true), (process.ExitCode, (await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).EndsWith("Cancelled. Nothing was changed.\n", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("-INT", 130)]
    [InlineData("-TERM", 143)]
    public async Task A_renewal_that_a_signal_ends_tells_which(string signal, int exitCode)
    {
        using var home = new GuideHome("krabkrab");
        using var api = new LoopbackApi();
        using var asked = new ManualResetEventSlim();
        using var answered = new ManualResetEventSlim();
        home.Define(api, "acme");
        await home.SignInAsync("models", "auth", "login", "--provider", "acme", "--no-browser");
        api.Serve("/token", _ =>
        {
            asked.Set();
            answered.Wait(Patience.Limit);
            return (200, """{"access_token":"access-new-0123456789","refresh_token":"refresh-new-0123456789","token_type":"Bearer","expires_in":864000}""");
        });
        using Process process = Program.Start(home.Home, "/usr/bin/env", ["--default-signal=INT", Program.FilePath, "models", "auth", "refresh", "--provider", "acme"]);
        Assert.True(asked.Wait(Patience.Limit, TestContext.Current.CancellationToken));
        Shell.Run("kill", signal, $"{process.Id}");
        Assert.StartsWith("Cancelled. A request that is under way is finished first", await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        answered.Set();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        Assert.Equal(exitCode, process.ExitCode);
        Assert.Contains("refresh-new-0123456789", File.ReadAllText(home.Home.StorePath()), StringComparison.Ordinal);
    }
}
