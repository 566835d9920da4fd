# What each view shows at 80 and 120 columns is approved in Approved/<type>.<form>.<width>.txt. A view that was changed on purpose is
# approved anew by running this file with KRABAUTH_APPROVE=1; look at the difference before it is committed.
BeforeDiscovery {
    $script:types = 'AgentInfo', 'FailureOutcome', 'AuthCooldown', 'AuthProfile', 'AuthCheck', 'DoctorFinding', 'ExternalLogin', 'OnboardingResult', 'AuthOrder', 'AuthCandidate', 'AuthProviderStatus', 'AuthSession', 'AuthUsage', 'AuthStoreInfo', 'ProviderDefinition', 'SignOutResult', 'TransferResult'
    $script:wide = 'AgentInfo', 'AuthProfile', 'ProviderDefinition'
    $script:text = 'DoctorFinding'
    $script:views = foreach ($type in $types) {
        foreach ($form in @('table', 'list') + $(if ($type -in $wide) { 'wide' }) + $(if ($type -in $text) { 'text' })) {
            foreach ($width in 80, 120) { @{ Type = $type; Form = $form; Width = $width } }
        }
    }
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $script:approved = Join-Path $PSScriptRoot 'Approved'
    # Short and of one length, so that a path is wrapped nowhere before it is replaced.
    $script:state = Join-Path $(if ($IsWindows) { "$env:SystemDrive/" } else { '/tmp' }) ('krab-{0:x8}' -f $PID)
    $script:encoding = [Console]::OutputEncoding
    [Console]::OutputEncoding = [Text.Encoding]::UTF8
    $now = [DateTimeOffset]::UtcNow
    # In the middle of what is rounded, so that the distance is the same throughout a run.
    $soon = [timespan]::FromHours(3) + [timespan]::FromMinutes(10)
    $past = - [timespan]::FromDays(2) - [timespan]::FromHours(2)
    $store = [ordered]@{
        'anthropic:main'   = Get-ApiKeyEntry anthropic
        'anthropic:work'   = Get-TokenEntry anthropic $soon
        'anthropic:waits'  = Get-ApiKeyEntry anthropic
        'anthropic:held'   = Get-ApiKeyEntry anthropic
        'google-antigravity:a.person.with-a-long-name@department.example-company.com' = Get-OAuthEntry google-antigravity $past
        'openai:old'       = Get-TokenEntry openai $past
        'openai-codex:me@example.com' = Get-OAuthEntry openai-codex ([timespan]::FromDays(9))
    }
    $usage = @{
        'anthropic:main'  = @{ lastUsed = $now.Add($past).ToUnixTimeMilliseconds() }
        'anthropic:waits' = @{ cooldownUntil = $now.Add($soon).ToUnixTimeMilliseconds(); cooldownReason = 'rate_limit'; errorCount = 4; failureCounts = @{ rate_limit = 4 } }
        'openai:old'      = @{ disabledUntil = $now.Add($soon).ToUnixTimeMilliseconds(); disabledReason = 'billing'; errorCount = 1 }
    }
    $script:at = Initialize-Store $store -UsageStats $usage -StateDirectory $state
    Disable-KrabAuthProfile anthropic:held @at
    Set-KrabAuthSession chat-1 anthropic:work @at
    $agent = @{ Agent = 'main'; Product = 'KrabKrab'; StateDirectory = '/home/me/.krabkrab' }
    $window = @{ Provider = 'openai-codex'; ProfileId = 'openai-codex:me@example.com'; Label = 'openai-codex:me@example.com' } + $agent
    $usageConstructor = [KrabAuth.Output.AuthUsage].GetConstructors('Instance, NonPublic')[0]

    $script:samples = @{
        AgentInfo          = {
            [KrabAuth.Agents.AgentInfo]($agent + @{ IsDefault = $true; IsConfigured = $true; AgentDirectory = '/home/me/.krabkrab/agents/main/agent'; Workspace = '/home/me/work'; SessionsDirectory = '/home/me/.krabkrab/agents/main/sessions'; Model = 'anthropic/claude-opus-4-6'; Bindings = 2 })
            [KrabAuth.Agents.AgentInfo]@{ Agent = 'a-helper-with-a-long-name'; Product = 'KrabKrab'; StateDirectory = '/home/me/.krabkrab'; Name = 'Helper'; IsDefault = $false; IsConfigured = $false; AgentDirectory = '/home/me/.krabkrab/agents/a-helper-with-a-long-name/agent'; Workspace = '/home/me/other'; SessionsDirectory = '/home/me/.krabkrab/agents/a-helper-with-a-long-name/sessions'; Bindings = 0 }
        }
        FailureOutcome     = {
            [KrabAuth.FailureOutcome]::new('anthropic:work', 'anthropic', 'RateLimit', $true, $null)
            [KrabAuth.FailureOutcome]::new('google-antigravity:a.person.with-a-long-name@department.example-company.com', 'google-antigravity', $null, $false, 'another profile would fare no better')
        }
        AuthCooldown       = { Get-KrabAuthCooldown @at }
        AuthProfile        = { Get-KrabAuthProfile @at }
        AuthCheck          = { Test-KrabAuth @at }
        DoctorFinding      = {
            $expired = [KrabAuth.Diagnostics.Doctor.DoctorFinding]($agent + @{ Id = 'credential-expired'; Severity = 'Error'; Subject = 'openai-codex:me@example.com'; Message = 'It has expired, and cannot be renewed without you.' })
            [KrabAuth.Diagnostics.Doctor.DoctorFinding].GetProperty('Remedy', [System.Reflection.BindingFlags]'Instance, NonPublic').SetValue($expired, [KrabAuth.Diagnostics.Remedy]::new('Connect-KrabProvider openai-codex', 'krabauth models auth login'))
            $expired
            [KrabAuth.Diagnostics.Doctor.DoctorFinding]@{ Id = 'permissions'; Severity = 'Warning'; Subject = '/home/me/.krabkrab/agents/main/agent/auth-profiles.json'; Message = 'Its mode 644 lets other users in; credentials are kept here.'; Problem = 'the file system is read-only'; Product = $agent.Product; StateDirectory = $agent.StateDirectory }
            [KrabAuth.Diagnostics.Doctor.DoctorFinding]($agent + @{ Id = 'order-missing-profile'; Severity = 'Warning'; Subject = 'order of openai'; Message = 'It names openai:gone, which does not exist. The others are used.'; IsSafe = $true; IsFixed = $true })
        }
        ExternalLogin      = {
            [KrabAuth.Interop.ExternalLogin]($agent + @{ Tool = 'claude'; ProfileId = 'anthropic:claude-cli'; Provider = 'anthropic'; Action = 'Add'; Reason = 'new'; Detail = ''; Source = '/home/me/.claude/.credentials.json'; Type = 'OAuth'; Expires = [DateTimeOffset]::UtcNow.Add($soon) })
            [KrabAuth.Interop.ExternalLogin]($agent + @{ Tool = 'codex'; ProfileId = 'openai-codex:codex-cli'; Provider = 'openai-codex'; Action = 'None'; Reason = 'absent'; Detail = 'no file'; Source = '/home/me/.codex/auth.json' })
        }
        OnboardingResult   = {
            [KrabAuth.Onboarding.OnboardingResult]($agent + @{ AuthChoice = 'openai-api-key'; Provider = 'openai'; ProfileId = 'openai:default'; Action = 'Store'; DefaultModel = [KrabAuth.Agents.DefaultModelOffer]::new('openai/gpt-5.2', $null, 'Available') })
        }
        AuthOrder          = { Get-KrabAuthOrder @at }
        AuthCandidate      = { Resolve-KrabAuthProfile anthropic -Explain @at }
        AuthProviderStatus = { Get-KrabAuthStatus @at }
        AuthSession        = { Get-KrabAuthSession @at }
        AuthUsage          = {
            foreach ($used in 12, 85, 100) {
                $quota = [KrabAuth.Diagnostics.QuotaWindow]($window + @{ Window = "window of $used"; Plan = 'plus'; UsedPercent = $used; ResetsAt = $now.Add($soon); ResetsIn = $soon })
                $usageConstructor.Invoke(@($quota))
            }
            $usageConstructor.Invoke(@([KrabAuth.Diagnostics.QuotaWindow]($window + @{ Window = ''; Reason = 'the provider does not tell' })))
        }
        AuthStoreInfo      = {
            [KrabAuth.Storage.AuthStoreInfo]($agent + @{ AgentDirectory = '/home/me/.krabkrab/agents/main/agent'; StorePath = '/home/me/.krabkrab/agents/main/agent/auth-profiles.json'; StatePath = '/home/me/.krabkrab/agents/main/agent/auth-profiles.json'; ConfigPath = '/home/me/.krabkrab/krabkrab.json'; Format = 'OneFile'; ProfileCount = 7; InheritedCount = 0; RejectedCount = 1; IsPrivate = $true; LockedBy = 'gateway, process 4711'; LastWriteTime = [DateTime]::Now.Add($past) })
        }
        ProviderDefinition = { Get-KrabProvider anthropic, openai-codex, anthropic-openai }
        SignOutResult      = {
            [KrabAuth.SignOutResult]::new('openai-codex:me@example.com', $true, 'revoked at the server')
            [KrabAuth.SignOutResult]::new('google-antigravity:a.person.with-a-long-name@department.example-company.com', $false, 'the provider has no address for that')
        }
        TransferResult     = {
            [KrabAuth.Transfer.TransferResult]($agent + @{ ProfileId = 'anthropic:work'; Provider = 'anthropic'; Type = 'ApiKey'; Action = 'Imported'; Reason = 'new'; Source = '/home/me/old.json' })
            [KrabAuth.Transfer.TransferResult]($agent + @{ ProfileId = 'google-antigravity:a.person.with-a-long-name@department.example-company.com'; Provider = 'google-antigravity'; Type = 'OAuth'; Action = 'Skipped'; Reason = 'a sign-in can be used in one place alone'; Source = '/home/me/old.json' })
        }
    }

    function Get-View {
        param([string] $Type, [string] $Form, [int] $Width, [string] $Rendering = 'PlainText')
        # A console leaves its last column empty.
        $room = $Width - 1
        $objects = @(& $samples[$Type])
        $before = $PSStyle.OutputRendering
        $PSStyle.OutputRendering = $Rendering
        try {
            $text = switch ($Form) {
                'table' { $objects | Format-Table | Out-String -Width $room }
                'list' { $objects | Format-List | Out-String -Width $room }
                'wide' { $objects | Format-Wide | Out-String -Width $room }
                # What shows where no form is named.
                'text' { $objects | Out-String -Width $room }
            }
        }
        finally { $PSStyle.OutputRendering = $before }
        # Of the day of the run nothing is left but its distance from now.
        $text = $text.Replace("`r", '').Replace($state, '/STATE').Replace('\', '/') -replace '\d{4}-\d\d-\d\d \d\d:\d\d', 'yyyy-MM-dd HH:mm'
        (($text.Trim("`n") -split "`n" | ForEach-Object TrimEnd) -join "`n") + "`n"
    }
}

AfterAll {
    [Console]::OutputEncoding = $script:encoding
    Remove-Item -LiteralPath $script:state -Recurse -Force
    Exit-TestSession
}

Describe 'The view' {
    It 'of <Type> as <Form> at <Width> columns is as approved' -ForEach $views {
        $text = Get-View -Type $Type -Form $Form -Width $Width
        $file = Join-Path $approved "$Type.$Form.$Width.txt"
        if ($env:KRABAUTH_APPROVE -eq '1') {
            $null = New-Item -ItemType Directory -Force -Path $approved
            [IO.File]::WriteAllText($file, $text)
        }
        $text | Should -BeExactly ([IO.File]::ReadAllText($file))
        ($text -split "`n" | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessThan $Width
    }

    It 'is approved for every type that a cmdlet gives, and for nothing else' -ForEach @{ Views = $views } {
        $given = (Get-Command -Module KrabAuth).OutputType.Type | Where-Object { $_.Namespace -like 'KrabAuth*' } | ForEach-Object Name | Sort-Object -Unique
        $Views.Type | Sort-Object -Unique | Should -Be $given
        $files = $Views | ForEach-Object { "$($_.Type).$($_.Form).$($_.Width).txt" } | Sort-Object
        (Get-ChildItem -LiteralPath $approved).Name | Sort-Object | Should -Be $files
    }

    It 'of every type is there as table and as list' {
        foreach ($type in (Get-Command -Module KrabAuth).OutputType.Type | Where-Object { $_.Namespace -like 'KrabAuth*' } | Sort-Object -Unique FullName) {
            $controls = (Get-FormatData -TypeName $type.FullName).FormatViewDefinition.Control
            @($controls | Where-Object { $_ -is [Management.Automation.TableControl] }).Count | Should -Be 1 -Because $type
            @($controls | Where-Object { $_ -is [Management.Automation.ListControl] }).Count | Should -Be 1 -Because $type
        }
    }
}

Describe 'Colours' {
    BeforeAll {
        $esc = [char]27
        function Get-Tone { param([string] $Screen, [string] $Word) [regex]::Match($Screen, "((?:$esc\[[0-9;]*m)+)$([regex]::Escape($Word))$esc").Groups[1].Value }
    }

    It 'mean the same everywhere' {
        $screen = Get-View -Type AuthProfile -Form table -Width 120 -Rendering Ansi
        Get-Tone $screen 'static' | Should -Be $PSStyle.Foreground.Green
        Get-Tone $screen 'expiring' | Should -Be $PSStyle.Formatting.Warning
        Get-Tone $screen 'static, cooling 3h' | Should -Be $PSStyle.Foreground.Cyan
        Get-Tone $screen 'static, disabled' | Should -Be $PSStyle.Dim
        Get-Tone $screen 'expired (refreshable)' | Should -Be $PSStyle.Formatting.Warning -Because 'nobody has to do anything'
        $checks = Get-View -Type AuthCheck -Form table -Width 120 -Rendering Ansi
        Get-Tone $checks 'Failed' | Should -Be $PSStyle.Formatting.Error
        Get-Tone $checks 'Passed' | Should -Be $PSStyle.Foreground.Green
        $quotas = Get-View -Type AuthUsage -Form table -Width 120 -Rendering Ansi
        foreach ($code in $PSStyle.Foreground.Green, $PSStyle.Formatting.Warning, $PSStyle.Formatting.Error) { $quotas.Contains($code) | Should -BeTrue }
    }

    It 'are those of the session' {
        $own = $PSStyle.Formatting.Error
        $PSStyle.Formatting.Error = "$esc[35m"
        try { Get-Tone (Get-View -Type AuthCheck -Form table -Width 120 -Rendering Ansi) 'Failed' | Should -Be "$esc[35m" } finally { $PSStyle.Formatting.Error = $own }
    }

    It 'change no width: <_>' -ForEach $types {
        $bare = [regex]::Replace((Get-View -Type $_ -Form table -Width 80 -Rendering Ansi), "$esc\[[0-9;]*m", '')
        $bare = ($bare -split "`n" | ForEach-Object TrimEnd) -join "`n"
        $bare | Should -BeExactly (Get-View -Type $_ -Form table -Width 80)
    }

    It 'vanish where output is redirected, and where NO_COLOR is set' {
        $script = "Import-Module '$ModulePath'; Get-KrabAuthProfile -StateDirectory '$state' | Format-Table; Test-KrabAuth -StateDirectory '$state' | Format-Table"
        # The heads of the table are PowerShell's own, and coloured by it all the same.
        $rows = @(Invoke-NewSession $script) -match '^(anthropic:|Passed|Warning|Failed)'
        $rows.Count | Should -BeGreaterThan 5
        foreach ($row in $rows) { $row.Contains($esc) | Should -BeFalse -Because $row }
        $env:NO_COLOR = '1'
        try { (Invoke-NewSession "$script; `$PSStyle.OutputRendering") -join "`n" | Should -Match 'PlainText' } finally { $env:NO_COLOR = $null }
    }

    It 'are not all that a view has to show of what comes from a job or a file: <_>' -ForEach $types {
        $names = [regex]::Matches([IO.File]::ReadAllText((Join-Path $ModulePath 'KrabAuth.format.ps1xml')), '<PropertyName>(\w+View)<').ForEach({ $_.Groups[1].Value }) | Sort-Object -Unique
        foreach ($object in @(& $samples[$_])) {
            $file = Join-Path (Get-NewDirectory) 'out.xml'
            $object | Export-Clixml $file
            $copy = Import-Clixml $file
            foreach ($name in $names) { [bool]"$($copy.$name)" | Should -Be ([bool]"$($object.$name)") -Because "$name of $($object.PSTypeNames[0])" }
            ($copy | Select-Object *).PSObject.Properties.Name | Where-Object { $_ -like '*View' } | Should -BeNullOrEmpty
        }
    }

    It 'are in nothing but views: <_>' -ForEach $types {
        foreach ($object in @(& $samples[$_])) {
            $shown = ($object | Select-Object *).PSObject.Properties.Name
            $shown | Should -Be $object.GetType().GetProperties('Instance, Public').Name
            $file = Join-Path (Get-NewDirectory) 'out.xml'
            $object | Export-Clixml $file
            Get-Content -Raw $file | Should -Not -Match '_x001B_|View"'
            (Import-Clixml $file).PSObject.Properties.Name | Sort-Object | Should -Be ($shown | Sort-Object)
            "$($object | ConvertTo-Json -Depth 4 -WarningAction Ignore)$($object | ConvertTo-Csv)" | Should -Not -Match 'u001b|\x1B|StatusView|ExpiresView'
        }
    }
}
