BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Get-KrabProvider' {
    It 'lists the catalog' {
        $all = Get-KrabProvider
        $all | Should -BeOfType ([KrabAuth.Providers.ProviderDefinition])
        $all.Count | Should -BeGreaterThan 20
        $all.Provider | Should -Contain 'openai-codex'
        ($all.Provider | Sort-Object -Unique).Count | Should -Be $all.Count
    }

    It 'tells how a provider is signed in to' {
        $found = Get-KrabProvider anthropic
        $found.Label | Should -Be 'Anthropic'
        $found.Methods | Should -Be @('ApiKey', 'SetupToken')
        $found.EnvironmentVariables | Should -Contain 'ANTHROPIC_API_KEY'
        $found.SetupToken.Prefix | Should -Be 'sk-ant-oat01-'
    }

    It 'takes aliases, wildcards, several names and the pipeline' {
        (Get-KrabProvider Z.AI).Provider | Should -Be 'zai'
        (Get-KrabProvider 'openai*').Provider | Should -Be @('openai', 'openai-codex')
        (Get-KrabProvider groq, xai).Provider | Should -Be @('groq', 'xai')
        ('groq', 'xai' | Get-KrabProvider).Provider | Should -Be @('groq', 'xai')
        (Get-KrabProvider -Name groq).Provider | Should -Be 'groq'
        Get-KrabProvider 'no-such*' | Should -BeNullOrEmpty
    }

    It 'takes what profiles and orders carry' {
        $store = Initialize-Store @{ 'groq:x' = Get-ApiKeyEntry groq }
        (Get-KrabAuthProfile @store | Get-KrabProvider).Provider | Should -Be 'groq'
    }

    It 'tells that the catalog does not have a name, and that this does not matter much' {
        $record = Assert-SingleError -Id ProviderNotFound { Get-KrabProvider my-own }
        $record.TargetObject | Should -Be 'my-own'
        $record.ErrorDetails.RecommendedAction | Should -Match 'Connect-KrabProvider takes any name'
    }
}
