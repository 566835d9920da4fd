BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Rename-KrabAuthProfile' {
    BeforeEach { $script:at = Copy-Fixture }

    It 'renames in place and in everything that names the profile' {
        $before = [string[]](Read-Store $at).profiles.Keys
        (Rename-KrabAuthProfile anthropic:work office -PassThru @at).ProfileId | Should -Be 'anthropic:office'
        $after = Read-Store $at
        [string[]]$after.profiles.Keys | Should -Be ($before -replace '^anthropic:work$', 'anthropic:office')
        $after.order.anthropic | Should -Be @('anthropic:office', 'anthropic:manual', 'anthropic:default')
        $after.usageStats.Keys | Should -Contain 'anthropic:office'
        $after.usageStats.Keys | Should -Not -Contain 'anthropic:work'
        $after.profiles['anthropic:office'].email | Should -Be 'work@example.com'
    }

    It 'renames the last good profile too' {
        Rename-KrabAuthProfile anthropic:default anthropic:main @at
        (Read-Store $at).lastGood.anthropic | Should -Be 'anthropic:main'
    }

    It 'renames in the state file of the two-file format' {
        $two = Copy-Fixture 'openclaw-2026.5.28'
        Rename-KrabAuthProfile anthropic:work office @two
        $state = Get-Content -Raw (Join-Path (Split-Path (Get-StorePath $two)) 'auth-state.json') | ConvertFrom-Json
        $state.order.anthropic | Should -Be @('anthropic:office', 'anthropic:default')
        (Read-Store $two).Keys | Should -Not -Contain 'order'
    }

    It 'does not rename over another profile' {
        $before = Get-Fingerprint $at.StateDirectory
        (Assert-SingleError -Id ProfileExists { Rename-KrabAuthProfile anthropic:work manual @at }).TargetObject | Should -Be 'anthropic:manual'
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }

    It 'refuses the new id <NewName>' -ForEach @(@{ NewName = 'a b' }, @{ NewName = 'anthropic:' }, @{ NewName = '*' }) {
        Assert-SingleError -Id ProfileIdInvalid { Rename-KrabAuthProfile anthropic:work $NewName @at }
    }

    It 'does not move a profile under another provider''s prefix' {
        Assert-SingleError -Id ProfileIdInvalid { Rename-KrabAuthProfile anthropic:work openai:work @at }
        (Get-KrabAuthProfile @at).ProfileId | Should -Contain 'anthropic:work'
    }

    It 'writes nothing when the id stays' {
        $before = Get-Fingerprint $at.StateDirectory
        Rename-KrabAuthProfile anthropic:work anthropic:work @at
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }

    It 'takes the profile from the pipeline, and is silent' {
        Get-KrabAuthProfile openrouter:default @at | Rename-KrabAuthProfile -NewName piped | Should -BeNullOrEmpty
        (Get-KrabAuthProfile -Provider openrouter @at).ProfileId | Should -Be 'openrouter:piped'
    }

    It 'tells that a profile is not there' {
        (Assert-SingleError -Id ProfileNotFound { Rename-KrabAuthProfile anthropic:nobody x @at }).TargetObject | Should -Be 'anthropic:nobody'
    }
}
