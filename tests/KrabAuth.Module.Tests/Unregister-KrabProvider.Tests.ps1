BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Unregister-KrabProvider' {
    BeforeEach { $script:at = Initialize-Store }

    It 'removes the definition and keeps the profiles' {
        $at = Initialize-Store @{ 'acme:manual' = Get-ApiKeyEntry acme }
        $null = Register-KrabProvider acme -Issuer https://login.example.com -ClientId c @at
        Get-KrabProvider acme @at | Unregister-KrabProvider @at
        Join-Path $at.StateDirectory 'providers/acme.json' | Should -Not -Exist
        (Read-Store $at).profiles.Keys | Should -Be 'acme:manual'
    }

    It 'brings back what the catalog has' {
        $null = Register-KrabProvider groq -Issuer https://login.example.com -ClientId c -Label Mine -Force @at
        (Get-KrabProvider groq @at).Label | Should -Be 'Mine'
        Unregister-KrabProvider groq @at
        (Get-KrabProvider groq @at).Label | Should -Be 'Groq'
    }

    It 'refuses <Id>, which was not defined' -ForEach @(@{ Id = 'groq' }, @{ Id = 'no-such' }, @{ Id = '../agents/main/agent/auth-profiles' }) {
        $record = Assert-SingleError -Id ProviderUndefined { Unregister-KrabProvider $Id @at }
        $record.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        Get-StorePath $at | Should -Exist
    }

    It 'removes nothing with -WhatIf' {
        $null = Register-KrabProvider acme -Issuer https://login.example.com -ClientId c @at
        $before = Get-Fingerprint $at.StateDirectory
        Unregister-KrabProvider acme -WhatIf @at
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }
}
