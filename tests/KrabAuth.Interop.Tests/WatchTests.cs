using KrabAuth.Interop.Tests.Support;

namespace KrabAuth.Interop.Tests;

/// <summary>The live view of the module, in a real console.</summary>
public sealed class WatchTests : IDisposable
{
    private const string Leave = "\u001b[?25h\u001b[?1049l";

    private readonly TempHome _home = new();

    public WatchTests()
    {
        PowerShellSession.Require();
        Directory.CreateDirectory(Path.GetDirectoryName(_home.StorePath)!);
        File.WriteAllText(_home.StorePath, """{"version":1,"profiles":{"openai:a":{"type":"api_key","provider":"openai","key":"sk-CANARY-0123456789"}}}""");
    }

    public void Dispose() => _home.Dispose();

    // Ctrl+C stops the script too, and with it the process; q goes on behind the cmdlet.
    [Theory]
    [InlineData("q", true)]
    [InlineData("\u0003", false)]
    public async Task A_key_ends_it_and_gives_the_screen_back(string key, bool goesOn)
    {
        using Session session = PowerShellSession.StartOnTerminal(_home, """
            stty cols 90 rows 20
            Watch-KrabAuth -Interval 1d @at
            'behind it'
            """, "xterm");
        await session.LineAsync(line => line.Contains("openai:a", StringComparison.Ordinal));
        await session.WriteAsync(key);
        string screen = (await session.FinishAsync()).Output;
        Assert.Contains(Leave, screen, StringComparison.Ordinal);
        Assert.Equal(goesOn, screen.Contains($"{Leave}behind it", StringComparison.Ordinal));
        Assert.DoesNotContain("CANARY", screen, StringComparison.Ordinal);
    }
}
