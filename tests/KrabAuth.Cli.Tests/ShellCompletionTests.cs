using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

/// <summary>The scripts in the shells that they are for: what Tab makes of a line, as the shell then reads it.</summary>
public sealed class ShellCompletionTests : IDisposable
{
    private const string Tab = "\t", LineStart = "\x01", LineEnd = "\x05", InsertAll = "\x1b*";
    private readonly TempHome _home = new();

    public ShellCompletionTests()
    {
        _home.WriteStore(new JsonObject
        {
            ["anthropic:a"] = Sample.Key("anthropic"),
            ["openai:me@example.com"] = Sample.Key("openai"),
            ["openai:second"] = Sample.Key("openai"),
            ["openai:two words"] = Sample.Key("openai"),
            ["xai:a:b"] = Sample.Key("xai"),
            ["xai:quoted'"] = Sample.Key("xai"),
            ["xai:o'brien"] = Sample.Key("xai"),
            ["xai:say \"$HOME\""] = Sample.Key("xai"),
            [@"xai:up\down"] = Sample.Key("xai"),
        });
        Directory.CreateDirectory(Path.Combine(_home.Root, "my dir"));
        _home.Variables["PATH"] = Path.GetDirectoryName(Program.FilePath) + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
    }

    public void Dispose() => _home.Dispose();

