using System.Runtime.Versioning;
using KrabAuth.Core.Tests.Processes;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>The program that opens the user's browser, in a process whose path holds one that writes down its arguments, and no other but snares.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SystemBrowserTests : IDisposable
{
    /// <summary>What an opener that goes by way of a shell, or by another name, would run.</summary>
    private static readonly string[] Snares = ["sh", "bash", "dash", "cmd", "cmd.exe", "powershell", "pwsh", "open", "xcalc", "x-www-browser", "sensible-browser", "touch", "id"];

    private readonly TempState _state = new();

    public SystemBrowserTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the system has one opener, at a place where no test can put another.");
        Plant("xdg-open", "{ printf '%s\\n' \"$#\"; printf '%s\\n' \"$@\"; } > \"${0%/*}/opened\"");
        foreach (string snare in Snares) Plant(snare, "printf '%s\\n' \"$0 $*\" >> \"${0%/*}/caught\"");
        Shell.Run("mkfifo", Opened);
    }

    private string Programs => _state.InState("programs");

    /// <summary>A pipe: who reads it has waited for the program.</summary>
    private string Opened => Path.Combine(Programs, "opened");

    public void Dispose() => _state.Dispose();

    // CVE-2025-6514, CVE-2022-39327: what a shell would read as the end of a word, another command, or one in a command.
    [Theory]
    [InlineData("https://auth.acme.test/authorize?client_id=krab&state=s", "&state")]
    [InlineData("https://auth.acme.test/authorize?a=b;touch%20caught;&touch+caught&", ";touch")]
    [InlineData("https://auth.acme.test/authorize?a=$(touch)&b=${PATH}", "$(touch)")]
    [InlineData("https://auth.acme.test/authorize?a='&calc.exe&'!b", "'&calc.exe&'")]
    [InlineData("https://auth.acme.test/authorize?a=b|id&c=`id`&d=\"x\"&e=%25PATH%25^&f=\n", "&e=%25PATH%25")]
    [InlineData("https://auth.acme.test/--help?-x --y", "--help")]
    [InlineData("http://127.0.0.1:8080/authorize?a=b&c=d", "&c=d")]
    [InlineData("http://[::1]:8080/authorize?a=b&c=d", "&c=d")]
    public async Task A_page_is_opened_by_one_program_with_its_address_for_the_only_argument(string address, string kept)
    {
        // To open a pipe is to wait for who writes into it.
        Task<string> opened = Task.Run(() => File.ReadAllText(Opened), TestContext.Current.CancellationToken);
        Assert.Equal(["True"], await BrowseAsync(address));
        string said = await opened.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        Assert.Equal($"1\n{new Uri(address).AbsoluteUri}\n", said);
        Assert.Contains(kept, said, StringComparison.Ordinal);
        AssertNothingElseRan();
    }

    // CVE-2025-6514: an address from a server's metadata became a command.
    [Theory]
    [InlineData("file:///usr/bin/xcalc")]
    [InlineData("http://example.com/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("ms-settings:")]
    [InlineData("vscode://file/x")]
    [InlineData("ftp://example.com/")]
    [InlineData("http://localhost.example.com/")]
    [InlineData("calculator:$(touch)")]
    public async Task Nothing_but_a_web_page_is_opened(string address)
    {
        // The program is there and would have done it, as above.
        Assert.Equal(["False"], await BrowseAsync(address));
        AssertNothingElseRan();
    }

    private async Task<IReadOnlyList<string>> BrowseAsync(string address)
    {
        using var worker = Worker.StartBrowsing(Programs, address);
        return await worker.FinishAsync(TestContext.Current.CancellationToken);
    }

    private void AssertNothingElseRan() => Assert.False(File.Exists(Path.Combine(Programs, "caught")));

    private void Plant(string name, string script)
    {
        string path = _state.Write($"programs/{name}", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
