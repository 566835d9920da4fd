BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Get-KrabAuthOrder' {
    BeforeAll { $script:at = Copy-Fixture }

    It 'gives every provider of the agent, by name' {
        $orders = Get-KrabAuthOrder @at
        $orders | Should -BeOfType ([KrabAuth.Output.AuthOrder])
        $orders.Provider | Should -Be @('anthropic', 'google-antigravity', 'openai-codex', 'openrouter', 'zai')
    }

    It 'gives the stored order, with a profile that waits at the end' {
        $order = Get-KrabAuthOrder anthropic @at
        $order.Source | Should -Be 'Stored'
        $order.StoredOrder | Should -Be @('anthropic:work', 'anthropic:manual', 'anthropic:default')
        $order.Order | Should -Be @('anthropic:manual', 'anthropic:default', 'anthropic:work')
        $order.Selected | Should -Be 'anthropic:manual'
        "$order" | Should -Be 'anthropic:manual, anthropic:default, anthropic:work'
    }

    It 'derives an order where none is stored: sign-ins first, keys last' {
        $store = Initialize-Store ([ordered]@{
                'openai:key'   = Get-ApiKeyEntry openai
                'openai:token' = Get-TokenEntry openai
                'openai:oauth' = Get-OAuthEntry openai ([timespan]::FromHours(1))
            })
        $order = Get-KrabAuthOrder openai @store
        $order.Source | Should -Be 'Derived'
        $order.StoredOrder | Should -BeNullOrEmpty
        $order.Order | Should -Be @('openai:oauth', 'openai:token', 'openai:key')
    }

    It 'takes the configured order where none is stored' {
        $store = Initialize-Store @{ 'openai:a' = Get-ApiKeyEntry openai; 'openai:b' = Get-ApiKeyEntry openai } -Config @{ auth = @{ order = @{ openai = @('openai:b', 'openai:a') } } }
        $order = Get-KrabAuthOrder openai @store
        $order.Source | Should -Be 'Config'
        $order.Order | Should -Be @('openai:b', 'openai:a')
    }

    It 'reads the state file of the two-file format' {
        $two = Copy-Fixture 'openclaw-2026.5.28'
        (Get-KrabAuthOrder anthropic @two).StoredOrder | Should -Be @('anthropic:work', 'anthropic:default')
    }

    It 'takes aliases, wildcards and the pipeline' {
        (Get-KrabAuthOrder Z.AI @at).Order | Should -Be 'z.ai:default'
        (Get-KrabAuthOrder 'open*' @at).Provider | Should -Be @('openai-codex', 'openrouter')
        ('anthropic', 'zai' | Get-KrabAuthOrder @at).Provider | Should -Be @('anthropic', 'zai')
        (Get-KrabAuthProfile openrouter:default @at | Get-KrabAuthOrder).Order | Should -Be 'openrouter:default'
    }

    It 'warns of an order that names what is not there' {
        $store = Initialize-Store @{ 'openai:a' = Get-ApiKeyEntry openai } -Order @{ openai = @('openai:gone', 'openai:a') }
        $warnings = @(Get-CommandWarning { Get-KrabAuthOrder openai @store })
        $warnings.Count | Should -Be 1
        $warnings[0] | Should -Match 'openai:gone.*does not exist'
    }

    It 'gives an empty order for a provider without profiles' {
        $order = Get-KrabAuthOrder groq @at
        $order.Provider | Should -Be 'groq'
        $order.Order.Count | Should -Be 0
        $order.Selected | Should -BeNullOrEmpty
    }
}
