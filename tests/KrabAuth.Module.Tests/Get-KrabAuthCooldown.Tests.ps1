BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Get-KrabAuthCooldown' {
    BeforeEach { $script:at = Copy-Fixture }

    It 'lists what a gateway wrote, the first to come back first' {
        $waits = Get-KrabAuthCooldown @at
        $waits.ProfileId | Should -Be @('anthropic:work', 'openai-codex:work@example.com')
        $waits.Kind | Should -Be @('cooldown', 'disabled')
        $waits[1].Reason | Should -Be 'billing'
        $waits[0].Until | Should -BeOfType ([DateTimeOffset])
        $waits[0].ErrorCount | Should -Be 2
        $waits[0].GetType().FullName | Should -Be 'KrabAuth.Profiles.AuthCooldown'
    }

    It 'narrows by id, by wildcard and by provider' {
        (Get-KrabAuthCooldown anthropic:work @at).ProfileId | Should -Be 'anthropic:work'
        (Get-KrabAuthCooldown 'openai*' @at).ProfileId | Should -Be 'openai-codex:work@example.com'
        (Get-KrabAuthCooldown -Provider anthropic @at).ProfileId | Should -Be 'anthropic:work'
        Get-KrabAuthCooldown anthropic:manual @at | Should -BeNullOrEmpty
    }

    It 'does not list what a person disabled' {
        Disable-KrabAuthProfile anthropic:manual @at
        (Get-KrabAuthCooldown @at).ProfileId | Should -Not -Contain 'anthropic:manual'
    }

    It 'knows when a wait of its own began' {
        Register-KrabAuthFailure anthropic:manual -Reason billing @at
        $wait = Get-KrabAuthCooldown anthropic:manual @at
        ($wait.Until - $wait.Since).TotalHours | Should -Be 5
    }

    It 'tells that a profile is not there' {
        (Assert-SingleError -Id ProfileNotFound { Get-KrabAuthCooldown a:b @at }).TargetObject | Should -Be 'a:b'
    }
}
