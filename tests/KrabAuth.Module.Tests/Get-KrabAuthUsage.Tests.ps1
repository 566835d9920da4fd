BeforeAll {
    . "$PSScriptRoot/common.ps1"
    if (-not ('KrabAuth.Examples.ProviderServer' -as [type])) { Add-Type -Path "$PSScriptRoot/ProviderServer.cs" }

    # A provider on this machine that tells a quota, with the given profiles.
    function Initialize-Provider {
        param([Collections.IDictionary] $Profiles, [string[]] $Id = 'acme')
        $store = Initialize-Store $Profiles
        foreach ($name in $Id) {
            Write-PrivateFile -Path "$($store.StateDirectory)/providers/$name.json" -Text (ConvertTo-Json -Depth 6 @{
                    id = $name; methods = @('apiKey')
                    probe = @{ method = 'GET'; url = "$($server.Address)/probe" }
                    usage = @{
                        url = "$($server.Address)/usage"; plan = 'plan'
                        windows = @(@{ at = 'windows.*'; labelAt = 'name'; used = 'used'; limit = 'of'; remaining = 'left'; unit = 'requests'; resetsAt = 'resets' })
                    }
                })
        }
        $store
    }
}
AfterAll { Exit-TestSession }

Describe 'Get-KrabAuthUsage' {
    BeforeAll {
        $script:server = [KrabAuth.Examples.ProviderServer]::new((Open-FreeListener))
        $reset = [DateTimeOffset]::UtcNow.AddHours(3.1).ToUnixTimeSeconds()
        $server.Answer('/usage', 'sk-busy', 429, '{"error":{"message":"Not so often."}}')
        $server.Answer('/usage', '', 200, (ConvertTo-Json -Depth 5 @{
                    plan = 'pro'; windows = @(@{ name = '5h'; used = 446; of = 1500; resets = $reset }, @{ name = 'credit'; left = 4.5 })
                }))
    }

    AfterAll { $server.Dispose() }

    BeforeEach {
        $script:at = Initialize-Provider @{ 'acme:a' = Get-ApiKeyEntry acme 'sk-good-0123456789'; 'acme:busy' = Get-ApiKeyEntry acme 'sk-busy-0123456789' }
        $server.Requests.Clear()
    }

    It 'gives an object for each window, with amounts, shares and the reset' {
        $usage = Get-KrabAuthUsage -ProfileId acme:a @at
        $usage | Should -BeOfType ([KrabAuth.Output.AuthUsage])
        $usage.Window | Should -Be @('5h', 'credit')
        $usage[0].Plan | Should -Be 'pro'
        $usage[0].Used | Should -Be 446
        $usage[0].Remaining | Should -Be 1054
        $usage[0].Limit | Should -Be 1500
        [math]::Round($usage[0].UsedPercent, 1) | Should -Be 29.7
        $usage[0].ResetsAt.ToUnixTimeSeconds() | Should -Be $reset
        $usage[0].ResetsInText | Should -Be '3h'
        $usage[0].Summary | Should -Be '446 of 1500 requests'
        $usage[1].UsedPercent | Should -BeNullOrEmpty
        $usage[1].Bar | Should -BeNullOrEmpty
        $usage[1].Summary | Should -Be '4.50 requests left'
    }

    It 'says why one is unknown, and goes on with the others' {
        $usage = Get-KrabAuthUsage @at
        $unknown = $usage | Where-Object { -not $_.IsKnown }
        $unknown.ProfileId | Should -Be 'acme:busy'
        $unknown.Reason | Should -Be 'The provider did not tell: http_429: Not so often.'
        @($usage | Where-Object IsKnown).Count | Should -Be 2
    }

    It 'takes providers, profiles and objects from the pipeline, and asks for no other' {
        (Get-KrabAuthProfile acme:a @at | Get-KrabAuthUsage).Count | Should -Be 2
        ('acme' | Get-KrabAuthUsage @at).Count | Should -Be 3
        Get-KrabAuthUsage groq @at | Should -BeNullOrEmpty
        @($server.Requests | Where-Object { $_ -ne 'GET /usage' }) | Should -BeNullOrEmpty
        $server.Requests.Count | Should -Be 3
    }

    It 'draws a bar, of ASCII characters where the console has no others' {
        $encoding = [Console]::OutputEncoding
        try {
            [Console]::OutputEncoding = [Text.UTF8Encoding]::new()
            (Get-KrabAuthUsage -ProfileId acme:a @at)[0].Bar | Should -BeExactly ([string]::new([char]0x2588, 6) + [string]::new([char]0x2591, 14))
            [Console]::OutputEncoding = [Text.Encoding]::ASCII
            (Get-KrabAuthUsage -ProfileId acme:a @at)[0].Bar | Should -BeExactly '######--------------'
        }
        finally { [Console]::OutputEncoding = $encoding }
    }

    It 'shows account, window, bar, reset and amount within 80 columns' {
        $screen = Get-KrabAuthUsage @at | Get-Screen
        $screen | Should -Match '(?m)^   Target: acme:a$'
        $screen | Should -Match '(?m)^5h .* 3h 446 of 1500 requests$'
        $screen | Should -Match 'unknown: The provider did not'
        $screen -split "`n" | Where-Object Length -GT 80 | Should -BeNullOrEmpty
    }

    It 'shows no secret in any form' {
        $told = Get-KrabAuthUsage -Verbose @at 4>&1
        $usage = $told | Where-Object { $_ -is [KrabAuth.Output.AuthUsage] }
        $usage.Count | Should -BeLessThan @($told).Count
        $text = ($usage | ConvertTo-Json -Depth 4), ($usage | Format-List * | Out-String), ($usage | ConvertTo-Csv), "$told" -join "`n"
        $text | Should -Not -Match 'sk-(good|busy)'
    }

    It 'says which profile does not exist' {
        $null = Assert-SingleError { Get-KrabAuthUsage -ProfileId acme:nobody @at } ProfileNotFound
    }

    It 'reads a number as seconds' {
        $parameter = (Get-Command Get-KrabAuthUsage).Parameters.Timeout.Attributes.Where({ $_ -is [KrabAuth.Parameters.DurationTransformationAttribute] })[0]
        $parameter.Transform($null, 8) | Should -Be ([timespan]::FromSeconds(8))
        $parameter.Transform($null, '500ms') | Should -Be ([timespan]::FromMilliseconds(500))
    }

    It 'completes providers and profiles without asking anybody' {
        $store = "-StateDirectory '$($at.StateDirectory)'"
        (Get-Completion "Get-KrabAuthUsage $store ac").ListItemText | Should -Contain 'acme'
        (Get-Completion "Get-KrabAuthUsage $store -ProfileId ac").ListItemText | Should -Be @('acme:a', 'acme:busy')
        $server.Requests.Count | Should -Be 0
    }
}

