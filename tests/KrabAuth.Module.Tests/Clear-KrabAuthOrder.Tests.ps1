BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Clear-KrabAuthOrder' {
    BeforeEach { $script:at = Copy-Fixture }

    It 'removes the stored order, so that the derived one holds' {
        Clear-KrabAuthOrder anthropic -Confirm:$false @at | Should -BeNullOrEmpty
        (Read-Store $at).order.Keys | Should -Not -Contain 'anthropic'
        (Get-KrabAuthOrder anthropic @at).Source | Should -Be 'Derived'
    }

    It 'lets the configured order hold again' {
        $two = Copy-Fixture 'openclaw-2026.5.28'
        Clear-KrabAuthOrder anthropic -Confirm:$false @two
        (Get-KrabAuthOrder anthropic @two).Source | Should -Be 'Config'
    }

    It 'clears every stored order when no provider is named' {
        Set-KrabAuthOrder openrouter openrouter:default @at
        Clear-KrabAuthOrder -Confirm:$false @at
        (Read-Store $at).order.Count | Should -Be 0
    }

    It 'takes aliases, wildcards and the pipeline' {
        Set-KrabAuthOrder z.ai z.ai:default @at
        Clear-KrabAuthOrder ZAI -Confirm:$false @at
        (Get-KrabAuthOrder zai @at).StoredOrder | Should -BeNullOrEmpty
        Set-KrabAuthOrder openrouter openrouter:default @at
        Clear-KrabAuthOrder 'open*' -Confirm:$false @at
        (Get-KrabAuthOrder openrouter @at).StoredOrder | Should -BeNullOrEmpty
        Get-KrabAuthOrder anthropic @at | Clear-KrabAuthOrder -Confirm:$false
        (Get-KrabAuthOrder anthropic @at).StoredOrder | Should -BeNullOrEmpty
    }

    It 'writes nothing where no order is stored, and says so when asked to narrate' {
        $before = Get-Fingerprint $at.StateDirectory
        $said = Clear-KrabAuthOrder groq -Confirm:$false -Verbose @at 4>&1
        Get-Fingerprint $at.StateDirectory | Should -Be $before
        $said.Message | Should -Contain 'groq had no stored order.'
    }
}
