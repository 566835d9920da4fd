namespace KrabAuth.Cli.Rendering;

/// <summary>
/// What each shell needs to complete this program. The scripts decide nothing: they hand the words to the program, the last of them being
/// the one that is completed, and show the lines that come back, each a value, a tab and what it is.
/// </summary>
internal static class CompletionScripts
{
    /// <summary>The first argument of a call that asks for completions.</summary>
    public const string Request = "[complete]";

    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "powershell"];

    /// <summary>The script for a shell; null for one that is not known.</summary>
    public static string? Find(string shell, string program)
    {
        string? script = shell.ToLowerInvariant() switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            "powershell" or "pwsh" => PowerShell,
            _ => null,
        };
        return script?.Replace("PROGRAM", program, StringComparison.Ordinal).Replace("REQUEST", Request, StringComparison.Ordinal);
    }

    // Bash takes the word that is completed to begin behind the last colon, and ids have colons: what stands before it is taken off the
    // values. It runs in the bash 3.2 of macOS too.
    private const string Bash = """
        # bash completion for PROGRAM. Load it with: source <(PROGRAM completion bash)
        _PROGRAM_complete() {
            local line="${COMP_LINE:0:COMP_POINT}" current before="" value i
            local -a words=()
            IFS=$' \t' read -r -a words <<< "$line"
            case "$line" in *[[:space:]]) words+=("") ;; esac
            current="${words[${#words[@]}-1]}"
            for (( i = ${#current} - 1; i >= 0; i-- )); do
                case "${current:i:1}" in
                    [:=@]) case "$COMP_WORDBREAKS" in *"${current:i:1}"*) before="${current:0:i+1}"; break ;; esac ;;
                esac
            done
            COMPREPLY=()
            while IFS=$'\t' read -r value _; do
                printf -v value '%q' "${value#"$before"}"
                COMPREPLY+=("$value")
            done < <("$1" 'REQUEST' "${words[@]:1}" 2>/dev/null)
        }
        complete -o default -o nosort -F _PROGRAM_complete PROGRAM 2>/dev/null || complete -o default -F _PROGRAM_complete PROGRAM

        """;

    private const string Zsh = """
        #compdef PROGRAM
        # zsh completion for PROGRAM. Load it, after compinit, with: source <(PROGRAM completion zsh)
        _PROGRAM() {
            local -a candidates
            local value description
            while IFS=$'\t' read -r value description; do
                value="${value//\\/\\\\}"
                candidates+=("${value//:/\\:}:${description}")
            done < <("${(Q)words[1]}" 'REQUEST' "${(@Q)words[2,CURRENT]}" 2>/dev/null)
            if (( ${#candidates} )); then _describe -V 'PROGRAM' candidates; else _files; fi
        }
        compdef _PROGRAM PROGRAM

        """;

    private const string Fish = """
        # fish completion for PROGRAM. Load it with: PROGRAM completion fish | source
        function __PROGRAM_complete
            set -l words (commandline -opc)
            set -l current (commandline -ct)
            set -l program $words[1]
            set -e words[1]
            set -l found ($program 'REQUEST' $words "$current" 2>/dev/null)
            if test (count $found) -gt 0
                printf '%s\n' $found
            else
                __fish_complete_path "$current"
            end
        end
        complete -c PROGRAM -k -f -a '(__PROGRAM_complete)'

        """;

    private const string PowerShell = """
        # PowerShell completion for PROGRAM. Load it with: PROGRAM completion powershell | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName PROGRAM -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            $program, $words = $commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or $_ -eq $commandAst.CommandElements[0] } | ForEach-Object { if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text } }
            & $program 'REQUEST' @words $wordToComplete.Trim("'", '"') 2>$null | ForEach-Object {
                $value, $description = $_ -split "`t", 2
                $text = if ($value -match '^[\w.:/+=-][\w.:/+@=-]*$') { $value } else { "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($value) + "'" }
                [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $(if ($description) { $description } else { $value }))
            }
        }

        """;
}
