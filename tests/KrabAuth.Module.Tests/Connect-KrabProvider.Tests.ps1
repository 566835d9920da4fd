BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Connect-KrabProvider' {
    BeforeEach { $script:at = Initialize-Store }

    It 'stores a key given as SecureString, and gives the profile' {
        $stored = Connect-KrabProvider openai -Secret (ConvertTo-Secret 'sk-proj-0123456789abcdef') @at
        $stored | Should -BeOfType ([KrabAuth.Profiles.AuthProfile])
        $stored.ProfileId | Should -Be 'openai:manual'
        $stored.Status | Should -Be 'Static'
        $entry = (Read-Store $at).profiles['openai:manual']
        $entry.type | Should -Be 'api_key'
        $entry.provider | Should -Be 'openai'
        $entry.key | Should -Be 'sk-proj-0123456789abcdef'
    }

    It 'takes the secret from <Source>' -ForEach @(
        @{ Source = 'a credential'; Give = { param($at) Connect-KrabProvider groq -Credential ([pscredential]::new('any', (ConvertTo-Secret 'gsk-0123456789'))) @at } }
        @{ Source = 'a credential in the pipeline'; Give = { param($at) [pscredential]::new('any', (ConvertTo-Secret 'gsk-0123456789')) | Connect-KrabProvider groq @at } }
        @{ Source = 'a SecureString in the pipeline'; Give = { param($at) ConvertTo-Secret 'gsk-0123456789' | Connect-KrabProvider groq @at } }
        @{ Source = 'text in the pipeline'; Give = { param($at) 'gsk-0123456789' | Connect-KrabProvider groq @at } }
        @{ Source = 'text with line ends and spaces around it'; Give = { param($at) "  gsk-0123456789 `r`n" | Connect-KrabProvider groq @at } }
    ) {
        $null = & $Give $at
        (Read-Store $at).profiles['groq:manual'].key | Should -Be 'gsk-0123456789'
    }

    It 'joins a setup-token that a terminal wrapped' {
        $lines = $SetupToken.Substring(0, 40), $SetupToken.Substring(40)
        $stored = $lines | Connect-KrabProvider anthropic -Method SetupToken -ExpiresIn 365d @at
        $stored.Type | Should -Be 'Token'
        $entry = (Read-Store $at).profiles['anthropic:manual']
        $entry.token | Should -Be $SetupToken
        $entry.expires | Should -BeGreaterThan ([DateTimeOffset]::UtcNow.AddDays(364.9).ToUnixTimeMilliseconds())
    }

    It 'reads -ExpiresIn <Text> as <Minutes> minutes' -ForEach @(
        @{ Text = '365d'; Value = '365d'; Minutes = 525600 }
        @{ Text = '12h'; Value = '12h'; Minutes = 720 }
        @{ Text = '1h30m'; Value = '1h30m'; Minutes = 90 }
        @{ Text = 'a TimeSpan'; Value = [timespan]::FromHours(2); Minutes = 120 }
        @{ Text = '1.12:00:00'; Value = '1.12:00:00'; Minutes = 2160 }
        @{ Text = 'the number 2'; Value = 2; Minutes = 2880 }
    ) {
        $stored = 'tok-0123456789' | Connect-KrabProvider openai -Method Token -ExpiresIn $Value @at
        $stored.ExpiresIn.TotalMinutes | Should -BeGreaterThan ($Minutes - 1)
        $stored.ExpiresIn.TotalMinutes | Should -BeLessOrEqual $Minutes
    }

    # PowerShell reads these words as numbers: 365d as a decimal, 90s as a short.
    It 'reads the bare words 365d and 90s as they were typed' {
        ('tok-0123456789' | Connect-KrabProvider openai -Method Token -ExpiresIn 365d @at).ExpiresIn.TotalDays | Should -BeGreaterThan 364
        ('tok-0123456789' | Connect-KrabProvider openai -Method Token -ExpiresIn 90s @at).ExpiresIn.TotalSeconds | Should -BeLessOrEqual 90
    }

    It 'refuses -ExpiresIn <Text>' -ForEach @(@{ Text = '3 fortnights' }, @{ Text = '-5d' }, @{ Text = '' }, @{ Text = '1h30' }) {
        $record = Get-CommandError { 'tok-0123456789' | Connect-KrabProvider openai -Method Token -ExpiresIn $Text @at }
        @($record).Count | Should -Be 1
        $record.FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentTransformationError,*'
        (Read-Store $at).profiles.Count | Should -Be 0
    }

    It 'names the profile: <Given> becomes <Id>' -ForEach @(
        @{ Given = 'work'; Id = 'openai:work' }
        @{ Given = 'openai:me@example.com'; Id = 'openai:me@example.com' }
    ) {
        ('sk-0123456789' | Connect-KrabProvider openai -ProfileId $Given @at).ProfileId | Should -Be $Id
    }

    It 'refuses the id <Given>' -ForEach @(
        @{ Given = 'a b' }, @{ Given = 'openai:*' }, @{ Given = 'openai:' }, @{ Given = 'openai:a/b' }, @{ Given = 'sk-proj-0123456789abcdef' }
    ) {
        $record = Assert-SingleError -Id ProfileIdInvalid { 'sk-0123456789' | Connect-KrabProvider openai -ProfileId $Given @at }
        $record.CategoryInfo.Category | Should -Be 'InvalidArgument'
        (Read-Store $at).profiles.Count | Should -Be 0
    }

    It 'does not repeat an id that looks like a secret' {
        $pasted = 'sk-proj-0123456789abcdef'
        $record = Assert-SingleError -Id ProfileIdInvalid { 'x' | Connect-KrabProvider openai -ProfileId $pasted @at }
        "$record $($record.TargetObject) $($record.Exception)" | Should -Not -Match $pasted
    }

    It 'stores e-mail and a name for people' {
        $stored = 'sk-0123456789' | Connect-KrabProvider openai -Email me@example.com -DisplayName 'My key' @at
        $stored.Email | Should -Be 'me@example.com'
        $stored.DisplayName | Should -Be 'My key'
    }

    It 'takes any provider, known or not, and normalises its name' {
        ('k-0123456789' | Connect-KrabProvider ' My-Own ' @at).ProfileId | Should -Be 'my-own:manual'
        ('k-0123456789' | Connect-KrabProvider Z.AI @at).ProfileId | Should -Be 'zai:manual'
    }

    It 'replaces a key under its id, ends its waits and keeps what it does not know' {
        $entry = Get-ApiKeyEntry openai 'sk-old-0123456789'
        $entry.email = 'me@example.com'
        $entry.note = 'of another program'
        $later = [DateTimeOffset]::UtcNow.AddHours(1).ToUnixTimeMilliseconds()
        $at = Initialize-Store @{ 'openai:manual' = $entry } -UsageStats @{ 'openai:manual' = @{ errorCount = 3; cooldownUntil = $later } }
        $stored = 'sk-new-0123456789' | Connect-KrabProvider openai @at
        $stored.CooldownUntil | Should -BeNullOrEmpty
        $stored.Email | Should -Be 'me@example.com'
        $after = (Read-Store $at).profiles['openai:manual']
        $after.key | Should -Be 'sk-new-0123456789'
        $after.note | Should -Be 'of another program'
    }

    It 'puts the new profile first in a stored order, so that it is used' {
        $at = Copy-Fixture
        $null = 'sk-ant-api03-0123456789' | Connect-KrabProvider anthropic -ProfileId new @at
        (Read-Store $at).order.anthropic | Should -Be @('anthropic:new', 'anthropic:work', 'anthropic:manual', 'anthropic:default')
    }

    It 'puts the new profile first in an order of the configuration' {
        $at = Initialize-Store @{ 'openai:a' = Get-ApiKeyEntry openai } -Config @{ auth = @{ order = @{ openai = @('openai:a') } } }
        @(Get-CommandWarning { 'sk-0123456789' | Connect-KrabProvider openai -ProfileId b @at }).Count | Should -Be 0
        (Get-KrabAuthOrder openai @at).Order | Should -Be @('openai:b', 'openai:a')
        (Get-Content -Raw "$($at.StateDirectory)/krabkrab.json" | ConvertFrom-Json).auth.order.openai | Should -Be @('openai:b', 'openai:a')
    }

    It 'does not replace a sign-in, unless forced' {
        $at = Initialize-Store @{ 'openai-codex:me' = Get-OAuthEntry openai-codex ([timespan]::FromHours(1)) }
        $record = Assert-SingleError -Id ProfileExists { 'tok-0123456789' | Connect-KrabProvider openai-codex -Method Token -ProfileId me @at }
        $record.CategoryInfo.Category | Should -Be 'ResourceExists'
        (Read-Store $at).profiles['openai-codex:me'].type | Should -Be 'oauth'
        $null = 'tok-0123456789' | Connect-KrabProvider openai-codex -Method Token -ProfileId me -Force @at
        $entry = (Read-Store $at).profiles['openai-codex:me']
        $entry.type | Should -Be 'token'
        $entry.Keys | Should -Not -Contain 'refresh'
    }

    It 'refuses <What>: <Message>' -ForEach @(
        @{ What = 'a blank secret'; Provider = 'openai'; Method = 'ApiKey'; Text = ' '; Message = 'Required' }
        @{ What = 'a key where a setup-token is meant'; Provider = 'anthropic'; Method = 'SetupToken'; Text = 'sk-ant-api03-0123456789'; Message = 'sk-ant-oat01-' }
        @{ What = 'half a setup-token'; Provider = 'anthropic'; Method = 'SetupToken'; Text = 'sk-ant-oat01-0123456789'; Message = 'too short' }
        @{ What = 'a setup-token where a key is meant'; Provider = 'anthropic'; Method = 'ApiKey'; Text = 'sk-ant-oat01-0123456789'; Message = 'setup-token' }
        @{ What = 'JSON'; Provider = 'openai'; Method = 'ApiKey'; Text = '{"key": "sk-0123456789"}'; Message = 'JSON' }
        @{ What = 'a key where a ChatGPT token is meant'; Provider = 'openai-codex'; Method = 'Token'; Text = 'sk-proj-0123456789'; Message = 'API key' }
    ) {
        $record = Assert-SingleError -Id SecretInvalid { $Text | Connect-KrabProvider $Provider -Method $Method @at }
        $record.ErrorDetails.Message | Should -Match $Message
        if ($Text.Trim()) { "$record $($record.TargetObject) $($record.Exception) $($record.ErrorDetails.RecommendedAction)" | Should -Not -Match ([regex]::Escape($Text)) }
        (Read-Store $at).profiles.Count | Should -Be 0
    }

    It 'names the methods that there are when it is given another' {
        $record = Assert-SingleError -Id MethodUnsupported { 'x' | Connect-KrabProvider anthropic -Method Password @at }
        $record.ErrorDetails.Message | Should -Match 'ApiKey, SetupToken'
        $record.ErrorDetails.RecommendedAction | Should -Be 'Get-KrabProvider anthropic'
        $null = Assert-SingleError -Id MethodUnsupported { 'x' | Connect-KrabProvider openai -Method SetupToken @at }
        (Read-Store $at).profiles.Count | Should -Be 0
    }

    It 'signs in with OAuth where that is the usual method, and shows the address' {
        $record = Assert-SingleError -Id SignInFailed { Connect-KrabProvider openai-codex -NoBrowser -Timeout 1s -InformationVariable script:said @at 6>$null }
        $record.ErrorDetails.RecommendedAction | Should -Match 'Connect-KrabProvider openai-codex'
        "$($said.MessageData.Message)" | Should -Match 'https://auth\.openai\.com/oauth/authorize\?'
        (Read-Store $at).profiles.Count | Should -Be 0
    }

    It 'takes the method in any case and with a hyphen' {
        ($SetupToken | Connect-KrabProvider anthropic -Method setup-token @at).Type | Should -Be 'Token'
    }

    It 'asks nobody where there is nobody, and says what to do' {
        $output = Invoke-NewSession "Import-Module '$ModulePath'; Connect-KrabProvider openai -StateDirectory '$($at.StateDirectory)' -ErrorVariable e -ErrorAction SilentlyContinue; `$e[0].FullyQualifiedErrorId; `$e[0].ErrorDetails.RecommendedAction; `$e.Count"
        $output[0] | Should -Be 'SecretRequired,KrabAuth.Commands.ConnectKrabProviderCommand'
        $output[1] | Should -Match 'Connect-KrabProvider openai'
        $output[2] | Should -Be '1'
    }

    It 'makes store and directories for the owner alone' -Skip:$IsWindows {
        $new = @{ StateDirectory = Join-Path $TestDrive 'brand-new' }
        $null = 'sk-0123456789' | Connect-KrabProvider openai @new
        [IO.File]::GetUnixFileMode((Get-StorePath $new)) | Should -Be ([IO.UnixFileMode]'UserRead, UserWrite')
        [IO.File]::GetUnixFileMode((Split-Path (Get-StorePath $new))) | Should -Be ([IO.UnixFileMode]'UserRead, UserWrite, UserExecute')
        (Get-ChildItem -Force -File (Split-Path (Get-StorePath $new))).Name | Should -Be 'auth-profiles.json'
    }

    It 'writes nothing while the product''s read-only variable is set' {
        $env:KRABKRAB_AUTH_STORE_READONLY = '1'
        try { $null = Assert-SingleError -Id StoreReadOnly { 'sk-0123456789' | Connect-KrabProvider openai @at } }
        finally { $env:KRABKRAB_AUTH_STORE_READONLY = $null }
        (Read-Store $at).profiles.Count | Should -Be 0
    }

    It 'takes no object for a secret, and its provider by name: <What>' -ForEach @(
        @{ What = 'a check'; Get = { Test-KrabAuth groq @at } }
        @{ What = 'a provider'; Get = { Get-KrabProvider groq | Select-Object *, @{ Name = 'StateDirectory'; Expression = { $at.StateDirectory } } } }
    ) {
        $file = Join-Path (Get-NewDirectory) 'objects.xml'
        & $Get | Export-Clixml $file
        $output = Invoke-NewSession "Import-Module '$ModulePath'; Import-Clixml '$file' | Connect-KrabProvider -Method ApiKey -ErrorVariable e -ErrorAction SilentlyContinue; `$e.FullyQualifiedErrorId; `$e.TargetObject"
        $output | Should -Be @('SecretRequired,KrabAuth.Commands.ConnectKrabProviderCommand', 'groq')
        (Read-Store $at).profiles.Count | Should -Be 0
    }

    It 'refuses an id without characters, as an empty variable has it' -ForEach @(@{ Id = '' }, @{ Id = $null }) {
        $null = Assert-SingleError -Id ProfileIdInvalid { 'sk-0123456789' | Connect-KrabProvider openai -ProfileId $Id @at }
        $null = Assert-SingleError -Id ProfileIdInvalid { Connect-KrabProvider openai-codex -ProfileId $Id -NoBrowser @at }
        (Read-Store $at).profiles.Count | Should -Be 0
    }

    It 'stores nothing with -WhatIf and does not ask for the secret' {
        $before = Get-Fingerprint $at.StateDirectory
        Connect-KrabProvider openai -WhatIf @at | Should -BeNullOrEmpty
        'sk-0123456789' | Connect-KrabProvider openai -WhatIf @at | Should -BeNullOrEmpty
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }
}
