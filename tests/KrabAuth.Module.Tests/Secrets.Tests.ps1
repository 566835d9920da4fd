BeforeDiscovery {
    # Every cmdlet, with what succeeds and what fails. $at means the store with the canaries; {0} in a text is a canary.
    $script:cases = @(
        'Get-KrabAuthProfile @at'
        'Get-KrabAuthProfile openai:nobody @at'
        'Get-KrabAuthProfile $secretText @at'
        'Get-KrabAuthToken -ProfileId $secretText @at'
        'Set-KrabAuthOrder openai $secretText, openai:key @at'
        'Rename-KrabAuthProfile openai:key $secretText @at'
        'Resolve-KrabAuthProfile $secretText @at'
        'Get-KrabAuthProfile -Agent nobody @at'
        'Get-KrabAuthOrder @at'
        'Get-KrabAuthOrder nothing @at'
        'Set-KrabAuthOrder openai openai:key openai:dead -PassThru @at'
        'Set-KrabAuthOrder openai groq:x @at'
        'Clear-KrabAuthOrder openai @at'
        'Resolve-KrabAuthProfile openai @at'
        'Resolve-KrabAuthProfile openai, anthropic, openai-codex, mistral -Explain @at'
        'Resolve-KrabAuthProfile mistral @at'
        'Get-KrabAuthToken openai @at'
        'Get-KrabAuthToken -ProfileId openai:dead @at'
        'Get-KrabAuthToken -ProfileId openai:empty -AsPlainText @at'
        'Get-KrabAuthToken mistral -AsPlainText @at'
        'Get-KrabAuthToken -ProfileId openai:ref -AsPlainText @at'
        'Get-KrabAuthHeader -ProfileId openai:dead @at'
        'Get-KrabAuthHeader mistral @at'
        'Test-KrabAuth @at'
        'Test-KrabAuth groq, xai, mistral @at'
        'Test-KrabAuth -Quiet @at'
        'Get-KrabAuthStatus @at'
        'Test-KrabAuth anthropic -Probe -Verbose @at'
        'Get-KrabAuthUsage openai, anthropic -Verbose @at'
        'Watch-KrabAuth -Count 1 -Usage -Verbose @at'
        'Export-KrabAuthReport (Join-Path $at.StateDirectory x.html) -Force -Usage -Verbose @at; [IO.File]::ReadAllText((Join-Path $at.StateDirectory x.html))'
        'Get-KrabAuthStore @at'
        'Set-KrabAuthSession chat openai:key -PassThru @at'
        'Set-KrabAuthSession chat $secretText @at'
        'Get-KrabAuthSession @at'
        'Clear-KrabAuthSession chat -Confirm:$false -Verbose @at'
        'New-KrabAgent work -CopyProfile -Verbose @at'
        'Get-KrabAgent @at'
        'Remove-KrabAgent work -Confirm:$false -Verbose @at'
        'Get-KrabAuthStore nobody @at'
        'Get-KrabProvider'
        'Get-KrabProvider $secretText.Substring(0, 3)'
        'Connect-KrabProvider openai -ProfileId new -Secret $secret @at'
        '$secret | Connect-KrabProvider openai -ProfileId new2 -WhatIf @at'
        '$credential | Connect-KrabProvider groq -ProfileId new3 @at'
        '$secretText | Connect-KrabProvider openai -ProfileId new4 -Method Token -ExpiresIn 1h @at'
        'Connect-KrabProvider openai -Secret $secretText @at'
        'Connect-KrabProvider openai -Credential $secretText @at'
        '$secretText | Connect-KrabProvider anthropic -Method SetupToken @at'
        '$secretText | Connect-KrabProvider openai-codex -Method Token @at'
        '$secretText | Connect-KrabProvider openai -Method Nonsense @at'
        '"{ ""key"": ""$secretText"" }" | Connect-KrabProvider openai @at'
        '$secretText | Connect-KrabProvider openai -ProfileId "a b" @at'
        '$secretText | Connect-KrabProvider openai-codex -Method Token -ProfileId openai-codex:me @at'
        'Connect-KrabProvider openai @at'
        '$secretText | Initialize-KrabAuth openai-api-key -ProfileId init -SetDefault -Verbose @at'
        '$secretText | Initialize-KrabAuth setup-token @at'
        'Initialize-KrabAuth openai-api-key -Secret $secretText @at'
        'Initialize-KrabAuth $secretText @at'
        'Initialize-KrabAuth openai-api-key -NonInteractive @at'
        'Set-KrabAuthProfile openai:key -Secret $secret -PassThru @at'
        'Set-KrabAuthProfile openai:key -Secret $secretText @at'
        'Set-KrabAuthProfile openai-codex:me -Secret $secret @at'
        'Set-KrabAuthProfile anthropic:setup -Secret $secret @at'
        'Set-KrabAuthProfile openai:key -ExpiresIn 5d @at'
        'Set-KrabAuthProfile openai:key -SecretReference $secretText @at'
        'Set-KrabAuthProfile openai:key -SecretReference vault:Mine/none @at'
        'Export-KrabAuthProfile (Join-Path $at.StateDirectory x.krab) -Password $secret -IncludeOAuth @at'
        'Export-KrabAuthProfile (Join-Path $at.StateDirectory x.krab) -Password $secretText @at'
        'Import-KrabAuthProfile (Join-Path $at.StateDirectory x.krab) -Password $secret -StateDirectory (Join-Path $at.StateDirectory other) -Verbose'
        'Import-KrabAuthProfile (Get-StorePath $at) -StateDirectory (Join-Path $at.StateDirectory third) -IncludeOAuth -WhatIf'
        'Set-KrabAuthProfile openai:token -ExpiresIn 5d -PassThru @at'
        'Copy-KrabAuthProfile openai:key copy -PassThru @at'
        'Register-KrabProvider acme -SignIn { $secretText }.GetNewClosure() @at; Connect-KrabProvider acme -Verbose @at; Disconnect-KrabProvider acme:default -Confirm:$false -Verbose @at; Unregister-KrabProvider acme -Verbose @at'
        'Update-KrabAuthToken openai:key -Verbose @at'
        'Copy-KrabAuthProfile openai-codex:me copy @at'
        'Rename-KrabAuthProfile openai:copy renamed -PassThru @at'
        'Rename-KrabAuthProfile openai:key openai:token @at'
        '$secretText | Initialize-KrabAuth openai-api-key -NonInteractive -SkipCheck -Verbose @at'
        'Repair-KrabAuth @at'
        'Repair-KrabAuth -WhatIf @at'
        'Disable-KrabAuthProfile * -PassThru @at'
        'Enable-KrabAuthProfile * -PassThru @at'
        'Disable-KrabAuthProfile openai:nobody @at'
        'Register-KrabAuthFailure openai:key -StatusCode 401 -Message $secretText -PassThru -Verbose @at'
        'Register-KrabAuthFailure openai:key -StatusCode 429 -Header @{ "Retry-After" = $secretText } -PassThru @at'
        'Register-KrabAuthFailure openai:key -Reason $secretText @at'
        '[Management.Automation.ErrorRecord]::new([InvalidOperationException]::new("401 $secretText"), "x", 0, $null) | Register-KrabAuthFailure openai:key -PassThru -Verbose @at'
        'Get-KrabAuthCooldown @at'
        'Invoke-KrabAuthCommand openai { $KrabAuth; $KrabAuth | Select-Object *; throw "429 of " + $KrabAuth } -Verbose @at'
        'Invoke-KrabAuthCommand openai -FilePath sh -ArgumentList "-c", "exit 3" -Verbose @at'
        'Register-KrabAuthSuccess openai:key -Verbose @at'
        'Clear-KrabAuthCooldown -Confirm:$false -Verbose @at'
        'Enable-KrabAuthProfile openai:nobody @at'
        'Enable-KrabAuthFeedback'
        'Disable-KrabAuthFeedback'
        'Remove-KrabAuthProfile openai:nobody @at'
        'Remove-KrabAuthProfile openai:renamed -Verbose @at'
        'Sync-KrabAuthProfile -PassThru -Verbose @at'
        'Get-KrabAuthProfile @broken'
        'Connect-KrabProvider openai -Secret $secret @broken'
        'Set-KrabAuthOrder openai openai:key @broken'
        'Test-KrabAuth @broken'
        'Get-KrabAuthStatus @badConfig'
        'Get-KrabAuthProfile @duplicate'
        'Get-KrabAuthStore @broken'
    )
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"

    # Makes stores in which every place that can hold a secret holds a canary of its own.
    function Initialize-Canary {
        $canary = { param($kind) "sk-aaaa-CANARY-$kind-0123456789-zzzz" }
        $at = Initialize-Store ([ordered]@{
                'openai:key'      = Get-ApiKeyEntry openai (& $canary key)
                'openai:byhand'   = @{ type = 'api_key'; provider = 'openai'; apiKey = (& $canary apiKey) }
                'openai:token'    = Get-TokenEntry openai ([timespan]::FromHours(2)) (& $canary token)
                'openai:dead'     = Get-TokenEntry openai ([timespan]::FromHours(-2)) (& $canary dead)
                'openai:both'     = @{ type = 'api_key'; provider = 'openai'; key = (& $canary hidden); keyRef = @{ source = 'env'; provider = 'default'; id = 'KRABKRAB_REFERENCE' } }
                'openai:ref'      = @{ type = 'api_key'; provider = 'openai'; keyRef = @{ source = 'exec'; provider = 'default'; id = 'vault' } }
                'openai:empty'    = @{ type = 'api_key'; provider = 'openai' }
                'openai:bad'      = @{ type = 'password'; provider = 'openai'; password = (& $canary password) }
                'openai:text'     = (& $canary entry)
                'anthropic:setup' = Get-TokenEntry anthropic ([timespan]::FromDays(1)) ('sk-ant-oat01-' + 'CANARY-setup-' * 7)
                'openai-codex:me' = [ordered]@{
                    type = 'oauth'; provider = 'openai-codex'; access = (& $canary access); refresh = (& $canary refresh); idToken = (& $canary idToken)
                    expires = [DateTimeOffset]::UtcNow.AddHours(1).ToUnixTimeMilliseconds(); accountId = 'acct-1'; email = 'me@example.com'
                }
                'groq:x'          = Get-ApiKeyEntry groq (& $canary groq)
            }) -Config @{
            models = @{ providers = @{ xai = @{ apiKey = (& $canary config) } } }
            env    = @{ vars = @{ OPENROUTER_API_KEY = (& $canary configEnv) } }
        }
        $broken = Initialize-Store
        Write-PrivateFile (Get-StorePath $broken) ('{ "profiles": { "openai:x": { "type": "api_key", "key": "' + (& $canary broken) + '" ' + (& $canary loose) + ' } } }')
        $duplicate = Initialize-Store
        Write-PrivateFile (Get-StorePath $duplicate) ('{ "profiles": { "openai:x": { "key": "' + (& $canary one) + '", "key": "' + (& $canary two) + '" } } }')
        $badConfig = Initialize-Store
        Write-PrivateFile "$($badConfig.StateDirectory)/krabkrab.json" ('{ "models": { "providers": { "xai": { "apiKey": "' + (& $canary badConfig) + '" "x" } } } }')
        Write-PrivateFile (Join-Path $env:HOME '.qwen/oauth_creds.json') ('{"access_token":"' + (& $canary qwen) + '","refresh_token":"' + (& $canary qwenRefresh) + '","expiry_date":4102444800000}')
        Write-PrivateFile (Join-Path $env:HOME '.gemini/oauth_creds.json') ('{"access_token":"' + (& $canary gemini) + '" x }')
        $env:GROQ_API_KEY = & $canary environment
        $env:OPENAI_API_KEY = & $canary environment2
        @{ at = $at; broken = $broken; duplicate = $duplicate; badConfig = $badConfig; canary = & $canary given }
    }

    $script:planted = Initialize-Canary
    $script:at = $planted.at
    $script:broken = $planted.broken
    $script:duplicate = $planted.duplicate
    $script:badConfig = $planted.badConfig
    $script:secretText = $planted.canary
    $script:secret = ConvertTo-Secret $secretText
    $script:credential = [pscredential]::new('user', $secret)

    function Assert-NoCanary {
        param([string] $Text)
        $found = [regex]::Match($Text, 'CANARY').Index
        $found | Should -Be 0 -Because "a canary is in: $($Text.Substring([Math]::Max(0, $found - 100), [Math]::Min(200, $Text.Length - [Math]::Max(0, $found - 100))))"
    }

    # Every form in which a person, a log or another program could meet an object. Records refer to the whole session:
    # ten levels of one would take minutes, three hold all of ours.
    function Get-EveryForm {
        param([object[]] $Objects)
        $isRecord = { $_ -is [Management.Automation.ErrorRecord] -or $_ -is [Management.Automation.InformationalRecord] -or $_ -is [Management.Automation.InformationRecord] -or $_ -is [Exception] }
        $Objects | Out-String -Width 500
        $Objects | Format-List * -Force | Out-String -Width 500
        $Objects | Format-Table * -Force | Out-String -Width 4000
        $Objects | Select-Object * | Out-String -Width 500
        $Objects | ForEach-Object { "$_" }
        foreach ($group in $Objects | Group-Object { [bool](& $isRecord) }) {
            $depth = if ($group.Name -eq 'True') { 3 } else { 10 }
            $forms = @($group.Group | ForEach-Object { try { $_ | ConvertTo-Json -Depth $depth -WarningAction SilentlyContinue } catch [InvalidOperationException] { $null } }) # it cannot take the engine's own errors
            ($group.Group | ConvertTo-Xml -Depth ([Math]::Min(4, $depth))).OuterXml
            $file = Join-Path (Get-NewDirectory) 'out.xml'
            $group.Group | Export-Clixml -Depth $depth $file
            $forms += Get-Content -Raw $file
            $forms
        }
        foreach ($record in $Objects | Where-Object { $_ -is [Management.Automation.ErrorRecord] }) {
            "$record"
            "$($record.TargetObject)"
            "$($record.Exception)"
            "$($record.ErrorDetails)"
            "$($record.ErrorDetails.RecommendedAction)"
            "$($record.CategoryInfo)"
            $record.InvocationInfo | Format-List * -Force | Out-String -Width 500
            $record.InvocationInfo.BoundParameters | Out-String -Width 500
        }
    }
}

