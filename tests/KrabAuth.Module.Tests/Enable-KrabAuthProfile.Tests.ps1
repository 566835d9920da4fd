BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Enable-KrabAuthProfile' {
    BeforeEach { $script:at = Copy-Fixture }

    It 'lets a disabled profile be used again' {
        Disable-KrabAuthProfile openrouter:default @at
        (Enable-KrabAuthProfile openrouter:default -PassThru @at).Enabled | Should -BeTrue
        (Resolve-KrabAuthProfile openrouter @at).ProfileId | Should -Be 'openrouter:default'
    }

    It 'ends the waits of a profile that a person disabled' {
        Disable-KrabAuthProfile openai-codex:work@example.com @at
        $enabled = Enable-KrabAuthProfile openai-codex:work@example.com -PassThru @at
        $enabled.DisabledUntil | Should -BeNullOrEmpty
        $enabled.ErrorCount | Should -Be 0
        (Read-Store $at).usageStats['openai-codex:work@example.com'].Keys | Should -Not -Contain 'disabledUntil'
    }

    It 'takes wildcards and the pipeline' {
        Disable-KrabAuthProfile '*' @at
        Enable-KrabAuthProfile 'anthropic:*' @at | Should -BeNullOrEmpty
        Get-KrabAuthProfile -Provider zai @at | Enable-KrabAuthProfile
        (Get-KrabAuthProfile @at | Where-Object Enabled).ProfileId | Should -Be @('anthropic:default', 'anthropic:manual', 'anthropic:work', 'z.ai:default')
    }

    It 'writes nothing for a profile that is in use already' {
        $before = Get-Fingerprint $at.StateDirectory
        Enable-KrabAuthProfile openrouter:default @at
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }

    It 'tells that a profile is not there' {
        (Assert-SingleError -Id ProfileNotFound { Enable-KrabAuthProfile a:b @at }).TargetObject | Should -Be 'a:b'
    }
}
