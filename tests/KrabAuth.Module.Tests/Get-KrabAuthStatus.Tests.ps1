BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Get-KrabAuthStatus' {
    BeforeAll { $script:at = Copy-Fixture }

    It 'gives one object for each provider that has a credential' {
        $status = Get-KrabAuthStatus @at
        $status | Should -BeOfType ([KrabAuth.Output.AuthProviderStatus])
        $status.Provider | Should -Be @('anthropic', 'google-antigravity', 'openai-codex', 'openrouter', 'z.ai')
    }

    It 'tells what is used: <Provider> is <Status> by <Selected>' -ForEach @(
        @{ Provider = 'anthropic'; Status = 'Expiring'; Selected = 'anthropic:manual'; Count = 3 }
        @{ Provider = 'openai-codex'; Status = 'Expired'; Selected = 'openai-codex:me@example.com'; Count = 2 }
        @{ Provider = 'openrouter'; Status = 'Static'; Selected = 'openrouter:default'; Count = 1 }
    ) {
        $found = Get-KrabAuthStatus @at | Where-Object Provider -EQ $Provider
        $found.Status | Should -Be $Status
        $found.Selected | Should -Be $Selected
        $found.ProfileCount | Should -Be $Count
        $found.Effective | Should -Be 'profiles'
        $found.StorePath | Should -Be (Get-StorePath $at)
    }

    It 'counts a key in the environment, and shows a mask of it' {
        $env:GROQ_API_KEY = 'gsk_abcdefghijklmnopqrstuvwxyz'
        try { $found = Get-KrabAuthStatus @at | Where-Object Provider -EQ groq } finally { $env:GROQ_API_KEY = $null }
        $found.Effective | Should -Be 'env'
        $found.Status | Should -Be 'Static'
        $found.EnvironmentSource | Should -Be 'env: GROQ_API_KEY'
        $found.EffectiveDetail | Should -Be 'gsk_ab...wxyz'
    }

    It 'counts a key in the configuration' {
        $store = Initialize-Store -Config @{ models = @{ providers = @{ xai = @{ apiKey = 'xai-abcdefghijklmnopqrstuvwxyz' } } } }
        $found = Get-KrabAuthStatus @store | Where-Object Provider -EQ xai
        $found.Effective | Should -Be 'models.json'
        $found.EffectiveDetail | Should -Not -Match 'abcdefghijkl'
    }

    It 'tells of a provider that is in use and has nothing' {
        $store = Initialize-Store -Config @{ agents = @{ defaults = @{ model = 'mistral/large' } } }
        $found = Get-KrabAuthStatus @store | Where-Object Provider -EQ mistral
        $found.Status | Should -Be 'Missing'
        $found.Effective | Should -Be 'missing'
        $found.Expires | Should -Be ([DateTimeOffset]::MaxValue)
    }
}