AfterAll { Exit-TestSession }

Describe 'A planted canary' {
    BeforeEach {
        $ErrorActionPreference = 'Continue'
        $VerbosePreference = 'Continue'
        $DebugPreference = 'Continue'
        $InformationPreference = 'Continue'
        $ConfirmPreference = 'None'
    }

    It 'is not in what comes of: <_>' -ForEach $cases {
        $Error.Clear()
        $command = [scriptblock]::Create($_)
        $objects = @(try { & $command *>&1 } catch { $_ })
        $all = @($objects) + @($Error | Where-Object { $_ -notin $objects }) | Where-Object { $null -ne $_ -and $_ -isnot [securestring] }
        $shown = Get-EveryForm $all
        Assert-NoCanary "$shown"
        # Nor is it there as the hexadecimal text in which a SecureString is exported where nothing encrypts.
        $hexadecimal = [Convert]::ToHexString([Text.Encoding]::Unicode.GetBytes('CANARY'))
        "$shown".Contains($hexadecimal, [StringComparison]::OrdinalIgnoreCase) | Should -BeFalse
    }

    # The engine keeps the arguments of a command with its errors, and these were typed there; but the errors do not repeat them.
    It 'is not repeated where it was pasted in the place of an id: <_>' -ForEach @(
        'Get-KrabAuthProfile $secretText @at'
        'Set-KrabAuthOrder openai $secretText @at'
        '$secretText | Connect-KrabProvider openai -ProfileId $secretText @at'
        'Rename-KrabAuthProfile openai:key -NewName $secretText @at'
        'Copy-KrabAuthProfile openai:key -NewName $secretText @at'
        '$secretText | Remove-KrabAuthProfile @at'
        'Get-KrabAuthToken -ProfileId $secretText @at'
    ) {
        $record = @(Get-CommandError ([scriptblock]::Create($_)))
        $record.Count | Should -Be 1
        Assert-NoCanary "$record $($record | Out-String -Width 500) $($record.Exception) $($record.ErrorDetails) $($record.ErrorDetails.RecommendedAction) $($record.TargetObject) $($record.CategoryInfo)"
    }

    It 'tries every cmdlet' -ForEach @{ Tried = $cases } {
        $words = $Tried | ForEach-Object { [regex]::Matches($_, '\b[A-Z][a-z]+-Krab[A-Za-z]+') } | ForEach-Object Value | Sort-Object -Unique
        $words | Should -Be ((Get-Command -Module KrabAuth).Name | Sort-Object)
    }

    It 'is in the store still, and in what exists to print it' {
        $fresh = Initialize-Canary
        $own = $fresh.at
        Get-KrabAuthToken -ProfileId openai:key -AsPlainText @own | Should -Match 'CANARY-key'
        (Get-KrabAuthHeader -ProfileId openai:key @own).Authorization | Should -Match 'CANARY-key'
        Get-KrabAuthToken openai-codex -AsPlainText @own | Should -Match 'CANARY-access' -Because 'the refresh token is nobody''s to see'
        Get-KrabAuthToken -ProfileId openai:key @own | Out-String | Should -Not -Match 'CANARY'
    }

    It 'is not in the other streams of what exists to print it' {
        $fresh = Initialize-Canary
        $own = $fresh.at
        $other = & {
            $null = Get-KrabAuthToken -ProfileId openai:key -AsPlainText -Verbose -Debug @own
            $null = Get-KrabAuthHeader -ProfileId openai:key -Verbose -Debug @own
        } *>&1
        @($other).Count | Should -BeGreaterThan 0
        Assert-NoCanary "$(Get-EveryForm $other)"
    }

    It 'is not in a transcript, nor on the screen, of a session that does it all with -Verbose -Debug' -ForEach @{ Tried = $cases } {
        $fresh = Initialize-Canary
        $directory = Get-NewDirectory
        $transcript = Join-Path $directory 'transcript.txt'
        $secretFile = Join-Path $directory 'secret.txt'
        Write-PrivateFile $secretFile $fresh.canary
        $lines = @(
            "Start-Transcript '$transcript' | Out-Null"
            "Import-Module '$ModulePath'"
            '$ConfirmPreference = "None"; $VerbosePreference = $DebugPreference = $InformationPreference = "Continue"'
            "`$secretText = [IO.File]::ReadAllText('$secretFile')"
            '$secret = [Net.NetworkCredential]::new("", $secretText).SecurePassword'
            '$credential = [pscredential]::new("user", $secret)'
            foreach ($name in 'at', 'broken', 'duplicate', 'badConfig') { "`$$name = @{ StateDirectory = '$($fresh[$name].StateDirectory)' }" }
            foreach ($case in $Tried) { "try { $case | Out-Host } catch { `$_ | Out-Host }" }
            'Stop-Transcript | Out-Null'
        )
        $screen = Invoke-NewSession ($lines -join "`n")
        $log = Get-Content -Raw $transcript
        $log | Should -Match 'openai:key' -Because 'the session did something'
        $log | Should -Match 'Reading '
        "$screen" | Should -Match 'openai:key'
        Assert-NoCanary $log
        Assert-NoCanary "$screen"
    }
}
