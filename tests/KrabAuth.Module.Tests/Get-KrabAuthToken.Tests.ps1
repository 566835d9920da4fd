BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Get-KrabAuthToken' {
    BeforeAll { $script:at = Copy-Fixture }

    It 'gives a read-only SecureString of the first usable profile' {
        $token = Get-KrabAuthToken openrouter @at
        $token | Should -BeOfType ([securestring])
        $token.IsReadOnly() | Should -BeTrue
        ConvertFrom-Secret $token | Should -BeExactly 'sk-or-v1-EXAMPLE0123456789'
    }

    It 'gives plain text only when asked' {
        Get-KrabAuthToken openrouter -AsPlainText @at | Should -BeExactly 'sk-or-v1-EXAMPLE0123456789'
    }

    It 'gives a given profile''s, even while it waits' {
        Get-KrabAuthToken -ProfileId anthropic:work -AsPlainText @at | Should -BeLike 'sk-ant-oat01-EXAMPLEwork*'
        Get-KrabAuthProfile anthropic:default @at | Get-KrabAuthToken -AsPlainText | Should -BeLike 'sk-ant-api03-*'
    }

    It 'gives the access token of a sign-in, never the refresh token' {
        Get-KrabAuthToken openai-codex -AsPlainText @at | Should -BeLike 'eyJ*'
    }

    It 'cleans a key that was stored with a line break' {
        $store = Initialize-Store @{ 'openai:a' = Get-ApiKeyEntry openai "sk-0123456789`n" }
        Get-KrabAuthToken openai -AsPlainText @store | Should -BeExactly 'sk-0123456789'
    }

    It 'resolves a reference to an environment variable' {
        $store = Initialize-Store @{ 'openai:a' = @{ type = 'api_key'; provider = 'openai'; keyRef = @{ source = 'env'; provider = 'default'; id = 'KRABKRAB_TEST_KEY' } } }
        $env:KRABKRAB_TEST_KEY = 'sk-of-the-variable'
        try { Get-KrabAuthToken openai -AsPlainText @store | Should -BeExactly 'sk-of-the-variable' } finally { $env:KRABKRAB_TEST_KEY = $null }
        $record = Assert-SingleError -Id SecretReferenceUnresolved { Get-KrabAuthToken openai @store }
        $record.ErrorDetails.Message | Should -Match 'KRABKRAB_TEST_KEY is not set'
    }

    It 'does not use a variable''s key in place of a profile' {
        $store = Initialize-Store @{ 'groq:a' = Get-TokenEntry groq ([timespan]::FromHours(-1)) }
        $env:GROQ_API_KEY = 'gsk-of-the-variable'
        try {
            $record = Assert-SingleError -Id NoUsableProfile { Get-KrabAuthToken groq @store }
            $record.ErrorDetails.Message | Should -Match 'a key stands in env: GROQ_API_KEY, which is not used'
            Get-KrabAuthToken groq -AsPlainText @at | Should -Be 'gsk-of-the-variable' -Because 'there is no profile that it could stand in for'
        }
        finally { $env:GROQ_API_KEY = $null }
    }

    It 'refuses an expired token, and says how to renew it' {
        $store = Initialize-Store @{ 'anthropic:old' = Get-TokenEntry anthropic ([timespan]::FromDays(-1)) $SetupToken }
        $record = Assert-SingleError -Id CredentialUnusable { Get-KrabAuthToken -ProfileId anthropic:old @store }
        $record.CategoryInfo.Category | Should -Be 'AuthenticationError'
        $record.TargetObject | Should -Be 'anthropic:old'
        $record.ErrorDetails.RecommendedAction | Should -Be "Connect-KrabProvider anthropic -Method SetupToken -ProfileId 'anthropic:old'"
    }

    It 'gives no access token past its end where it cannot be renewed' {
        # Nothing leaves this machine: the provider's endpoints are replaced by a port on which nobody listens.
        $null = Register-KrabProvider openai-codex -AuthorizationEndpoint http://127.0.0.1:9/a -TokenEndpoint http://127.0.0.1:9/t -ClientId c @at
        Assert-SingleError -Id RefreshFailed { Get-KrabAuthToken -ProfileId openai-codex:work@example.com @at }
    }

    It 'tells that a profile is not there' {
        (Assert-SingleError -Id ProfileNotFound { Get-KrabAuthToken -ProfileId a:b @at }).TargetObject | Should -Be 'a:b'
    }

    It 'says with -Verbose which profile it used, and not its secret' {
        $said = (Get-KrabAuthToken openrouter @at -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] }).Message
        $said | Should -Contain 'Using profile: openrouter:default (Derived).'
        "$said" | Should -Not -Match 'EXAMPLE0123456789'
    }
}
