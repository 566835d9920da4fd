# The recipes of docs/automation.md: each is read by the program that it is for, where that is found.

BeforeDiscovery {
    $page = (Get-Content -Raw -LiteralPath "$PSScriptRoot/../../docs/automation.md").Replace("`r", '')
    $blocks = foreach ($block in [regex]::Matches($page, '(?ms)^```(?<language>\w+)\n(?<text>.*?)^```')) {
        @{ Language = $block.Groups['language'].Value; Text = $block.Groups['text'].Value; First = ($block.Groups['text'].Value -split "`n")[0] }
    }
    $script:shell = $blocks | Where-Object Language -EQ sh
    $script:powershell = $blocks | Where-Object Language -EQ powershell
    $script:json = $blocks | Where-Object Language -EQ json
    $script:crontab = $blocks | Where-Object Language -EQ crontab
    $script:yaml = $blocks | Where-Object Language -EQ yaml
    $script:units = [regex]::Matches($page, '(?ms)^`(?<name>[\w.-]+)`:\n\n```ini\n(?<text>.*?)^```') | ForEach-Object { @{ Name = $_.Groups['name'].Value; Text = $_.Groups['text'].Value } }
    $module = if ($env:KRABAUTH_MODULE) { $env:KRABAUTH_MODULE } else { "$PSScriptRoot/../../out/KrabAuth" }
    $program = Join-Path (Split-Path $module) "cli/krabauth$(if ($IsWindows) { '.exe' })"
    $script:calls = [regex]::Matches($page, '(?m)(?:^|[ /`])krabauth(?<words>(?: (?:models|status|monitor))+)(?<options>[^`\n]*)') | ForEach-Object {
        # What stands behind --notify is the command's.
        $options = [regex]::Matches(($_.Groups['options'].Value -replace '(?<=--notify).*', ''), '(?<= )--[a-z-]+') | ForEach-Object Value
        @{ Words = $_.Groups['words'].Value.Trim(); Options = @($options); Program = $program }
    }
}

BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'docs/automation.md' {
    It 'has the recipes' -ForEach @(@{ Count = $shell.Count, $powershell.Count, $json.Count, $crontab.Count, $yaml.Count, $units.Count, $calls.Count }) {
        $Count | ForEach-Object { $_ | Should -BeGreaterThan 0 }
    }

    It 'has shell that a shell reads: <First>' -ForEach $shell {
        if (-not (Get-Command sh -ErrorAction Ignore)) { Set-ItResult -Skipped -Because 'there is no sh' }
        $said = $Text | sh -n 2>&1
        "$said" | Should -BeNullOrEmpty
        if (Get-Command shellcheck -ErrorAction Ignore) { $Text | shellcheck --shell=sh - | Should -BeNullOrEmpty }
    }

    It 'has PowerShell that PowerShell reads: <First>' -ForEach $powershell {
        $problems = $null
        $ast = [Management.Automation.Language.Parser]::ParseInput($Text, [ref]$null, [ref]$problems)
        $problems | Should -BeNullOrEmpty
        foreach ($call in $ast.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)) {
            $name = $call.GetCommandName()
            if ($name -notmatch '-Krab') { continue }
            $command = Get-Command $name -Module KrabAuth -ErrorAction Ignore
            $command | Should -Not -BeNullOrEmpty -Because "$name is named"
            foreach ($parameter in ($call.CommandElements | Where-Object { $_ -is [Management.Automation.Language.CommandParameterAst] }).ParameterName) { $command.Parameters.Keys | Should -Contain $parameter }
        }
    }

    It 'has JSON that is JSON' -ForEach $json { $Text | Test-Json | Should -BeTrue }

    It 'has a crontab of five times and a command' -ForEach $crontab {
        foreach ($line in $Text.TrimEnd() -split "`n") { $line | Should -Match '^([A-Z_]+=\S.*|(?:[\d*/,-]+ ){5}[^%]+)$' }
    }

    It 'has units that systemd takes' -ForEach @(@{ Units = $units }) {
        if (-not (Get-Command systemd-analyze -ErrorAction Ignore)) { Set-ItResult -Skipped -Because 'systemd-analyze is not installed' }
        $directory = Get-NewDirectory
        # It asks whether the program is there.
        foreach ($unit in $Units) { Set-Content -LiteralPath (Join-Path $directory $unit.Name) -Value $unit.Text.Replace('%h/.local/bin/krabauth', '/bin/true') }
        $files = @($Units | ForEach-Object { Join-Path $directory $_.Name })
        $files.Count | Should -Be 2
        $said = & systemd-analyze verify @files 2>&1 | Where-Object { "$_" -match [regex]::Escape($directory) -or "$_" -match 'krabauth-monitor' }
        $said | Should -BeNullOrEmpty
    }

    It 'has a workflow whose script PowerShell reads' -ForEach $yaml {
        $script = [regex]::Match($Text, '(?ms)^        run: \|\n(?<script>(?:          [^\n]*\n)+)').Groups['script'].Value
        $problems = $null
        $null = [Management.Automation.Language.Parser]::ParseInput($script, [ref]$null, [ref]$problems)
        $script | Should -Match 'NUnitXml'
        $problems | Should -BeNullOrEmpty
        $Text | Should -Not -Match "`t"
    }

    It 'calls krabauth <Words> with options that it has: <Options>' -ForEach $calls {
        if (-not (Test-Path -LiteralPath $Program)) { Set-ItResult -Skipped -Because "there is no $Program" }
        $words = $Words -split ' '
        $help = & $Program @words --help | Out-String
        foreach ($option in $Options) { $help | Should -Match "(?m)^\s+$option\b" }
    }
}
