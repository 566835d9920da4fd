using System.Text;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

public sealed class CompletionTests : IDisposable
{
    private readonly TempHome _home = new();

    public CompletionTests() => _home.WriteStore(new JsonObject
    {
        ["anthropic:a"] = Sample.Key("anthropic"),
        ["openai:me@example.com"] = Sample.Key("openai"),
        ["openai:second"] = Sample.Key("openai"),
        ["openai:two words"] = Sample.Key("openai"),
    });

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("models auth ord", "order")]
    [InlineData("models auth order ", "get", "set", "clear")]
    [InlineData("models auth order set --provider openai ", "openai:me@example.com", "openai:second", "openai:two words")]
    [InlineData("models auth order set --provider openai openai:second openai:m", "openai:me@example.com")]
    [InlineData("models auth order set --provider openai openai:second ", "openai:me@example.com", "openai:two words")]
    [InlineData("models auth order set --provider=openai openai:s", "openai:second")]
    [InlineData("models auth order set --provider=anthropic", "--provider=anthropic", "--provider=anthropic-openai")]
    [InlineData("models auth order set --prov", "--provider")]
    [InlineData("models auth logout an", "anthropic:a")]
    [InlineData("models auth logout anthropic:a ", "--yes", "--revoke", "--help", "--product", "--state-dir", "--agent", "--verbose")]
    [InlineData("models auth record --profile-id openai:second --reason rate", "rate_limit")]
    [InlineData("models auth sync --tool co", "codex")]
    [InlineData("--product mo", "moltbot")]
    [InlineData("--agent m", "main")]
    [InlineData("model some/thing@openai:s")]
    [InlineData("model openai/thing@", "openai/thing@openai:me@example.com", "openai/thing@openai:second", "openai/thing@openai:two words")]
    [InlineData("completion ", "bash", "zsh", "fish", "powershell")]
    [InlineData("models auth order set --provider nobody ", "--help", "--product", "--state-dir", "--agent", "--verbose")]
    [InlineData("models auth order set --agent nobody --provider openai o")]
    public void The_program_offers_what_can_stand_there(string line, params string[] expected)
    {
        Outcome outcome = _home.Run(["[complete]", .. line.Split(' ')]);
        Assert.Equal(expected, outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split('\t')[0]));
        Assert.Equal((0, string.Empty), (outcome.ExitCode, outcome.Error));
    }

    [Fact]
    public void A_profile_is_told_by_its_kind_and_status_and_no_secret()
    {
        string output = _home.Run("[complete]", "models", "auth", "logout", "anth").Output;
        Assert.Equal("anthropic:a\tanthropic:a: api_key, static, expires never\n", output);
    }

    [Fact]
    public void A_broken_store_completes_to_nothing_and_the_catalog_still_does()
    {
        _home.WriteStore("{ \"profiles\": {");
        Assert.Equal(new Outcome(0, string.Empty, string.Empty), _home.Run("[complete]", "models", "auth", "logout", "an"));
        Assert.Contains("anthropic\t", _home.Run("[complete]", "models", "auth", "list", "--provider", "anth").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_shell_is_an_error_that_names_the_known_ones()
    {
        Outcome outcome = _home.Run("completion", "tcsh");
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("Error: There is no completion for that shell. Shells: bash, zsh, fish, powershell.\nNext: ", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("krabauth models auth order set --provider openai ", "openai:me@example.com", "openai:second", @"openai:two\ words")]
    // Bash completes behind the last of the characters at which it breaks words.
    [InlineData("krabauth models auth order set --provider openai openai:s", "second")]
    [InlineData("krabauth models auth order set --provider openai openai:me@e", "example.com")]
    [InlineData("krabauth models auth order set --provider=anthropic a", "anthropic:a")]
    [InlineData("krabauth models auth order se", "set")]
    public void Bash_completes(string line, params string[] expected)
    {
        string? bash = Find("bash");
        if (bash is null) Assert.Skip("There is no bash here.");
        string script = $$"""
            {{_home.Run("completion", "bash").Output}}
            COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:'
            COMP_LINE={{Quote(line)}}
            COMP_POINT=${#COMP_LINE}
            _krabauth_complete {{Quote(Program.FilePath)}}
            printf '%s\n' "${COMPREPLY[@]}"
            complete -p krabauth >&2
            """;
        Outcome outcome = Start(bash, "--norc", "--noprofile", "-c", script);
        Assert.Equal(expected, outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("-F _krabauth_complete krabauth", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Fish_completes()
    {
        string? fish = Find("fish");
        if (fish is null) Assert.Skip("There is no fish here.");
        string script = $"{_home.Run("completion", "fish").Output}\nset -x PATH {Quote(Path.GetDirectoryName(Program.FilePath)!)} $PATH\ncomplete -C 'krabauth models auth order set --provider openai openai:s'";
        Assert.StartsWith("openai:second\t", Start(fish, "--no-config", "-c", script).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Zsh_reads_the_script()
    {
        string? zsh = Find("zsh");
        if (zsh is null) Assert.Skip("There is no zsh here.");
        string script = $$"""
            autoload -U compinit; compinit -u -D
            {{_home.Run("completion", "zsh").Output}}
            _describe() { print -rl -- "${(@P)@[-1]}" }
            words=({{Quote(Program.FilePath)}} models auth order set --provider openai 'openai:s'); CURRENT=${#words}
            _krabauth
            print -r -- "${_comps[krabauth]}"
            """;
        Assert.Equal(["openai\\:second:openai:second: api_key, static, expires never", "_krabauth"], Start(zsh, "-f", "-c", script).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void PowerShell_completes()
    {
        string? pwsh = Find("pwsh");
        if (pwsh is null) Assert.Skip("There is no PowerShell here.");
        string program = Program.FilePath;
        string script = $$"""
            $env:PATH = '{{Path.GetDirectoryName(program)}}' + [IO.Path]::PathSeparator + $env:PATH
            krabauth completion powershell | Out-String | Invoke-Expression
            foreach ($line in 'krabauth models auth order set --provider openai ', 'krabauth models auth order set --provider openai openai:s', 'krabauth models auth order se') {
                (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches | ForEach-Object { "$($_.CompletionText)|$($_.ToolTip)" }
            }
            """;
        string[] lines = Start(pwsh, "-NoProfile", "-NonInteractive", "-EncodedCommand", Convert.ToBase64String(Encoding.Unicode.GetBytes(script))).Output.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("openai:me@example.com|openai:me@example.com: api_key, static, expires never", lines[0]);
        Assert.StartsWith("'openai:two words'|", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("openai:second|", lines[3], StringComparison.Ordinal);
        Assert.StartsWith("set|Store an order.", lines[4], StringComparison.Ordinal);
        Assert.Equal(5, lines.Length);
    }

    private Outcome Start(string file, params string[] args) => Program.Run(_home, args, file: file);

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
        .Select(directory => Path.Combine(directory, OperatingSystem.IsWindows() ? name + ".exe" : name)).FirstOrDefault(File.Exists);
}
