using KrabAuth.Host;
using KrabAuth.Providers;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Routing;

public sealed class EnvironmentTests
{
    [Theory]
    [InlineData("A=1\nB = two \n#C=3\nexport D='x # y'\n", "A=1|B=two|D=x # y")]
    [InlineData("A=\"one\\ntwo\" # said\nB=`b`\n", "A=one\ntwo|B=b")]
    [InlineData("A='first\nsecond'\nB=2", "A=first\nsecond|B=2")]
    [InlineData("A=1\nA=2\n=x\nnot a line\n A.b-c=3\r\n", "A=2|A.b-c=3")]
    [InlineData("A=\"open\nB=2", "A=\"open|B=2")]
    [InlineData("A=$(rm -rf /)\nB=${A}\nC=x#y\n", "A=$(rm -rf /)|B=${A}|C=x")]
    public void A_file_is_read_and_nothing_in_it_is_run(string text, string expected)
        => Assert.Equal(expected, string.Join('|', DotEnvFile.Parse(text).Select(entry => $"{entry.Key}={entry.Value}")));

    [Theory]
    [InlineData("OPENAI_API_KEY")]
    [InlineData("ANTHROPIC_API_KEY_OLD")]
    [InlineData("OPENCLAW_STATE_DIR")]
    [InlineData("OPENAI_BASE_URL")]
    [InlineData("HTTPS_PROXY")]
    [InlineData("NODE_TLS_REJECT_UNAUTHORIZED")]
    public void The_directory_one_stands_in_gives_no_key_and_bends_nothing(string name)
    {
        using var state = new TempState();
        File.WriteAllText(Path.Combine(state.Home, ".env"), $"{name}=from-a-stranger\nMINE=1\n");
        KeyEnvironment environment = state.Workspace().Environment;
        Assert.Null(environment.Find(name));
        Assert.Equal("1", environment.Find("MINE")!.Value);
        state.Write(".env", $"{name}=mine\n");
        Assert.Equal("mine", state.Workspace().Environment.Find(name)!.Value);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_said_and_the_other_places_serve()
    {
        using var state = new TempState();
        Directory.CreateDirectory(state.InState(".env"));
        state.Write("openclaw.json", """{ env: { vars: { GROQ_API_KEY: "of-the-config" } } }""");
        Assert.Equal("of-the-config", state.Workspace().Environment.FindKey("groq")!.Value.Reveal());
        Assert.Contains("is not used: ", Assert.Single(state.Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_real_shell_is_a_login_shell_that_is_told_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no login shell.");
        using var state = new TempState();
        string shell = Script(state, "printf 'hello\\n'; printf 'A=%s\\000B=x=y\\000' \"$1 $2 $3\"");
        var variables = await new SystemLoginShell().ReadAsync(state.Host.Set("SHELL", shell), TimeSpan.FromSeconds(30), state.Log, TestContext.Current.CancellationToken);
        Assert.Equal(("-l -c env -0", "x=y"), (variables["A"], variables["B"]));
        Assert.Empty(state.Log.Warnings);
    }

    [Theory]
    [InlineData("exit 3", 30_000, "ended with exit code 3")]
    [InlineData("exec sleep 600", 1, "took longer than 1 ms")]
    [InlineData("head -c 4000000 /dev/zero", 30_000, "its environment is too large")]
    public async Task A_shell_that_fails_gives_nothing_and_is_said(string body, int milliseconds, string warning)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no login shell.");
        using var state = new TempState();
        Assert.Empty(await new SystemLoginShell().ReadAsync(state.Host.Set("SHELL", Script(state, body)), TimeSpan.FromMilliseconds(milliseconds), state.Log, TestContext.Current.CancellationToken));
        Assert.Contains(warning, Assert.Single(state.Log.Warnings), StringComparison.Ordinal);
    }

    private static string Script(TempState state, string body)
    {
        string path = state.Write("shell", $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
