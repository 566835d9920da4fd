BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Get-KrabAuthSession' {
    BeforeEach {
        $script:at = Initialize-Store ([ordered]@{ 'openai:a' = Get-ApiKeyEntry openai; 'openai:b' = Get-ApiKeyEntry openai; 'groq:a' = Get-ApiKeyEntry groq })
        Set-KrabAuthSession chat openai:b @at
        $null = Get-KrabAuthToken groq -Session nightly @at
    }

    It 'gives a pin for each session and provider, with who made it' {
        $pins = Get-KrabAuthSession @at
        $pins | Should -BeOfType ([KrabAuth.Output.AuthSession])
        $pins.ForEach({ "$($_.Session) $($_.Provider) $($_.ProfileId) $($_.Source)" }) | Should -Be @('chat openai openai:b User', 'nightly groq groq:a Auto')
        $pins[0].UpdatedAt | Should -BeGreaterThan ([DateTimeOffset]::UtcNow.AddMinutes(-5))
    }

    It 'takes wildcards and the pipeline' {
        (Get-KrabAuthSession 'N*' @at).ProfileId | Should -Be 'groq:a'
        ('chat', 'gone' | Get-KrabAuthSession @at).Session | Should -Be 'chat'
    }

    It 'gives nothing and writes nothing where there is no session' {
        $empty = Initialize-Store @{}
        $before = Get-Fingerprint $empty.StateDirectory
        Get-KrabAuthSession @empty | Should -BeNullOrEmpty
        Get-Fingerprint $empty.StateDirectory | Should -Be $before
    }

    It 'says where a file cannot be understood' {
        $path = Join-Path $at.StateDirectory 'agents/main/agent/krabauth-sessions.json'
        Write-PrivateFile -Path $path -Text '{ broken'
        (Assert-SingleError -Id StoreCorrupt { Get-KrabAuthSession @at }).TargetObject | Should -Be $path
    }
}
