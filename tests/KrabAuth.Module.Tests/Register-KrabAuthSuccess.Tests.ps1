BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Register-KrabAuthSuccess' {
    BeforeEach { $script:at = Copy-Fixture }

    It 'ends waits, forgets failures and remembers the use' {
        $before = [DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds()
        Register-KrabAuthSuccess anthropic:work @at | Should -BeNullOrEmpty
        $store = Read-Store $at
        $stats = $store.usageStats['anthropic:work']
        $stats.Keys | Should -Not -Contain 'cooldownUntil'
        $stats.Keys | Should -Not -Contain 'failureCounts'
        $stats.errorCount | Should -Be 0
        $stats.lastUsed | Should -BeGreaterOrEqual $before
        $store.lastGood['anthropic'] | Should -Be 'anthropic:work'
    }

    It 'takes wildcards and the pipeline' {
        Register-KrabAuthSuccess 'anthropic:*' @at
        Get-KrabAuthProfile openrouter:default @at | Register-KrabAuthSuccess
        (Get-KrabAuthProfile 'anthropic:*', openrouter:default @at | Where-Object LastUsed).Count | Should -Be 4
    }

    It 'writes nothing a moment after a success' {
        Register-KrabAuthSuccess openrouter:default @at
        $after = Get-FileHash (Get-StorePath $at)
        Register-KrabAuthSuccess openrouter:default -Verbose @at 4>&1 | Select-Object -Last 1 | Should -Match 'worked a moment ago'
        (Get-FileHash (Get-StorePath $at)).Hash | Should -Be $after.Hash
    }

    It 'leaves what a person disabled' {
        Disable-KrabAuthProfile anthropic:manual @at
        Register-KrabAuthSuccess anthropic:manual @at
        (Get-KrabAuthProfile anthropic:manual @at).Enabled | Should -BeFalse
    }

    It 'tells that a profile is not there' {
        (Assert-SingleError -Id ProfileNotFound { Register-KrabAuthSuccess a:b @at }).TargetObject | Should -Be 'a:b'
    }
}
