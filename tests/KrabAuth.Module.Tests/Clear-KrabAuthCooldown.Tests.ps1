BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Clear-KrabAuthCooldown' {
    BeforeEach { $script:at = Copy-Fixture }

    It 'ends the wait of a profile and keeps when it failed' {
        Clear-KrabAuthCooldown anthropic:work -Confirm:$false @at | Should -BeNullOrEmpty
        $stats = (Read-Store $at).usageStats['anthropic:work']
        @($stats.Keys | Sort-Object) | Should -Be @('errorCount', 'lastFailureAt')
        (Get-KrabAuthCooldown @at).ProfileId | Should -Be 'openai-codex:work@example.com'
    }

    It 'takes the pipeline, wildcards, a provider, or all' {
        Get-KrabAuthCooldown anthropic:work @at | Clear-KrabAuthCooldown -Confirm:$false
        (Get-KrabAuthCooldown @at).Count | Should -Be 1
        Clear-KrabAuthCooldown -Provider openai-codex -Confirm:$false @at
        Get-KrabAuthCooldown @at | Should -BeNullOrEmpty
        Register-KrabAuthFailure anthropic:work -Reason auth @at
        Clear-KrabAuthCooldown 'anthropic:*' -Confirm:$false @at
        Register-KrabAuthFailure anthropic:work -Reason auth @at
        Clear-KrabAuthCooldown -Confirm:$false @at
        Get-KrabAuthCooldown @at | Should -BeNullOrEmpty
    }

    It 'leaves what a person disabled' {
        Disable-KrabAuthProfile anthropic:manual @at
        Clear-KrabAuthCooldown -Confirm:$false @at
        (Get-KrabAuthProfile anthropic:manual @at).Enabled | Should -BeFalse
    }

    It 'changes nothing with -WhatIf' {
        $before = Get-FileHash (Get-StorePath $at)
        Clear-KrabAuthCooldown -WhatIf @at
        (Get-FileHash (Get-StorePath $at)).Hash | Should -Be $before.Hash
    }

    It 'ends the waits of the provider that comes through the pipeline, and of no other' {
        Get-KrabProvider openai-codex | Clear-KrabAuthCooldown -Confirm:$false @at
        (Get-KrabAuthCooldown @at).ProfileId | Should -Be 'anthropic:work'
    }

    It 'means the profile where an object has a profile and a provider' {
        Register-KrabAuthFailure anthropic:manual -Reason auth @at
        Get-KrabAuthCooldown anthropic:work @at | Clear-KrabAuthCooldown -Confirm:$false
        (Get-KrabAuthCooldown -Provider anthropic @at).ProfileId | Should -Be 'anthropic:manual'
    }

    It 'asks for nothing where a profile is not there' {
        $told = Invoke-NewSession "Import-Module '$ModulePath'; Clear-KrabAuthCooldown a:b -WhatIf -Product OpenClaw -StateDirectory '$($at.StateDirectory)'"
        "$told" | Should -Match 'a:b.* not found'
        "$told" | Should -Not -Match 'What if'
    }

    It 'tells that a profile is not there' {
        (Assert-SingleError -Id ProfileNotFound { Clear-KrabAuthCooldown a:b -Confirm:$false @at }).TargetObject | Should -Be 'a:b'
    }
}
