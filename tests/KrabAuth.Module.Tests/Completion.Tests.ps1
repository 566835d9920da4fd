BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Completion' {
    BeforeAll {
        $script:at = Copy-Fixture
        $script:directory = $at.StateDirectory
        $script:where = "-Product OpenClaw -StateDirectory $directory"
        $null = Initialize-Store @{ 'groq:h' = Get-ApiKeyEntry groq } -Agent helper -StateDirectory $directory
        $script:other = (Initialize-Store @{ 'openai:other' = Get-ApiKeyEntry openai }).StateDirectory
    }

    It 'offers the ids of the store on the line: <Command>' -ForEach @(
        @{ Command = 'Get-KrabAuthProfile' }, @{ Command = 'Remove-KrabAuthProfile' }, @{ Command = 'Rename-KrabAuthProfile' }, @{ Command = 'Copy-KrabAuthProfile' }
        @{ Command = 'Set-KrabAuthProfile' }, @{ Command = 'Enable-KrabAuthProfile' }, @{ Command = 'Disable-KrabAuthProfile' }
        @{ Command = 'Get-KrabAuthToken' }, @{ Command = 'Get-KrabAuthHeader' }
        @{ Command = 'Get-KrabAuthCooldown' }, @{ Command = 'Clear-KrabAuthCooldown' }, @{ Command = 'Register-KrabAuthFailure' }, @{ Command = 'Register-KrabAuthSuccess' }
    ) {
        (Get-Completion "$Command $where -ProfileId anthropic:").CompletionText | Should -Be @('anthropic:default', 'anthropic:manual', 'anthropic:work')
    }

    It 'offers ids where they stand by position' {
        (Get-Completion "Get-KrabAuthProfile $where openr").CompletionText | Should -Be 'openrouter:default'
    }

    It 'takes the typed word in any case' {
        (Get-Completion "Get-KrabAuthProfile $where -ProfileId ANTHROPIC:W").CompletionText | Should -Be 'anthropic:work'
    }

    It 'narrows by the provider on the line, alias or not' {
        (Get-Completion "Set-KrabAuthOrder anthropic $where -ProfileId ").CompletionText | Should -Be @('anthropic:default', 'anthropic:manual', 'anthropic:work')
        (Get-Completion "Get-KrabAuthProfile -Provider zai $where -ProfileId ").CompletionText | Should -Be 'z.ai:default'
        (Get-Completion "Get-KrabAuthProfile -Provider 'open*' $where -ProfileId op").CompletionText.Count | Should -Be 3
    }

    It 'does not offer what stands on the line already' {
        (Get-Completion "Set-KrabAuthOrder anthropic $where -ProfileId anthropic:work, ").CompletionText | Should -Be @('anthropic:default', 'anthropic:manual')
        (Get-Completion "Set-KrabAuthOrder $where anthropic anthropic:work 'anthropic:manual' anth").CompletionText | Should -Be 'anthropic:default'
    }

    It 'reads another store when another stands on the line' {
        (Get-Completion "Get-KrabAuthProfile -StateDirectory $other -ProfileId ").CompletionText | Should -Be 'openai:other'
    }

    It 'reads the agent on the line' {
        (Get-Completion "Get-KrabAuthProfile $where -Agent helper -ProfileId g").CompletionText | Should -Be @('google-antigravity:me@example.com', 'groq:h')
        (Get-Completion "Get-KrabAuthProfile $where -ProfileId gr").CompletionText | Should -BeNullOrEmpty
    }

    It 'reads the product on the line' {
        $null = Initialize-Store @{ 'mistral:x' = Get-ApiKeyEntry mistral } -StateDirectory (Join-Path $env:HOME '.openclaw')
        (Get-Completion 'Get-KrabAuthProfile -Product OpenClaw -ProfileId mis').CompletionText | Should -Be 'mistral:x'
        (Get-Completion 'Get-KrabAuthProfile -Product KrabKrab -ProfileId mis').CompletionText | Should -BeNullOrEmpty
    }

    It 'takes a relative directory from the session''s location' {
        Push-Location -LiteralPath (Split-Path $other)
        try { (Get-Completion "Get-KrabAuthProfile -StateDirectory $(Split-Path -Leaf $other) -ProfileId ").CompletionText | Should -Be 'openai:other' } finally { Pop-Location }
    }

    It 'keeps the typed quote: <Quote>' -ForEach @(@{ Quote = "'" }, @{ Quote = '"' }) {
        (Get-Completion "Get-KrabAuthProfile $where -ProfileId ${Quote}anthropic:w").CompletionText | Should -Be "${Quote}anthropic:work${Quote}"
    }

    It 'adds a quote where one is needed: <Id>' -ForEach @(
        @{ Id = 'openai:my key'; Text = "'openai:my key'" }
        @{ Id = "openai:it's"; Text = "'openai:it''s'" }
        @{ Id = 'openai:a;b'; Text = "'openai:a;b'" }
        @{ Id = 'openai:$x'; Text = "'openai:`$x'" }
        @{ Id = 'openai:me@x.com'; Text = 'openai:me@x.com' }
    ) {
        $odd = (Initialize-Store @{ $Id = Get-ApiKeyEntry openai }).StateDirectory
        $match = Get-Completion "Get-KrabAuthProfile -StateDirectory $odd -ProfileId openai:"
        $match.CompletionText | Should -BeExactly $Text
        $match.ListItemText | Should -BeExactly $Id
        $value = [scriptblock]::Create("Write-Output $($match.CompletionText)")
        & $value | Should -BeExactly $Id -Because 'the completed word means the id'
    }

    It 'tells type, status and expiry in the tooltip, and no secret' {
        $tips = (Get-Completion "Get-KrabAuthProfile $where -ProfileId ").ToolTip
        $tips[0] | Should -Be 'anthropic:default: api_key, static, expires never'
        $tips[2] | Should -Match '^anthropic:work \(work@example\.com\): token, expiring, cooling 5m, expires \d{4}-\d\d-\d\d \d\d:\d\d$'
        $store = Get-Content -Raw (Get-StorePath $at)
        foreach ($secret in [regex]::Matches($store, '"(?:key|token|access|refresh)": "([^"]+)"')) { "$tips" | Should -Not -Match ([regex]::Escape($secret.Groups[1].Value)) }
        "$tips" | Should -Not -MatchExactly 'sk-|eyJ|EXAMPLE'
    }

    It 'offers providers, those with profiles first: <Command>' -ForEach @(
        @{ Command = 'Get-KrabAuthOrder' }, @{ Command = 'Set-KrabAuthOrder' }, @{ Command = 'Clear-KrabAuthOrder' }, @{ Command = 'Resolve-KrabAuthProfile' }
        @{ Command = 'Test-KrabAuth' }, @{ Command = 'Connect-KrabProvider' }, @{ Command = 'Get-KrabAuthToken' }, @{ Command = 'Get-KrabAuthHeader' }, @{ Command = 'Get-KrabAuthProfile' }
    ) {
        $found = Get-Completion "$Command $where -Provider open"
        $found.CompletionText[0..1] | Should -Be @('openai-codex', 'openrouter')
        $found.CompletionText | Should -Contain 'openai'
        ($found.CompletionText | Sort-Object -Unique).Count | Should -Be $found.CompletionText.Count
        $found[0].ToolTip | Should -Be 'OpenAI Codex (ChatGPT): 2 profile(s)'
    }

    It 'offers the catalog to Get-KrabProvider' {
        (Get-Completion 'Get-KrabProvider anth').CompletionText | Should -Contain 'anthropic'
    }

    It 'offers the methods that the provider has: <Provider>' -ForEach @(
        @{ Provider = 'anthropic'; Methods = @('ApiKey', 'SetupToken') }
        @{ Provider = 'groq'; Methods = @('ApiKey', 'Token') }
        @{ Provider = 'openai-codex'; Methods = @('OAuth', 'Token') }
        @{ Provider = 'my-own'; Methods = @('ApiKey', 'Token', 'SetupToken', 'OAuth') }
    ) {
        (Get-Completion "Connect-KrabProvider $Provider -Method ").CompletionText | Should -Be $Methods
    }

    It 'offers agents' {
        (Get-Completion "Get-KrabAuthProfile $where -Agent ").CompletionText | Should -Be @('main', 'helper')
        (Get-Completion "Get-KrabAuthStore $where h").CompletionText | Should -Be 'helper'
        (Get-Completion "Copy-KrabAuthProfile $where anthropic:work -DestinationAgent m").CompletionText | Should -Be 'main'
    }

    It 'offers products and kinds' {
        (Get-Completion 'Get-KrabAuthProfile -Product ').CompletionText | Should -Be @('Clawdbot', 'KrabKrab', 'Moltbot', 'OpenClaw')
        (Get-Completion 'Get-KrabAuthProfile -Type O').CompletionText | Should -Be 'OAuth'
    }

    It 'completes to nothing, without an error, where <What>' -ForEach @(
        @{ What = 'the store is no JSON'; Text = '{ "profiles": {' }
        @{ What = 'the store is empty'; Text = '' }
        @{ What = 'there is no store'; Text = $null }
    ) {
        $bad = Get-NewDirectory
        if ($null -ne $Text) { Write-PrivateFile "$bad/agents/main/agent/auth-profiles.json" $Text }
        $before = Get-Fingerprint $bad
        $Error.Clear()
        (Get-Completion "Get-KrabAuthProfile -StateDirectory $bad -ProfileId ").CompletionText | Should -BeNullOrEmpty
        (Get-Completion "Get-KrabAuthOrder -StateDirectory $bad -Provider anthr").CompletionText | Should -Contain 'anthropic' -Because 'the catalog needs no store'
        $Error.Count | Should -Be 0
        Get-Fingerprint $bad | Should -Be $before
    }

    It 'completes to nothing for an agent that is not there' {
        (Get-Completion "Get-KrabAuthProfile $where -Agent nobody -ProfileId ").CompletionText | Should -BeNullOrEmpty
    }

    It 'offers models of the provider on the line: <Command>' -ForEach @(
        @{ Command = 'Get-KrabAuthToken' }, @{ Command = 'Get-KrabAuthHeader' }, @{ Command = 'Resolve-KrabAuthProfile' }, @{ Command = 'Register-KrabAuthFailure' }, @{ Command = 'Invoke-KrabAuthCommand' }
    ) {
        $models = Initialize-Store @{ 'openai:a' = Get-ApiKeyEntry openai } -Config @{ agents = @{ defaults = @{ model = @{ primary = 'openai/gpt-5.2'; fallbacks = @('anthropic/claude-opus-4-6') } } } }
        $line = "$Command -StateDirectory $($models.StateDirectory)"
        (Get-Completion "$line -Model ").CompletionText | Should -Be @('gpt-5.2', 'claude-opus-4-6')
        if ((Get-Command $Command).Parameters.ContainsKey('Provider')) { (Get-Completion "$line -Provider anthropic -Model ").CompletionText | Should -Be 'claude-opus-4-6' }
    }

    It 'offers model references, and behind @ the profiles that can serve the model' {
        $models = Initialize-Store @{ 'openai:a' = Get-ApiKeyEntry openai; 'anthropic:work' = Get-ApiKeyEntry anthropic } -Config @{
            agents = @{ defaults = @{ model = @{ primary = 'anthropic/claude-opus-4-6' }; models = @{ 'anthropic/claude-opus-4-6' = @{ alias = 'opus' } } } }
        }
        $line = "Set-KrabAuthSession main -StateDirectory $($models.StateDirectory) -Model"
        (Get-Completion "$line ").CompletionText | Should -Be @('opus', 'anthropic/claude-opus-4-6')
        (Get-Completion "$line opus@").CompletionText | Should -Be 'opus@anthropic:work'
        (Get-Completion "$line openai/any@").CompletionText | Should -Be 'openai/any@openai:a'
        (Get-Completion "New-KrabAgent x -StateDirectory $($models.StateDirectory) -Model op").CompletionText | Should -Be 'opus'
    }

    It 'offers the reasons, tools, sessions and variables that there are' {
        (Get-Completion "Register-KrabAuthFailure anthropic:work $where -Reason bil").CompletionText | Should -Be 'billing'
        (Get-Completion 'Sync-KrabAuthProfile -Tool claude, co').CompletionText | Should -Be 'codex'
        Set-KrabAuthSession chat-7 anthropic:work @at
        foreach ($command in 'Get-KrabAuthSession', 'Set-KrabAuthSession', 'Clear-KrabAuthSession', 'Get-KrabAuthToken') { (Get-Completion "$command $where -Session ch").CompletionText | Should -Be 'chat-7' }
        (Get-Completion 'Invoke-KrabAuthCommand groq -EnvironmentVariable ').CompletionText | Should -Be 'GROQ_API_KEY'
    }

    It 'offers what the user defined: alone to take back, first among all elsewhere' {
        $own = @{ StateDirectory = Get-NewDirectory }
        Register-KrabProvider acme -Label Acme -Issuer https://id.acme.example -ClientId me @own -ErrorAction Stop
        (Get-Completion "Unregister-KrabProvider -StateDirectory $($own.StateDirectory) ").CompletionText | Should -Be 'acme'
        (Get-Completion "Connect-KrabProvider -StateDirectory $($own.StateDirectory) ac").CompletionText | Should -Be 'acme'
        (Get-Completion "Connect-KrabProvider acme -StateDirectory $($own.StateDirectory) -Method ").CompletionText | Should -Contain 'OAuth'
    }

    It 'offers to import what is at the source' {
        (Get-Completion "Import-KrabAuthProfile -StateDirectory $other -FromProduct OpenClaw -FromStateDirectory $directory -ProfileId anthropic:w").CompletionText | Should -Be 'anthropic:work'
    }

    It 'keeps a value what it is between double quotes: <Id>' -ForEach @(@{ Id = 'openai:$HOME' }, @{ Id = 'openai:a`b' }, @{ Id = 'openai:say "x"' }) {
        $odd = (Initialize-Store @{ $Id = Get-ApiKeyEntry openai }).StateDirectory
        $match = Get-Completion "Get-KrabAuthProfile -StateDirectory $odd -ProfileId `"openai:"
        & ([scriptblock]::Create("Write-Output $($match.CompletionText)")) | Should -BeExactly $Id
    }

    It 'completes to one word whatever is in an id, and shows no control code of it: <Id>' -ForEach @(
        @{ Id = "openai:x'; throw 'run'; '" }, @{ Id = 'openai:$(throw "run")' }, @{ Id = "openai:a$([char]0x2019); throw 'run'" }, @{ Id = "openai:$([char]27)]0;title$([char]7)" }
    ) {
        $odd = (Initialize-Store @{ $Id = @{ type = 'api_key'; provider = 'openai'; key = 'sk-test-0123456789'; email = "$([char]27)[2J@x" } }).StateDirectory
        $match = Get-Completion "Get-KrabAuthProfile -StateDirectory $odd -ProfileId openai:"
        & ([scriptblock]::Create("Write-Output $($match.CompletionText)")) | Should -BeExactly $Id
        [char[]]"$($match.ListItemText)$($match.ToolTip)" | Where-Object { [char]::IsControl($_) } | Should -BeNullOrEmpty
    }

    It 'is there for every parameter that names something the module knows' {
        $named = @{
            ProfileId = 'ProfileIdCompleter'; Provider = 'ProviderCompleter|OwnProviderCompleter'; Agent = 'AgentCompleter'; DestinationAgent = 'AgentCompleter'; FromAgent = 'AgentCompleter'
            Session = 'SessionCompleter'; Model = 'ModelCompleter|ModelReferenceCompleter'; Method = 'MethodCompleter'; Reason = 'ReasonCompleter'; Tool = 'ToolCompleter'
            SecretReference = 'SecretReferenceCompleter'; AuthChoice = 'AuthChoiceCompleter'; EnvironmentVariable = 'VariableCompleter'
        }
        # What these name is new, or is text of the user's own.
        $free = 'New-KrabAgent.Agent', 'Register-KrabProvider.Provider'
        $texts = 'StateDirectory', 'FromStateDirectory', 'InputText', 'Email', 'DisplayName', 'NewName', 'Path', 'FromVault', 'FilePath', 'Workspace', 'AgentDirectory', 'Message', 'Label', 'ClientId', 'Scope', 'ClientSecretVariable', 'RedirectUri', 'Command', 'ArgumentList'
        $seen = foreach ($command in Get-Command -Module KrabAuth) {
            foreach ($parameter in $command.Parameters.Values | Where-Object { $_.ParameterType -in [string], [string[]] -and $_.Name -notin [Management.Automation.Cmdlet]::CommonParameters }) {
                $completer = ($parameter.Attributes | Where-Object { $_ -is [ArgumentCompleter] }).Type.Name
                if ($named.ContainsKey($parameter.Name) -and "$($command.Name).$($parameter.Name)" -notin $free) {
                    $completer | Should -Match "^($($named[$parameter.Name]))$" -Because "$($command.Name) -$($parameter.Name)"
                    $parameter.Name
                }
                else {
                    "$($command.Name).$($parameter.Name)" | Should -BeIn @($free + ($texts | ForEach-Object { "$($command.Name).$_" }))
                }
            }
        }
        $seen | Sort-Object -Unique | Should -Be ($named.Keys | Sort-Object)
    }

    It 'starts no process and opens no runspace or connection' {
        $before = @(Get-Process).Id
        $runspaces = @(Get-Runspace).Count
        $null = Get-Completion "Get-KrabAuthProfile $where -ProfileId "
        @(Get-Runspace).Count | Should -Be $runspaces
        @(Get-Process | Where-Object { $_.Id -notin $before -and $_.Parent.Id -eq $PID }).Count | Should -Be 0
    }

    It 'is quick with 100 profiles' {
        $entries = [ordered]@{}
        1..100 | ForEach-Object { $entries["openai:p$_"] = Get-ApiKeyEntry openai }
        $many = (Initialize-Store $entries).StateDirectory
        $line = "Get-KrabAuthProfile -StateDirectory $many -ProfileId openai:"
        @(Get-Completion $line).Count | Should -Be 100
        $times = 1..5 | ForEach-Object { (Measure-Command { Get-Completion $line }).TotalMilliseconds }
        ($times | Measure-Object -Minimum).Minimum | Should -BeLessThan 200 -Because 'the budget is 50 ms on a quiet machine'
    }
}
