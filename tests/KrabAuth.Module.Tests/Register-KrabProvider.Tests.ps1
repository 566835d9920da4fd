BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Register-KrabProvider' {
    BeforeEach {
        $script:at = Initialize-Store
        $script:file = Join-Path $at.StateDirectory 'providers/acme.json'
    }

    It 'writes an issuer to a file of the owner''s, and gives the provider' {
        $made = Register-KrabProvider ACME -Issuer https://login.example.com -ClientId my-client -Scope 'openid offline_access', email -Label Acme @at
        $made | Should -BeOfType ([KrabAuth.Providers.ProviderDefinition])
        $made.Provider | Should -Be 'acme'
        $made.Methods | Should -Be 'OAuth'
        $written = Get-Content -Raw $file | ConvertFrom-Json -AsHashtable
        $written.label | Should -Be 'Acme'
        $written.oauth.issuer | Should -Be 'https://login.example.com'
        $written.oauth.clientId | Should -Be 'my-client'
        $written.oauth.scopes | Should -Be @('openid', 'offline_access', 'email')
        if (-not $IsWindows) { [IO.File]::GetUnixFileMode($file) | Should -Be ([IO.UnixFileMode]'UserRead, UserWrite') }
        (Get-KrabProvider acme @at).Label | Should -Be 'Acme'
    }

    It 'writes endpoints, and the name of the secret''s variable alone' {
        $null = Register-KrabProvider acme -AuthorizationEndpoint https://a.example/authorize -TokenEndpoint https://a.example/token `
            -DeviceAuthorizationEndpoint https://a.example/device -RevocationEndpoint https://a.example/revoke -ClientId c `
            -ClientSecretVariable ACME_SECRET -RedirectUri http://localhost:1456/cb @at
        $oauth = (Get-Content -Raw $file | ConvertFrom-Json -AsHashtable).oauth
        $oauth.tokenEndpoint | Should -Be 'https://a.example/token'
        $oauth.deviceAuthorizationEndpoint | Should -Be 'https://a.example/device'
        $oauth.revocationEndpoint | Should -Be 'https://a.example/revoke'
        $oauth.clientSecretEnvironment | Should -Be @('ACME_SECRET')
        $oauth.clientAuthentication | Should -Be 'basic'
        $oauth.redirectUri | Should -Be 'http://localhost:1456/cb'
    }

    It 'stores the full path of a program and its arguments' {
        Push-Location $at.StateDirectory
        try { $null = Register-KrabProvider acme -Command ./sign-in -ArgumentList '--a b', '$c' @at } finally { Pop-Location }
        (Get-Content -Raw $file | ConvertFrom-Json).command | Should -Be @((Join-Path $at.StateDirectory 'sign-in'), '--a b', '$c')
    }

    It 'says in which headers a credential is sent' {
        $null = Register-KrabProvider acme -Issuer https://login.example.com -ClientId c -Header @{ 'X-Acme-Key' = 'key {secret}' } @at
        $null = Initialize-Store @{ 'acme:a' = Get-OAuthEntry acme '01:00' } -StateDirectory $at.StateDirectory
        $header = Get-KrabAuthHeader acme @at
        $header['X-Acme-Key'] | Should -Be "key $((Read-Store $at).profiles['acme:a'].access)"
        $header.Keys | Should -Not -Contain 'Authorization'
    }

    It 'refuses headers that <What>' -ForEach @(
        @{ What = 'have no place for the secret'; Header = @{ 'X-Acme-Key' = 'none' } }
        @{ What = 'could not be sent'; Header = @{ "X-Acme`nEvil" = '{secret}' } }
        @{ What = 'would begin a line of their own'; Header = @{ 'X-Acme' = "{secret}`r`nEvil: 1" } }
    ) {
        (Assert-SingleError -Id ProviderDefinitionInvalid { Register-KrabProvider acme -Issuer https://login.example.com -ClientId c -Header $Header @at }).ErrorDetails.Message | Should -Match 'headers'
        $file | Should -Not -Exist
    }

    It 'refuses plain http elsewhere: <Address>' -ForEach @(@{ Address = 'http://login.example.com' }, @{ Address = 'http://127.0.0.1.example.com' }, @{ Address = 'ftp://127.0.0.1' }) {
        $record = Assert-SingleError -Id ProviderDefinitionInvalid { Register-KrabProvider acme -Issuer $Address -ClientId c @at }
        $record.ErrorDetails.Message | Should -Match 'https'
        $file | Should -Not -Exist
    }

    It 'takes plain http of this machine: <Address>' -ForEach @(@{ Address = 'http://127.0.0.1:8080' }, @{ Address = 'http://[::1]:8080' }, @{ Address = 'http://localhost:8080' }) {
        $null = Register-KrabProvider acme -Issuer $Address -ClientId c @at
        $file | Should -Exist
    }

    It 'refuses the id <Id>, for a file and for a script block' -ForEach @(@{ Id = '../x' }, @{ Id = 'A B' }, @{ Id = '.x' }, @{ Id = 'a:b' }, @{ Id = 'a/b' }, @{ Id = "$([char]0xE9)" }) {
        $before = Get-Fingerprint $at.StateDirectory
        $null = Assert-SingleError -Id ProviderDefinitionInvalid { Register-KrabProvider $Id -Issuer https://login.example.com -ClientId c @at }
        $null = Assert-SingleError -Id ProviderDefinitionInvalid { Register-KrabProvider $Id -SignIn { 'x' } @at }
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }

    It 'replaces a definition only if forced' {
        $null = Register-KrabProvider acme -Issuer https://one.example.com -ClientId c @at
        $record = Assert-SingleError -Id ProviderExists { Register-KrabProvider acme -Issuer https://two.example.com -ClientId c @at }
        $record.CategoryInfo.Category | Should -Be 'ResourceExists'
        Get-Content -Raw $file | Should -Match 'one\.example'
        $null = Register-KrabProvider acme -Issuer https://two.example.com -ClientId c -Force @at
        Get-Content -Raw $file | Should -Match 'two\.example'
    }

    It 'replaces a script block only if forced, and writes none' {
        $null = Register-KrabProvider acme -SignIn { 'tok-one-0123456789' } @at
        try {
            $null = Assert-SingleError -Id ProviderExists { Register-KrabProvider acme -SignIn { 'tok-two-0123456789' } @at }
            $null = Register-KrabProvider acme -SignIn { 'tok-two-0123456789' } -Force @at
            $id = (Connect-KrabProvider acme @at).ProfileId
            (Read-Store $at).profiles[$id].access | Should -Be 'tok-two-0123456789'
            $file | Should -Not -Exist
        }
        finally { Unregister-KrabProvider acme @at }
    }

    It 'writes nothing with -WhatIf' {
        $before = Get-Fingerprint $at.StateDirectory
        Register-KrabProvider acme -Issuer https://login.example.com -ClientId c -WhatIf @at | Should -BeNullOrEmpty
        Register-KrabProvider acme -SignIn { 'x' } -WhatIf @at | Should -BeNullOrEmpty
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }
}
