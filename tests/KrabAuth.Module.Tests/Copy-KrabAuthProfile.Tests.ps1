BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Copy-KrabAuthProfile' {
    BeforeEach {
        $script:at = Copy-Fixture
        $null = Initialize-Store -Agent helper -StateDirectory $at.StateDirectory
    }

    It 'copies under another id, with all that the entry holds' {
        (Copy-KrabAuthProfile anthropic:work second -PassThru @at).ProfileId | Should -Be 'anthropic:second'
        $profiles = (Read-Store $at).profiles
        $profiles['anthropic:second'].token | Should -Be $profiles['anthropic:work'].token
        $profiles['anthropic:second'].expires | Should -Be $profiles['anthropic:work'].expires
        $profiles['anthropic:second'].email | Should -Be 'work@example.com'
    }

    It 'copies to another agent under the same id, and leaves its own store alone' {
        $before = Get-FileHash (Get-StorePath $at)
        $copy = Copy-KrabAuthProfile openrouter:default -DestinationAgent helper -PassThru @at
        $copy.Agent | Should -Be 'helper'
        $copy.Inherited | Should -BeFalse
        (Read-Store $at helper).profiles.Keys | Should -Be 'openrouter:default'
        (Get-FileHash (Get-StorePath $at)).Hash | Should -Be $before.Hash
    }

    It 'lets an agent take a copy of its own of what it inherits' {
        Copy-KrabAuthProfile openrouter:default mine -Agent helper @at
        (Read-Store $at helper).profiles['openrouter:mine'].key | Should -Be 'sk-or-v1-EXAMPLE0123456789'
    }

    It 'never copies a sign-in, whose refresh token works once' {
        $before = Get-Fingerprint $at.StateDirectory
        $record = Assert-SingleError -Id CopyRefused { Copy-KrabAuthProfile openai-codex:me@example.com -DestinationAgent helper @at }
        $record.CategoryInfo.Category | Should -Be 'SecurityError'
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }

    It 'does not copy over another profile, or over itself' {
        Assert-SingleError -Id ProfileExists { Copy-KrabAuthProfile anthropic:work manual @at }
        Assert-SingleError -Id ProfileExists { Copy-KrabAuthProfile anthropic:work @at }
    }

    It 'tells that profile or agent are not there' {
        Assert-SingleError -Id ProfileNotFound { Copy-KrabAuthProfile anthropic:nobody x @at }
        Assert-SingleError -Id AgentNotFound { Copy-KrabAuthProfile anthropic:work -DestinationAgent nobody @at }
    }

    It 'copies what the pipeline brings' {
        Get-KrabAuthProfile -Type ApiKey @at | Copy-KrabAuthProfile -DestinationAgent helper
        [string[]](Read-Store $at helper).profiles.Keys | Should -Be @('anthropic:default', 'openrouter:default', 'z.ai:default')
    }
}
