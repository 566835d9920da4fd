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

    // Bash hands over the end of the line that it will replace, raw: behind an open quote or the last of the characters at which it breaks
    // words, a colon for one, and ids have colons. What stands before it is taken off the values, and they are quoted as the open quote
    // needs it. It runs in the bash 3.2 of macOS too, which cannot source <(…).
    private const string Bash = """
        # bash completion for PROGRAM. Load it with: eval "$(PROGRAM completion bash)"
        _PROGRAM_complete() {
            local line="${COMP_LINE:0:COMP_POINT}" word="" isword="" quote="" before="" opened="" program value rest c i start
            local -a words=()
            start=$(( ${#line} - ${#2} ))
            for (( i = 0; ; i++ )); do
                if (( i == start )); then before="$word" opened="$quote"; fi
                if (( i >= ${#line} )); then break; fi
                c="${line:i:1}"
                case "$quote$c" in
                    \' | \") quote="$c" isword=1 ;;
                    "''" | '""') quote="" ;;
                    '\' | '"\')
                        case "$quote${line:i+1:1}" in '"'[!\"\$\`\\]) ;; *) (( ++i )); c="${line:i:1}" ;; esac
                        word+="$c" isword=1 ;;
                    [[:space:]]) if [ -n "$isword" ]; then words+=("$word"); word="" isword=""; fi ;;
                    *) word+="$c" isword=1 ;;
                esac
            done
            words+=("$word")
            program="${words[0]}"
            case "$program" in '~/'*) program="$HOME/${program:2}" ;; esac
            COMPREPLY=()
            while IFS=$'\t' read -r rest _; do
                rest="${rest#"$before"}"
                if [ -z "$opened" ]; then
                    printf -v value '%q' "$rest"
                else
                    value=""
                    for (( i = 0; i < ${#rest}; i++ )); do
                        c="${rest:i:1}"
                        case "$opened$c" in "''") value+="'\\''" ;; '"'[\"\$\`\\]) value+="\\$c" ;; *) value+="$c" ;; esac
                    done
                    # Readline closes the quote, but not behind a quote of the value.
                    case "$rest" in *"$opened") value+="$opened" ;; esac
                fi
                COMPREPLY+=("$value")
            done < <("$program" 'REQUEST' "${words[@]:1}" 2>/dev/null)
        }
        complete -o default -o nosort -F _PROGRAM_complete PROGRAM 2>/dev/null || complete -o default -F _PROGRAM_complete PROGRAM

        """;

    // Zsh keeps an open quote apart from the word. As a file in $fpath the script is the body of the function that it defines.
    private const string Zsh = """
        #compdef PROGRAM
        # zsh completion for PROGRAM. Load it, after compinit, with: source <(PROGRAM completion zsh)
        _PROGRAM() {
            local -a candidates
            local value description program="${(Q)words[1]/#\~\//${(q)HOME}/}" current="${(Q):-$compstate[quote]$PREFIX$compstate[quote]}"
            while IFS=$'\t' read -r value description; do
                value="${value//\\/\\\\}"
                candidates+=("${value//:/\\:}:${description//\\/\\\\}")
            done < <("$program" 'REQUEST' "${(@Q)words[2,CURRENT-1]}" "$current" 2>/dev/null)
            if (( ${#candidates} )); then
                _describe -V 'PROGRAM' candidates
            else
                [[ $PREFIX == -* ]] && compset -P 1 '*='
                _files
            fi
        }
        if [[ $funcstack[1] == _PROGRAM ]]; then _PROGRAM "$@"; else compdef _PROGRAM PROGRAM; fi

        """;

    // Fish hands over the word that is completed as it was typed, with its quotes, and those before it without.
    private const string Fish = """
        # fish completion for PROGRAM. Load it with: PROGRAM completion fish | source
        function __PROGRAM_complete
            set -l words (commandline -opc)
            set -l raw (commandline -ct)
            set -l current (string unescape -- "$raw")
            set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
            set -e words[1]
            set -l found ($program 'REQUEST' $words "$current" 2>/dev/null)
            if test (count $found) -gt 0
                printf '%s\n' $found
            else
                set -l option (string match -r -- '^-[^=]*=' "$raw")
                for path in (complete -C "'' "(string replace -r -- '^-[^=]*=' '' "$raw"))
                    printf '%s%s\n' "$option" $path
                end
            end
        end
        complete -c PROGRAM -k -f -a '(__PROGRAM_complete)'

        """;

    // PowerShell hands over the word that is completed in its quotes, an open one closed. It completes to files where this gives nothing, but
    // knows no option with a value in one word.
    private const string PowerShell = """
        # PowerShell completion for PROGRAM. Load it with: PROGRAM completion powershell | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName PROGRAM -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            $program, [string[]]$words = $commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or $_ -eq $commandAst.CommandElements[0] } | ForEach-Object { if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text } }
            $current = $wordToComplete -replace '^([''"])(.*)\1$', '$2'
            $found = @(& $program 'REQUEST' @words $current 2>$null)
            foreach ($line in $found) {
                $value, $description = $line -split "`t", 2
                $text = if ($value -match '^[\w.:/+=-][\w.:/+@=-]*$') { $value } else { "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($value) + "'" }
                [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $(if ($description) { $description } else { $value }))
            }
            if (-not $found -and $current -match '^(-[^=]*=)(.*)$') {
                $option, $path = $Matches[1, 2]
                [System.Management.Automation.CompletionCompleters]::CompleteFilename($path) | ForEach-Object { [System.Management.Automation.CompletionResult]::new($option + $_.CompletionText, $_.ListItemText, $_.ResultType, $_.ToolTip) }
            }
        }

        """;
}
