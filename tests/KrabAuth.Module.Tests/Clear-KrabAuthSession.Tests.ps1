BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Clear-KrabAuthSession' {
    BeforeEach {
        $script:at = Initialize-Store ([ordered]@{ 'openai:a' = Get-ApiKeyEntry openai; 'openai:b' = Get-ApiKeyEntry openai; 'groq:a' = Get-ApiKeyEntry groq })
        Set-KrabAuthSession chat openai:b @at
        Set-KrabAuthSession chat groq:a @at
        Set-KrabAuthSession other openai:b @at
    }

    It 'lifts the pins of a session and no others' {
        Clear-KrabAuthSession chat -Confirm:$false @at | Should -BeNullOrEmpty
        (Get-KrabAuthSession @at).Session | Should -Be 'other'
        (Resolve-KrabAuthProfile openai -Session chat @at).ProfileId | Should -Be 'openai:a'
    }

    It 'lifts the pin for one provider' {
        Clear-KrabAuthSession chat OpenAI -Confirm:$false @at
        (Get-KrabAuthSession chat @at).ProfileId | Should -Be 'groq:a'
    }

    It 'takes pins from the pipeline' {
        Get-KrabAuthSession @at | Where-Object Provider -EQ openai | Clear-KrabAuthSession -Confirm:$false
        (Get-KrabAuthSession @at).ProfileId | Should -Be 'groq:a'
    }

    It 'says how many went, and writes nothing where there is none' {
        (Clear-KrabAuthSession chat -Confirm:$false -Verbose @at 4>&1).Message | Should -Contain 'Lifted 2 pin(s) of session chat.'
        $before = Get-Fingerprint $at.StateDirectory
        Clear-KrabAuthSession gone -Confirm:$false @at
        Clear-KrabAuthSession other -WhatIf @at
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }
}
