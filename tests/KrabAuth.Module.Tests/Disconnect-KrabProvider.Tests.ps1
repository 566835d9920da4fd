BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module "$PSScriptRoot/SignIn.psm1"
}
AfterAll { Exit-TestSession }

Describe 'Disconnect-KrabProvider' {
    BeforeEach {
        $script:server = Open-AuthorizationServer
        $script:at = Initialize-Store @{ 'acme:a' = Get-OAuthEntry acme '01:00'; 'acme:b' = Get-OAuthEntry acme '01:00'; 'groq:k' = Get-ApiKeyEntry groq }
        $null = Register-KrabProvider acme -Issuer $server.Issuer -ClientId c @at
    }
    AfterEach { Close-AuthorizationServer $server }

    It 'asks nobody with -LocalOnly, and says so' {
        $result = Disconnect-KrabProvider acme:a -LocalOnly -Confirm:$false @at
        $result.ProfileId | Should -Be 'acme:a'
        $result.Revoked | Should -BeFalse
        $result.Detail | Should -Be 'not asked for'
        $server.Requests.Count | Should -Be 0
        (Read-Store $at).profiles.Keys | Should -Not -Contain 'acme:a'
    }

    It 'removes a key, and says who can revoke it' {
        $result = Disconnect-KrabProvider groq:k -Confirm:$false @at
        $result.Revoked | Should -BeFalse
        $result.Detail | Should -Match 'console'
    }

    It 'removes the profile where the server cannot be reached' {
        $null = Register-KrabProvider acme -Issuer http://127.0.0.1:9 -ClientId c -Force @at
        $result = Disconnect-KrabProvider acme:a -Confirm:$false @at
        $result.Revoked | Should -BeFalse
        $result.Detail | Should -Not -BeNullOrEmpty
        (Read-Store $at).profiles.Keys | Should -Not -Contain 'acme:a'
    }

    It 'neither revokes nor removes what an agent inherits' {
        $null = New-Item -ItemType Directory (Join-Path $at.StateDirectory 'agents/research/agent')
        $null = Assert-SingleError -Id ProfileInherited { Disconnect-KrabProvider acme:a -Agent research -Confirm:$false @at }
        $server.Requests.Count | Should -Be 0
        (Read-Store $at).profiles.Keys | Should -Contain 'acme:a'
    }

    It 'does nothing with -WhatIf' {
        $before = Get-Fingerprint $at.StateDirectory
        Disconnect-KrabProvider acme:* -WhatIf @at | Should -BeNullOrEmpty
        Get-Fingerprint $at.StateDirectory | Should -Be $before
        $server.Requests.Count | Should -Be 0
    }

    It 'takes wildcards and the pipeline' {
        (Get-KrabAuthProfile acme:* @at | Disconnect-KrabProvider -LocalOnly -Confirm:$false).ProfileId | Should -Be @('acme:a', 'acme:b')
    }
}
