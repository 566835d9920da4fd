BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Update-KrabAuthToken' {
    It 'refuses what has no refresh token: <Id>' -ForEach @(@{ Id = 'groq:k' }, @{ Id = 'acme:a' }) {
        $at = Initialize-Store @{ 'groq:k' = Get-ApiKeyEntry groq; 'acme:a' = Get-OAuthEntry acme '01:00' -Refresh '' }
        $null = Assert-SingleError -Id NotRefreshable { Update-KrabAuthToken $Id @at }
    }

    It 'says that nobody knows where to renew it, and changes nothing' {
        $at = Initialize-Store @{ 'acme:a' = Get-OAuthEntry acme '-01:00' }
        $null = Assert-SingleError -Id EndpointUnknown { Get-KrabAuthToken acme @at }
        $null = Assert-SingleError -Id ProfileNotFound { Update-KrabAuthToken acme:none @at }
        Update-KrabAuthToken acme:* -WhatIf @at | Should -BeNullOrEmpty
    }
}
