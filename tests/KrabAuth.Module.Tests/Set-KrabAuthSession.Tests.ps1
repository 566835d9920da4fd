BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Set-KrabAuthSession' {
    BeforeEach {
        $script:at = Initialize-Store ([ordered]@{ 'anthropic:home' = Get-ApiKeyEntry anthropic; 'anthropic:work' = Get-ApiKeyEntry anthropic; 'openai:a' = Get-ApiKeyEntry openai })
    }

    It 'fixes a profile for one session alone' {
        Set-KrabAuthSession chat anthropic:work @at | Should -BeNullOrEmpty
        (Resolve-KrabAuthProfile anthropic -Session chat @at).ProfileId | Should -Be 'anthropic:work'
        (Resolve-KrabAuthProfile anthropic -Session other @at).ProfileId | Should -Be 'anthropic:home'
        (Resolve-KrabAuthProfile anthropic @at).ProfileId | Should -Be 'anthropic:home'
    }

    It 'takes a model reference, for main without a session: <Reference>' -ForEach @(
        @{ Reference = 'opus@anthropic:work' }
        @{ Reference = '/model Opus@anthropic:work' }
        @{ Reference = 'anthropic/claude@20251001@anthropic:work' }
    ) {
        $pin = Set-KrabAuthSession -Model $Reference -PassThru @at
        "$($pin.Session) $($pin.ProfileId) $($pin.Source)" | Should -Be 'main anthropic:work User'
    }

    It 'lifts the pin of a person with a reference without a profile' {
        Set-KrabAuthSession main anthropic:work @at
        Set-KrabAuthSession -Model opus -PassThru @at | Should -BeNullOrEmpty
        (Resolve-KrabAuthProfile anthropic -Session main @at).ProfileId | Should -Be 'anthropic:home'
    }

    It 'takes profiles from the pipeline' {
        Get-KrabAuthProfile openai:a @at | Set-KrabAuthSession chat
        (Get-KrabAuthSession @at).ProfileId | Should -Be 'openai:a'
    }

    It 'refuses what cannot be: <Id>' -ForEach @(
        @{ Id = 'ProfileNotFound'; Parameters = @{ ProfileId = 'anthropic:gone' } }
        @{ Id = 'ProfileNotFound'; Parameters = @{ Model = 'opus@anthropic:gone' } }
        @{ Id = 'ProviderMismatch'; Parameters = @{ Model = 'anthropic/opus@openai:a' } }
        @{ Id = 'ModelReferenceInvalid'; Parameters = @{ Model = 'two words' } }
        @{ Id = 'SessionKeyInvalid'; Parameters = @{ Session = ' '; ProfileId = 'openai:a' } }
    ) {
        $null = Assert-SingleError -Id $Id { Set-KrabAuthSession @Parameters @at }
        Get-KrabAuthSession @at | Should -BeNullOrEmpty
    }

    It 'changes nothing with -WhatIf' {
        $before = Get-Fingerprint $at.StateDirectory
        Set-KrabAuthSession chat openai:a -WhatIf @at
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }
}

Describe 'A session in use' {
    BeforeEach {
        $script:at = Initialize-Store ([ordered]@{
                'openai:a' = @{ type = 'api_key'; provider = 'openai'; key = 'key-of-a-0123456789' }
                'openai:b' = @{ type = 'api_key'; provider = 'openai'; key = 'key-of-b-0123456789' }
            })
        $script:use = { param([hashtable] $Turn) Get-KrabAuthToken openai -Session chat -AsPlainText @Turn @at }
    }

    It 'stays with an account, and moves on with a compaction or a new start' {
        & $use @{ CompactionCount = 0 } | Should -Be 'key-of-a-0123456789'
        & $use @{ CompactionCount = 0 } | Should -Be 'key-of-a-0123456789'
        & $use @{ CompactionCount = 1 } | Should -Be 'key-of-b-0123456789'
        & $use @{} | Should -Be 'key-of-b-0123456789'
        & $use @{ NewSession = $true } | Should -Be 'key-of-a-0123456789'
    }

    It 'follows a changed order, but for the pin of a person' {
        Set-KrabAuthSession mine openai:a @at
        $null = & $use @{}
        Set-KrabAuthOrder openai openai:b, openai:a @at
        (Get-KrabAuthSession @at).Session | Should -Be 'mine'
        & $use @{} | Should -Be 'key-of-b-0123456789'
    }

    It 'gives headers too' {
        Set-KrabAuthSession chat openai:b @at
        (Get-KrabAuthHeader openai -Session chat @at).Authorization | Should -Be 'Bearer key-of-b-0123456789'
    }
}