Describe 'Test-KrabAuth -Probe' {
    BeforeAll {
        $script:server = [KrabAuth.Examples.ProviderServer]::new((Open-FreeListener))
        $server.Answer('/probe', 'sk-good', 200, '{}')
        $server.Answer('/probe', 'sk-bad', 401, '{"error":{"message":"sk-bad-0123456789 is no key"}}')
        $server.Answer('/probe', '', 429, '{}')
        $script:at = Initialize-Provider @{
            'acme:good' = Get-ApiKeyEntry acme 'sk-good-0123456789'; 'acme:bad' = Get-ApiKeyEntry acme 'sk-bad-0123456789'
            'limited:a' = Get-ApiKeyEntry limited 'sk-limited-0123456789'
        } -Id acme, limited
    }

    AfterAll { $server.Dispose() }

    It 'adds an object for each credential that was tried' {
        $checks = Test-KrabAuth acme, limited -Probe @at
        $probes = $checks | Where-Object Kind -EQ Probe
        $probes.Target | Should -Be @('acme:bad', 'acme:good', 'limited:a')
        $probes.Result | Should -Be @('Failed', 'Passed', 'Warning')
        $probes.Reason | Should -Be @('probe_auth', 'probe_ok', 'probe_rate_limit')
        $probes[0].Detail | Should -Be 'http_401: [redacted] is no key'
        $probes[0].Recommendation | Should -Be "Connect-KrabProvider acme -Method ApiKey -ProfileId 'acme:bad'"
        $probes.Latency | Should -Not -BeNullOrEmpty
        @($checks | Where-Object Kind -NE Probe).Result | Should -Be @('Passed', 'Passed', 'Passed', 'Passed', 'Passed')
    }

    It 'tries the named profiles alone, each once: <What>' -ForEach @(
        @{ What = 'piped'; Run = { Get-KrabAuthProfile acme:* @at | Test-KrabAuth -Probe }; Expected = 'acme:bad', 'acme:good' }
        @{ What = 'one of two'; Run = { Get-KrabAuthProfile acme:good @at | Test-KrabAuth -Probe }; Expected = 'acme:good' }
        @{ What = 'by name'; Run = { Test-KrabAuth -ProfileId acme:good, limited:a -Probe @at }; Expected = 'acme:good', 'limited:a' }
        @{ What = 'what checks name'; Run = { Test-KrabAuth @at | Test-KrabAuth -Probe }; Expected = 'acme:bad', 'acme:good', 'limited:a' }
        @{ What = 'a provider with the rest of its profiles'; Run = { 'acme:good', 'acme' | Test-KrabAuth -Probe @at }; Expected = 'acme:bad', 'acme:good' }
    ) {
        $server.Requests.Clear()
        $probes = & $Run | Where-Object Kind -EQ Probe
        $probes.Target | Sort-Object | Should -Be $Expected
        $server.Requests.Count | Should -Be @($Expected).Count
    }

    It 'makes -Quiet false for what was refused, and not for a limit' {
        Test-KrabAuth acme -Quiet @at | Should -BeTrue
        Test-KrabAuth acme -Probe -Quiet @at | Should -BeFalse
        Test-KrabAuth limited -Probe -Quiet -ProbeTimeout 8 -ThrottleLimit 1 @at | Should -BeTrue
    }

    It 'asks nobody without it' {
        $server.Requests.Clear()
        $null = Test-KrabAuth @at
        $null = Get-KrabAuthStatus @at
        $null = Get-KrabAuthProfile @at
        $server.Requests.Count | Should -Be 0
    }
}