    /// <summary>Lines, and the last word of each behind a Tab, in the quotes that bash and zsh have in common; a directory without its slash,
    /// which zsh takes back.</summary>
    public static TheoryData<string, string> Lines { get; } = new()
    {
        { "krabauth models auth ord", "order" },
        { "FOO=1 krabauth models auth ord", "order" },
        { "krabauth mig", "migrate" },
        { "krabauth --prod", "--product" },
        { "krabauth --product mo", "moltbot" },
        { "krabauth --product=mo", "--product=moltbot" },
        { "krabauth models auth order set --provider moon", "moonshot" },
        { "krabauth models auth order set --provider=openai openai:s", "openai:second" },
        { "krabauth models auth logout anth", "anthropic:a" },
        { "krabauth models auth logout anthropic:", "anthropic:a" },
        { @"krabauth models auth logout anthropic\:", "anthropic:a" },
        { "krabauth models auth logout xai:a:", "xai:a:b" },
        { "krabauth models auth logout openai:me@e", "openai:me@example.com" },
        { "krabauth model openai/thing@openai:m", "openai/thing@openai:me@example.com" },
        { "krabauth model anthropic/thing@", "anthropic/thing@anthropic:a" },
        { "krabauth models auth logout openai:t", "openai:two words" },
        { @"krabauth models auth logout openai:two\ w", "openai:two words" },
        { "krabauth models auth logout 'openai:t", "openai:two words" },
        { "krabauth models auth logout \"openai:two w", "openai:two words" },
        { "krabauth models auth logout xai:o", "xai:o'brien" },
        { "krabauth models auth logout 'xai:o", "xai:o'brien" },
        { "krabauth models auth logout \"xai:o'b", "xai:o'brien" },
        { "krabauth models auth logout xai:s", "xai:say \"$HOME\"" },
        { "krabauth models auth logout 'xai:say \"$", "xai:say \"$HOME\"" },
        { "krabauth models auth logout \"xai:say \\\"\\$", "xai:say \"$HOME\"" },
        { "krabauth models auth logout 'xai:q", "xai:quoted'" },
        { "krabauth models auth logout xai:u", @"xai:up\down" },
        { @"krabauth models auth logout 'xai:up\", @"xai:up\down" },
        { @"krabauth models auth logout ""xai:up\d", @"xai:up\down" },
        { "krabauth --state-dir 'my dir' models auth ord", "order" },
        { @"krabauth --state-dir my\ dir --product mo", "moltbot" },
        { "krabauth --state-dir my", "my dir" },
        { "krabauth --state-dir=my", "--state-dir=my dir" },
        { "~/bin/krabauth models auth ord", "order" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public void Bash_completes(string line, string expected) => Assert.Equal(expected, InBash(line + Tab)[^1].TrimEnd('/'));

    [Fact]
    public void Bash_offers_all_in_the_order_of_the_program()
        => Assert.Equal(["--provider", "openai", "openai:me@example.com", "second", "two words"], InBash("krabauth models auth order set --provider openai openai:" + InsertAll)[^5..]);

    [Theory]
    [MemberData(nameof(Lines))]
    public void Zsh_completes(string line, string expected) => Assert.Equal(expected, InZsh(line + Tab).Words[^1].TrimEnd('/'));

    [Theory]
    [InlineData(@"krabauth models auth logout openai:", "openai:second          -- openai:second: api_key, static, expires never")]
    [InlineData(@"krabauth models auth logout xai:", @"xai:up\down      -- xai:up\down: api_key, static, expires never")]
    public void Zsh_tells_what_each_is(string line, string expected) => Assert.Contains(expected, InZsh(line + Tab).Screen, StringComparison.Ordinal);

    [Fact]
    public void Zsh_finds_the_script_among_its_functions()
    {
        TempHome.Write(Path.Combine(_home.Root, "functions", "_krabauth"), _home.Run("completion", "zsh").Output);
        Assert.Equal("anthropic:a", InZsh("krabauth models auth logout anth" + Tab, "fpath=(~/functions $fpath); autoload -U compinit; compinit -u -D").Words[^1]);
    }

    [Theory]
    [InlineData("krabauth models auth ord", "order")]
    [InlineData("krabauth --product=mo", "--product=moltbot")]
    [InlineData("krabauth models auth order set --provider openai ", "openai:me@example.com", "openai:second", "openai:two words")]
    [InlineData("krabauth models auth logout openai:s", "openai:second")]
    [InlineData(@"krabauth models auth logout openai\:s", "openai:second")]
    [InlineData("krabauth model anthropic/thing@", "anthropic/thing@anthropic:a")]
    [InlineData(@"krabauth models auth logout openai:two\ w", "openai:two words")]
    [InlineData("krabauth models auth logout 'openai:two w", "openai:two words")]
    [InlineData("krabauth models auth logout \"xai:o'b", "xai:o'brien")]
    [InlineData("krabauth models auth logout 'xai:say \"$", "xai:say \"$HOME\"")]
    [InlineData(@"krabauth --state-dir my\ dir --product mo", "moltbot")]
    [InlineData("krabauth --state-dir my", "my dir/")]
    [InlineData("krabauth --state-dir 'my d", "my dir/")]
    [InlineData(@"krabauth --state-dir=my\ d", "--state-dir=my dir/")]
    [InlineData("~/bin/krabauth models auth ord", "order")]
    public void Fish_completes(string line, params string[] expected)
    {
        string script = $"krabauth completion fish | source\ncomplete -C '{line.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'\n";
        Assert.Equal(expected, Split(Start(Find("fish"), script, "--no-config").Output).Select(text => text.Split('\t')[0]));
    }

    [Fact]
    public void PowerShell_completes()
    {
        (string Line, string[] Expected)[] cases =
        [
            ("krabauth models auth order se", ["set|Store an order.*"]),
            ("krabauth models auth order set --provider openai ", ["openai:me@example.com|openai:me@example.com: api_key, static, expires never", "openai:second|*", "'openai:two words'|*"]),
            ("krabauth models auth order set --provider=openai openai:s", ["openai:second|*"]),
            // One word before the one that is completed, which PowerShell takes for a text and no list.
            ("krabauth --product mo", ["moltbot|*"]),
            ("krabauth model anthropic/thing@", ["anthropic/thing@anthropic:a|*"]),
            ("krabauth models auth logout 'openai:two w", ["'openai:two words'|*"]),
            ("krabauth models auth logout \"openai:t", ["'openai:two words'|*"]),
            ("krabauth models auth logout 'xai:o''b", ["'xai:o''brien'|*"]),
            ("krabauth models auth logout 'xai:say \"", ["'xai:say \"$HOME\"'|*"]),
            ("krabauth --state-dir 'my dir' --product mo", ["moltbot|*"]),
            ("krabauth --state-dir=my", [$"--state-dir='.{Path.DirectorySeparatorChar}my dir*'|*"]),
        ];
        string script = $$"""
            krabauth completion powershell | Out-String | Invoke-Expression
            foreach ($line in {{string.Join(", ", cases.Select(each => $"'{each.Line.Replace("'", "''", StringComparison.Ordinal)}'"))}}) {
                (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches | ForEach-Object { "$($_.CompletionText)|$($_.ToolTip)" }
            }
            """;
        string encoded = Convert.ToBase64String(Encoding.Unicode.GetBytes(script));
        string[] found = Split(Start(Find("pwsh"), string.Empty, "-NoProfile", "-NonInteractive", "-EncodedCommand", encoded).Output.ReplaceLineEndings("\n"));
        string[] expected = [.. cases.SelectMany(each => each.Expected)];
        Assert.All(expected.Zip(found), pair => Assert.Matches($"^{Regex.Escape(pair.First).Replace(@"\*", ".*", StringComparison.Ordinal)}$", pair.Second));
        Assert.Equal(expected.Length, found.Length);
    }

    /// <summary>The words of a line that was typed in bash, which reads its keys from a pipe as well as from a terminal.</summary>
    private string[] InBash(string keys)
    {
        Outcome outcome = Start(Find("bash"), $"eval \"$(krabauth completion bash)\"\n{Printed(keys)}", "--norc", "--noprofile", "-i");
        return Words(outcome.Output + outcome.Error);
    }

    /// <summary>The words of a line that was typed in zsh, and what it showed. Zsh edits lines on a terminal alone, and has one to lend.</summary>
    private (string[] Words, string Screen) InZsh(string keys, string setup = "autoload -U compinit; compinit -u -D; source <(krabauth completion zsh)")
    {
        string zsh = Find("zsh");
        TempHome.Write(Path.Combine(_home.Root, ".zshrc"), $"PS1='READY> ' PS2='UNCLOSED> '; bindkey -e; {setup}\n");
        TempHome.Write(Path.Combine(_home.Root, "keys"), Printed(keys));
        const string Script = """
            zmodload zsh/zpty
            TERM=dumb zpty inner zsh -d -i
            zpty -r inner screen '*READY> '
            zpty -w -n inner "$(<keys)"$'\n'
            # A quote that is left open would have it wait for the rest of the line.
            while zpty -r inner screen; do print -rn -- "$screen"; [[ $screen == *UNCLOSED* ]] && break; done
            """;
        string screen = Start(zsh, string.Empty, "-f", "-c", Script).Output;
        return (Words(screen), screen);
    }

    /// <summary>What is typed to have the words of a line written to a file as a shell reads them, in place of being run.</summary>
    private static string Printed(string keys) => $"{keys}{LineStart}printf '%s\\n' {LineEnd} > words\nexit\n";

    private string[] Words(string screen)
    {
        string path = Path.Combine(_home.Root, "words");
        Assert.True(File.Exists(path), screen);
        return File.ReadAllLines(path);
    }

    private Outcome Start(string file, string input, params string[] args) => Program.Run(_home, args, Encoding.UTF8.GetBytes(input), file);

    private string Find(string shell)
    {
        string? path = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Select(directory => Path.Combine(directory, OperatingSystem.IsWindows() ? shell + ".exe" : shell)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"There is no {shell} here.");
        if (shell != "pwsh")
        {
            Directory.CreateDirectory(Path.Combine(_home.Root, "bin"));
            File.CreateSymbolicLink(Path.Combine(_home.Root, "bin", "krabauth"), Program.FilePath);
        }
        return path;
    }

    private static string[] Split(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
