BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Disable-KrabAuthProfile' {
    BeforeEach { $script:at = Copy-Fixture }

    It 'holds a profile out of use in a form that the gateways honour' {
        $disabled = Disable-KrabAuthProfile anthropic:work -PassThru @at
        $disabled.Enabled | Should -BeFalse
        $disabled.StatusText | Should -Be 'expiring, disabled'
        $stats = (Read-Store $at).usageStats['anthropic:work']
        $stats.disabledUntil | Should -Be 253402300799000
        $stats.disabledReason | Should -Be 'manual'
        (Read-Store $at).profiles.Keys | Should -Contain 'anthropic:work'
    }

    It 'lets the next profile be used, and says why this one is not' {
        Disable-KrabAuthProfile anthropic:manual @at
        (Resolve-KrabAuthProfile anthropic @at).ProfileId | Should -Be 'anthropic:default'
        (Resolve-KrabAuthProfile anthropic -Explain @at | Where-Object ProfileId -EQ anthropic:manual).Explanation | Should -Be 'disabled by the user'
    }

    It 'writes to the state file of the two-file format' {
        $two = Copy-Fixture 'openclaw-2026.5.28'
        $before = Get-FileHash (Get-StorePath $two)
        Disable-KrabAuthProfile openrouter:manual @two
        (Get-FileHash (Get-StorePath $two)).Hash | Should -Be $before.Hash
        (Get-KrabAuthProfile openrouter:manual @two).Enabled | Should -BeFalse
    }

    It 'takes wildcards and the pipeline, and is silent' {
        Disable-KrabAuthProfile 'anthropic:*' @at | Should -BeNullOrEmpty
        Get-KrabAuthProfile openrouter:default @at | Disable-KrabAuthProfile
        (Get-KrabAuthProfile @at | Where-Object Enabled -EQ $false).Count | Should -Be 4
    }

    It 'tells that a profile is not there' {
        (Assert-SingleError -Id ProfileNotFound { Disable-KrabAuthProfile a:b @at }).TargetObject | Should -Be 'a:b'
    }
}
