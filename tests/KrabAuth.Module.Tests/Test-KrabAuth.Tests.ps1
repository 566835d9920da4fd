BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Test-KrabAuth' {
    BeforeAll { $script:at = Copy-Fixture }

    It 'gives one object for each profile and provider, with a recommendation where something is to do' {
        $checks = Test-KrabAuth @at
        $checks | Should -BeOfType ([KrabAuth.Diagnostics.AuthCheck])
        @($checks | Where-Object Kind -EQ Profile).Count | Should -Be 8
        ($checks | Where-Object Kind -EQ Provider).Provider | Should -Be @('anthropic', 'google-antigravity', 'openai-codex', 'openrouter', 'zai')
        foreach ($check in $checks) {
            $check.Expires | Should -Not -BeNullOrEmpty
            [bool]$check.Recommendation | Should -Be ($check.Result -ne 'Passed') -Because "$check"
        }
    }

    It 'judges <Id>: <Result>, <Status>, <Reason>' -ForEach @(
        @{ Id = 'anthropic:default'; Result = 'Passed'; Status = 'Static'; Reason = 'ok' }
        @{ Id = 'anthropic:work'; Result = 'Warning'; Status = 'Expiring'; Reason = 'expiring' }
        @{ Id = 'openai-codex:me@example.com'; Result = 'Passed'; Status = 'Ok'; Reason = 'ok' }
        @{ Id = 'openai-codex:work@example.com'; Result = 'Passed'; Status = 'Expired'; Reason = 'refreshable' }
        @{ Id = 'google-antigravity:me@example.com'; Result = 'Passed'; Status = 'Expiring'; Reason = 'refreshable' }
    ) {
        $check = Test-KrabAuth @at | Where-Object ProfileId -EQ $Id
        $check.Result | Should -Be $Result
        $check.Status | Should -Be $Status
        $check.Reason | Should -Be $Reason
    }

    It 'fails what a person has to mend: <Name>' -ForEach @(
        @{ Name = 'an expired token'; Entry = { Get-TokenEntry openai ([timespan]::FromHours(-1)) }; Reason = 'expired' }
        @{ Name = 'an expired sign-in without refresh token'; Entry = { Get-OAuthEntry openai ([timespan]::FromHours(-1)) -Refresh '' }; Reason = 'expired' }
        @{ Name = 'a profile without a secret'; Entry = { @{ type = 'api_key'; provider = 'openai' } }; Reason = 'missing_credential' }
        @{ Name = 'an expiry that is no time'; Entry = { @{ type = 'token'; provider = 'openai'; token = 'tok-0123456789'; expires = 'soon' } }; Reason = 'invalid_expires' }
    ) {
        $store = Initialize-Store @{ 'openai:x' = & $Entry }
        $checks = Test-KrabAuth openai @store
        $checks.Result | Should -Be @('Failed', 'Failed')
        $checks[0].Reason | Should -Be $Reason
        $checks[0].Recommendation | Should -Match 'openai'
        Test-KrabAuth -Quiet @store | Should -BeFalse
    }

    It 'leaves alone what the order excludes and what a person disabled' {
        $entries = @{ 'openai:old' = Get-TokenEntry openai ([timespan]::FromHours(-1)); 'openai:good' = Get-ApiKeyEntry openai }
        $excluded = Initialize-Store $entries -Order @{ openai = @('openai:good') }
        (Test-KrabAuth openai @excluded | Where-Object ProfileId -EQ openai:old).Reason | Should -Be 'excluded_by_auth_order'
        Test-KrabAuth openai -Quiet @excluded | Should -BeTrue
        $disabled = Initialize-Store $entries
        Test-KrabAuth openai -Quiet @disabled | Should -BeFalse
        Disable-KrabAuthProfile openai:old @disabled
        Test-KrabAuth openai -Quiet @disabled | Should -BeTrue
    }

    It 'fails a provider that is asked for and has nothing, or is in use and has nothing' {
        $check = Test-KrabAuth groq @at
        $check.Result | Should -Be 'Failed'
        $check.Status | Should -Be 'Missing'
        $check.Recommendation | Should -Be 'Connect-KrabProvider groq -Method ApiKey'
        Test-KrabAuth anthropic, groq -Quiet @at | Should -BeFalse
        $store = Initialize-Store -Config @{ agents = @{ defaults = @{ model = 'mistral/large' } } }
        (Test-KrabAuth @store | Where-Object Provider -EQ mistral).Result | Should -Be 'Failed'
    }

    It 'counts a key in the environment' {
        $env:GROQ_API_KEY = 'gsk_abcdefghijklmnopqrstuvwxyz'
        try {
            Test-KrabAuth groq -Quiet @at | Should -BeTrue
            (Test-KrabAuth groq @at).Reason | Should -Be 'environment_or_config'
        }
        finally { $env:GROQ_API_KEY = $null }
    }

    It 'gives one boolean with -Quiet, true although something warns' {
        $answer = @(Test-KrabAuth -Quiet @at)
        $answer.Count | Should -Be 1
        $answer[0] | Should -BeOfType ([bool])
        $answer[0] | Should -BeTrue
        @('anthropic', 'groq' | Test-KrabAuth -Quiet @at) | Should -Be @($false) -Because 'one boolean is for all'
    }

    It 'warns by -WarnWithin <Text>: <Result>' -ForEach @(
        @{ Text = '1h'; Result = 'Passed' }, @{ Text = '24h'; Result = 'Warning' }, @{ Text = '7d'; Result = 'Warning' }
    ) {
        (Test-KrabAuth anthropic -WarnWithin $Text @at | Where-Object ProfileId -EQ anthropic:work).Result | Should -Be $Result
    }

    It 'takes the provider by alias and from the pipeline' {
        (Test-KrabAuth z.ai @at).Target | Should -Be @('z.ai:default', 'zai')
        ('openrouter', 'openrouter' | Test-KrabAuth @at).Target | Should -Be @('openrouter:default', 'openrouter')
    }

    It 'checks profiles alone, without their providers: <What>' -ForEach @(
        @{ What = 'piped'; Run = { Get-KrabAuthProfile -Provider anthropic @at | Where-Object ProfileId -NE anthropic:manual | Test-KrabAuth } }
        @{ What = 'piped again'; Run = { @(Get-KrabAuthProfile anthropic:work @at) + @(Get-KrabAuthProfile anthropic:default, anthropic:work @at) | Test-KrabAuth | Sort-Object Target } }
        @{ What = 'as checks'; Run = { Test-KrabAuth anthropic @at | Where-Object ProfileId -In anthropic:work, anthropic:default | Test-KrabAuth } }
        @{ What = 'by name'; Run = { Test-KrabAuth -ProfileId anthropic:default, anthropic:work @at } }
        @{ What = 'by a pattern of a provider'; Run = { Test-KrabAuth anthropic -ProfileId '*:default', '*:work*' @at } }
        @{ What = 'by alias'; Run = { Test-KrabAuth -Id anthropic:default, anthropic:work @at } }
        @{ What = 'as text where a provider is expected'; Run = { 'anthropic:default', 'anthropic:work' | Test-KrabAuth @at } }
        @{ What = 'as an argument'; Run = { Test-KrabAuth anthropic:default, anthropic:work @at } }
    ) {
        $checks = & $Run
        $checks.Target | Should -Be @('anthropic:default', 'anthropic:work')
        $checks.Kind | Sort-Object -Unique | Should -Be 'Profile'
    }

    It 'checks a provider that comes after one of its profiles, and that profile once' {
        (Test-KrabAuth anthropic @at | Sort-Object Kind | Test-KrabAuth).Target | Should -Be @('anthropic:default', 'anthropic:manual', 'anthropic:work', 'anthropic')
        ('anthropic:work', 'anthropic' | Test-KrabAuth @at).Target | Should -Be @('anthropic:work', 'anthropic:default', 'anthropic:manual', 'anthropic')
        (Test-KrabAuth openrouter, anthropic:work @at).Target | Should -Be @('anthropic:work', 'openrouter:default', 'openrouter')
    }

    It 'answers -Quiet for the named profiles alone' {
        $store = Initialize-Store @{ 'openai:old' = Get-TokenEntry openai ([timespan]::FromHours(-1)); 'openai:good' = Get-ApiKeyEntry openai }
        Test-KrabAuth -ProfileId openai:good -Quiet @store | Should -BeTrue
        Test-KrabAuth -ProfileId openai:old -Quiet @store | Should -BeFalse
        @(Get-KrabAuthProfile @store | Test-KrabAuth -Quiet) | Should -Be @($false)
    }

    It 'is not -Quiet true where there was nothing to check: <What>' -ForEach @(
        @{ What = 'a pattern'; Run = { Test-KrabAuth -ProfileId 'nobody:*' -Quiet @at } }
        @{ What = 'an empty pipeline'; Run = { Get-KrabAuthProfile 'nobody:*' @at | Test-KrabAuth -Quiet } }
    ) {
        @(& $Run) | Should -Be @($false)
    }

    It 'tells of <Id>: <Problem>, and checks the others' -ForEach @(
        @{ Problem = 'ProfileNotFound'; Id = 'anthropic:nobody'; Named = @{} }
        @{ Problem = 'ProviderMismatch'; Id = 'openrouter:default'; Named = @{ Provider = 'anthropic' } }
    ) {
        $null = Assert-SingleError -Id $Problem { Test-KrabAuth -ProfileId $Id, anthropic:work @Named @at }
        (Test-KrabAuth -ProfileId $Id, anthropic:work @Named @at 2>$null).Target | Should -Be 'anthropic:work'
        Test-KrabAuth -ProfileId $Id, anthropic:default -Quiet @Named @at 2>$null | Should -BeFalse
    }

    It 'does not check all for an id that is empty' {
        foreach ($id in $null, '', @()) { $null = Assert-SingleError -Id ProfileIdInvalid { Test-KrabAuth -ProfileId $id @at } }
    }

    It 'completes the ids of profiles, of the provider that stands there' {
        (Get-Completion "Test-KrabAuth openrouter -StateDirectory '$($at.StateDirectory)' -Product OpenClaw -ProfileId ").ListItemText | Should -Be 'openrouter:default'
    }

    It 'is usable as a Pester assertion that names what failed' {
        Test-KrabAuth @at | Where-Object Result -EQ Failed | Should -BeNullOrEmpty
        "$(Test-KrabAuth groq @at)" | Should -Be 'groq: Failed (missing)'
    }

    It 'fails on an empty home, where nothing is signed in' {
        $empty = @{ StateDirectory = Join-Path $TestDrive 'nothing' }
        Test-KrabAuth -Quiet @empty | Should -BeFalse
        (Test-KrabAuth @empty).Result | Should -Contain 'Failed'
        $empty.StateDirectory | Should -Not -Exist
    }
}
