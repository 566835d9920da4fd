using System.CommandLine;
using System.CommandLine.Help;
using System.Text;
using KrabAuth.Cli.Host;

namespace KrabAuth.Cli.Commands;

/// <summary>The parser's help at a width that can be read, with an example or two.</summary>
internal static class HelpText
{
    private const int Width = 80;

    public static int Write(CliContext cli, ParseResult result, int exitCode = 0)
    {
        var text = new StringWriter { NewLine = "\n" };
        result.InvocationConfiguration.Output = text;
        new HelpAction { MaxWidth = Width }.Invoke(result);
        var help = new StringBuilder(text.ToString().TrimEnd()).Append('\n');
        string[] examples = ExamplesOf(Invocation.PathOf(result.CommandResult));
        if (examples.Length > 0) help.Append("\nExamples:\n");
        foreach (string example in examples) help.Append("  ").Append(example.Replace("krabauth ", cli.Program.Text + " ", StringComparison.Ordinal)).Append('\n');
        cli.Write(help.ToString());
        return exitCode;
    }

    private static string[] ExamplesOf(string command) => command switch
    {
        "" or "models" =>
        [
            "krabauth models auth paste-api-key --provider openai",
            "krabauth models status",
            "krabauth models status --check        # exit code 0 fine, 1 act now, 2 soon",
        ],
        "models status" =>
        [
            "krabauth models status --json | jq .auth.oauth.profiles",
            "krabauth models status --check --plain || notify 'sign in again'",
            "krabauth models status --probe --probe-provider openai-codex",
            "krabauth models status --watch        # q ends it",
            "krabauth models status --watch --interval 1m >> krabauth.log",
        ],
        "completion" => ["eval \"$(krabauth completion bash)\"", "krabauth completion powershell | Out-String | Invoke-Expression"],
        "models usage" => ["krabauth models usage --provider openai-codex", "krabauth models usage --json | jq '.providers[].windows'"],
        "models report" => ["krabauth models report", "krabauth models report --usage --output out/accounts.html --force"],
        "models auth" =>
        [
            "krabauth models auth paste-api-key --provider openai",
            "krabauth models auth order set --provider openai openai:work openai:manual",
            "OPENAI_API_KEY=$(krabauth models auth token --provider openai) ./run",
        ],
        "models auth setup-token" =>
        [
            "krabauth models auth setup-token --profile-id anthropic:work --expires-in 365d",
            "krabauth models auth setup-token < token.txt",
        ],
        "models auth paste-token" => ["krabauth models auth paste-token --provider github-copilot --expires-in 1h30m"],
        "models auth paste-api-key" =>
        [
            "krabauth models auth paste-api-key --provider openai --profile-id openai:work",
            "pass show openai/key | krabauth models auth paste-api-key --provider openai",
            "krabauth models auth paste-api-key --provider groq --secret-ref env:GROQ",
        ],
        "models auth order" or "models auth order set" => ["krabauth models auth order set --provider openai openai:work openai:manual"],
        "models auth resolve" => ["krabauth models auth resolve --provider anthropic --json"],
        "models auth token" => ["OPENAI_API_KEY=$(krabauth models auth token --provider openai) ./run"],
        "models auth sync" =>
        [
            "krabauth models auth sync --dry-run",
            "krabauth models auth sync --tool claude",
        ],
        "models auth export" =>
        [
            "krabauth models auth export profiles.krab",
            "pass show krab/export | krabauth models auth export profiles.krab --provider openai",
        ],
        "models auth import" =>
        [
            "krabauth models auth import profiles.krab --dry-run",
            "krabauth models auth import --from openclaw --move",
            "krabauth models auth import ~/.env",
            "krabauth models auth import --from-env --provider openai",
        ],
        "secrets" or "secrets audit" =>
        [
            "krabauth secrets audit",
            "krabauth secrets audit --check --json | jq .findings",
        ],
        "migrate" => ["krabauth migrate --from openclaw --dry-run", "krabauth migrate --from clawdbot --to openclaw"],
        "monitor" =>
        [
            "krabauth monitor --once",
            "krabauth monitor --once --warn 7d --notify ~/bin/tell-me",
            "krabauth monitor --interval 15m --notify mail -s KrabAuth me@example.com",
        ],
        "models auth session" or "models auth session set" =>
        [
            "krabauth models auth session set --session main anthropic:work",
            "krabauth models auth session get --session main --json",
        ],
        "model" =>
        [
            "krabauth model opus@anthropic:work --session main",
            "krabauth model status",
        ],
        "onboard" =>
        [
            "krabauth onboard                      # asks",
            "krabauth onboard --auth-choice openai-codex",
            "OPENAI_API_KEY=... krabauth onboard --non-interactive --auth-choice openai-api-key",
            "krabauth onboard --non-interactive --auth-choice apiKey --anthropic-api-key - < key.txt",
        ],
        "models auth login" => ["krabauth models auth login --provider openai-codex --set-default"],
        "models auth logout" => ["krabauth models auth logout openai:work"],
        "agents" or "agents add" =>
        [
            "krabauth agents add work",
            "krabauth models auth login --provider openai-codex --agent work",
        ],
        "agents delete" or "agents restore" =>
        [
            "krabauth agents delete work",
            "krabauth agents restore work          # undoes it",
        ],
        "doctor" =>
        [
            "krabauth doctor                       # look; on a terminal, ask what to mend",
            "krabauth doctor --fix",
            "krabauth doctor --json | jq '.findings[] | select(.severity != \"info\")'",
        ],
        "channels list" => ["krabauth channels list --json | jq .auth"],
        _ => [],
    };
}
