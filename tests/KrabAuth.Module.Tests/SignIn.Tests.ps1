# OAuth sign-ins from end to end: by script block, by program, and through the loopback redirect of a local server.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module "$PSScriptRoot/SignIn.psm1"

    # A program that answers with $Answer; the request goes to a file beside it.
    function Register-Program {
        param([Collections.IDictionary] $At, [string] $Answer = '', [string] $Before = '', [int] $Timeout)
        $directory = Get-NewDirectory
        $program = Join-Path $directory 'program'
        Set-Content -LiteralPath "$directory/answer" -Value $Answer -NoNewline
        Set-Content -LiteralPath $program -Value "#!/bin/sh`ncat > '$directory/request'`n$Before`ncat '$directory/answer'"
        [IO.File]::SetUnixFileMode($program, 'UserRead, UserWrite, UserExecute')
        $null = Register-KrabProvider acme -Command $program -Force @At
        if ($Timeout) {
            $file = Join-Path $At.StateDirectory 'providers/acme.json'
            $definition = Get-Content -Raw $file | ConvertFrom-Json -AsHashtable
            $definition.timeoutSeconds = $Timeout
            Set-Content -LiteralPath $file -Value ($definition | ConvertTo-Json)
        }
        "$directory/request"
    }

    function Get-Answer {
        param([string] $Access, [timespan] $Life = '01:00:00')
        @{ protocolVersion = 1; credential = @{ access = $Access; refresh = "$Access-refresh"; expires = [DateTimeOffset]::UtcNow.Add($Life).ToUnixTimeMilliseconds(); email = 'me@example.com' } } | ConvertTo-Json -Compress
    }
}
AfterAll { Exit-TestSession }

Describe 'A sign-in by script block' {
    BeforeEach { $script:at = Initialize-Store }
    AfterEach { Unregister-KrabProvider acme @at -ErrorAction Ignore }

    It 'takes <What>' -ForEach @(
        @{ What = 'a hashtable'; Block = { @{ Access = 'at-script-0123456789'; Refresh = 'rt-script-0123456789'; Expires = (Get-Date).AddHours(1); Email = 'me@example.com' } }; Id = 'acme:me@example.com'; Ends = $true }
        @{ What = 'an object'; Block = { [pscustomobject]@{ Access = 'at-script-0123456789'; Expires = [timespan]'01:00'; Email = 'me@example.com' } }; Id = 'acme:me@example.com'; Ends = $true }
        @{ What = 'an object with nothing behind it'; Block = { [pscustomobject]@{ Access = 'at-script-0123456789' }; $null }; Id = 'acme:default'; Ends = $false }
        @{ What = 'a date as text'; Block = { @{ Access = 'at-script-0123456789'; Expires = [DateTimeOffset]::UtcNow.AddHours(1).ToString('o') } }; Id = 'acme:default'; Ends = $true }
        @{ What = 'a bare token'; Block = { 'at-script-0123456789' }; Id = 'acme:default'; Ends = $false }
        @{ What = 'a SecureString'; Block = { [Net.NetworkCredential]::new('', 'at-script-0123456789').SecurePassword }; Id = 'acme:default'; Ends = $false }
    ) {
        $null = Register-KrabProvider acme -SignIn $Block @at
        $made = Connect-KrabProvider acme @at
        $made.ProfileId | Should -Be $Id
        $made.Type | Should -Be 'OAuth'
        ($made.Expires -lt [DateTimeOffset]::UtcNow.AddDays(1)) | Should -Be $Ends
        (Read-Store $at).profiles[$Id].access | Should -Be 'at-script-0123456789'
        Get-KrabAuthToken acme -AsPlainText @at | Should -Be 'at-script-0123456789'
    }

    It 'gives PluginFailed for <What>' -ForEach @(
        @{ What = 'nothing'; Block = { } }, @{ What = 'null'; Block = { $null } }, @{ What = 'no Access'; Block = { @{ Email = 'me@example.com' } } }
        @{ What = 'an error'; Block = { throw 'no way' } }, @{ What = 'no time'; Block = { @{ Access = 'x'; Expires = 'soon' } } }
    ) {
        $null = Register-KrabProvider acme -SignIn $Block @at
        $null = Assert-SingleError -Id PluginFailed { Connect-KrabProvider acme @at }
        (Read-Store $at).profiles.Count | Should -Be 0
    }

    It 'is run once for each account that checks name: Test-KrabAuth | Connect-KrabProvider' {
        $calls = [Collections.Generic.List[string]]::new()
        $null = Register-KrabProvider acme -SignIn { $calls.Add('call'); @{ Access = "at-script-0123456789-$($calls.Count)" } }.GetNewClosure() @at
        $null = Initialize-Store @{
            'acme:a' = Get-OAuthEntry acme ([timespan]::FromHours(-1)) -Refresh ''; 'acme:b' = Get-OAuthEntry acme ([timespan]::FromHours(-1)) -Refresh ''
        } -StateDirectory $at.StateDirectory
        $failed = Test-KrabAuth acme @at | Where-Object Result -EQ Failed
        $failed.Target | Should -Be @('acme:a', 'acme:b', 'acme')
        ($failed | Connect-KrabProvider).ProfileId | Should -Be @('acme:a', 'acme:b')
        $calls.Count | Should -Be 2
        (Read-Store $at).profiles['acme:b'].access | Should -Be 'at-script-0123456789-2'
        Test-KrabAuth acme -Quiet @at | Should -BeTrue
    }

    It 'is run for a provider that has no profile' {
        $null = Register-KrabProvider acme -SignIn { 'at-script-0123456789' } @at
        (Test-KrabAuth acme @at | Connect-KrabProvider).ProfileId | Should -Be 'acme:default'
    }

    It 'is not run with -WhatIf' {
        $null = Register-KrabProvider acme -SignIn { throw 'it ran' } @at
        Connect-KrabProvider acme -WhatIf @at | Should -BeNullOrEmpty
    }

    It 'belongs to its session' {
        $null = Register-KrabProvider acme -SignIn { 'at-script-0123456789' } @at
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddCommand('Import-Module').AddArgument($ModulePath).AddStatement().AddCommand('Connect-KrabProvider').AddParameter('Provider', 'acme').AddParameter('Method', 'OAuth').AddParameters($at)
            $null = $shell.Invoke()
            $shell.Streams.Error[0].FullyQualifiedErrorId | Should -BeLike 'ProviderUnknown,*'
        }
        finally { $shell.Dispose() }
    }
}

Describe 'A sign-in by a program' -Skip:$IsWindows {
    BeforeEach { $script:at = Initialize-Store }

    It 'signs in, shows what the program says to the person, and sends the protocol' {
        $request = Register-Program $at (Get-Answer at-program-1) -Before 'echo "Touch the key." >&2'
        $made = Connect-KrabProvider acme @at -InformationVariable said 6>$null
        $made.ProfileId | Should -Be 'acme:me@example.com'
        "$($said.MessageData.Message)" | Should -Match 'Touch the key\.'
        $sent = Get-Content -Raw $request | ConvertFrom-Json
        $sent.action | Should -Be 'login'
        $sent.provider | Should -Be 'acme'
        $sent.protocolVersion | Should -Be 1
    }

    It 'renews by Update-KrabAuthToken, and by Get-KrabAuthToken when the token has ended' {
        $null = Register-Program $at (Get-Answer at-program-1)
        $id = (Connect-KrabProvider acme @at).ProfileId
        $request = Register-Program $at (Get-Answer at-program-2 -Life '-01:00')
        (Update-KrabAuthToken $id @at).Status | Should -Be 'Expired'
        $sent = Get-Content -Raw $request | ConvertFrom-Json
        $sent.action | Should -Be 'refresh'
        $sent.refresh | Should -Be 'at-program-1-refresh'
        $sent.access | Should -Be 'at-program-1'
        $null = Register-Program $at (Get-Answer at-program-3)
        Get-KrabAuthToken acme -AsPlainText @at | Should -Be 'at-program-3'
        (Read-Store $at).profiles[$id].refresh | Should -Be 'at-program-3-refresh'
        (Get-KrabAuthHeader acme @at).Authorization | Should -Be 'Bearer at-program-3'
    }

    It 'remembers invalid_grant: SignInNeeded, sign_in_needed, and the token is not sent again' {
        $null = Register-Program $at (Get-Answer at-program-1 -Life '-01:00')
        $id = (Connect-KrabProvider acme @at).ProfileId
        $request = Register-Program $at '{"protocolVersion":1,"error":{"code":"invalid_grant","message":"it is over"}}'
        $record = Assert-SingleError -Id SignInNeeded { Get-KrabAuthToken -ProfileId $id @at }
        $record.ErrorDetails.RecommendedAction | Should -Be "Connect-KrabProvider acme -ProfileId '$id'"
        $check = Test-KrabAuth @at | Where-Object ProfileId -EQ $id
        $check.Result | Should -Be 'Failed'
        $check.Reason | Should -Be 'sign_in_needed'
        Remove-Item $request
        $null = Assert-SingleError -Id SignInNeeded { Update-KrabAuthToken $id @at }
        $request | Should -Not -Exist
        $null = Register-Program $at (Get-Answer at-program-4)
        (Connect-KrabProvider acme @at).ProfileId | Should -Be $id
        (Test-KrabAuth @at | Where-Object ProfileId -EQ $id).Result | Should -Be 'Passed'
    }

    It 'stores nothing after <What>: <Code>' -ForEach @(
        @{ What = 'garbage'; Answer = 'no JSON'; Before = ''; Code = 'invalid_response' }
        @{ What = 'no credential'; Answer = '{"protocolVersion":1}'; Before = ''; Code = 'invalid_response' }
        @{ What = 'an exit code'; Answer = ''; Before = 'exit 7'; Code = 'exit code 7' }
        @{ What = 'an error'; Answer = '{"error":{"code":"denied","message":"not you"}}'; Before = ''; Code = 'denied: not you' }
    ) {
        $null = Register-Program $at $Answer -Before $Before
        $record = Assert-SingleError -Id SignInFailed { Connect-KrabProvider acme @at }
        $record.ErrorDetails.Message | Should -Match $Code
        (Read-Store $at).profiles.Count | Should -Be 0
    }

    It 'ends a program that takes too long' {
        $null = Register-Program $at (Get-Answer at-program-1) -Before 'sleep 30' -Timeout 1
        $watch = [Diagnostics.Stopwatch]::StartNew()
        (Assert-SingleError -Id SignInFailed { Connect-KrabProvider acme @at }).ErrorDetails.Message | Should -Match 'timeout'
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 10
    }

    It 'takes an answer of a program that reads nothing' {
        $null = Register-Program $at (Get-Answer at-program-1)
        $program = (Get-KrabProvider acme @at).Command[0]
        Set-Content -LiteralPath $program -Value "#!/bin/sh`nexec 0<&-`ncat '$(Split-Path $program)/answer'"
        1..5 | ForEach-Object { (Connect-KrabProvider acme @at).ProfileId | Should -Be 'acme:me@example.com' }
    }

    It 'refuses a relative path in the file' {
        Write-PrivateFile -Path (Join-Path $at.StateDirectory 'providers/acme.json') -Text '{"id":"acme","command":["sh"]}'
        (Assert-SingleError -Id ProviderDefinitionInvalid { Connect-KrabProvider acme @at }).ErrorDetails.Message | Should -Match 'absolute path'
    }

    It 'keeps the secrets of the request out of every stream' {
        $null = Register-Program $at (Get-Answer at-program-secret-1 -Life '-01:00')
        $id = (Connect-KrabProvider acme @at).ProfileId
        $null = Register-Program $at '{"error":{"code":"failed","message":"at-program-secret-1-refresh is bad"}}' -Before 'echo "got at-program-secret-1 and at-program-secret-1-refresh" >&2'
        $all = try { Update-KrabAuthToken $id -Verbose -Debug @at *>&1 } catch { $_ }
        $text = ($all | ForEach-Object { "$_ $($_.Exception) $($_.ErrorDetails)" }) -join "`n"
        $text | Should -Match 'redacted'
        $text | Should -Not -Match 'at-program-secret-1'
    }
}

Describe 'A sign-in through the browser' {
    BeforeAll {
        function Connect-Account { Complete-HostedSignIn (Enter-HostedSignIn -Module $ModulePath -Parameters (@{ Provider = 'acme'; NoBrowser = $true; Timeout = '30s' } + $at)) }
    }
    BeforeEach {
        $script:at = Initialize-Store
        $script:server = Open-AuthorizationServer 'me@example.com', 'work@example.com'
        $null = Register-KrabProvider acme -Issuer $server.Issuer -ClientId test-client -Scope 'openid email' @at
    }
    AfterEach { Close-AuthorizationServer $server }

    It 'signs in two accounts, renews and revokes' {
        $first = Connect-Account
        $first.Errors | Should -BeNullOrEmpty
        $first.Profile.ProfileId | Should -Be 'acme:me@example.com'
        $first.Page | Should -Match '<html'
        (Connect-Account).Profile.ProfileId | Should -Be 'acme:work@example.com'
        $asked = ($server.Requests | Where-Object Path -EQ '/authorize')[0].Query
        $asked['code_challenge_method'] | Should -Be 'S256'
        $asked['scope'] | Should -Be 'openid email'
        $asked['redirect_uri'] | Should -Match '^http://127\.0\.0\.1:\d+/callback$'

        $before = (Read-Store $at).profiles['acme:me@example.com']
        $null = Update-KrabAuthToken acme:me@example.com @at
        $after = (Read-Store $at).profiles['acme:me@example.com']
        $after.access | Should -Not -Be $before.access
        $after.refresh | Should -Not -Be $before.refresh
        ($server.Requests | Where-Object Path -EQ '/token')[-1].Form['refresh_token'] | Should -Be $before.refresh

        $result = Disconnect-KrabProvider acme:me@example.com -Confirm:$false @at
        $result.Revoked | Should -BeTrue
        $result.Detail | Should -BeNullOrEmpty
        ($server.Requests | Where-Object Path -EQ '/revoke').Form['token'] | Should -Be $after.refresh
        (Read-Store $at).profiles.Keys | Should -Be 'acme:work@example.com'
    }

    It 'survives a wrong state, and frees the port within a second when it is stopped' {
        $signIn = Enter-HostedSignIn -Module $ModulePath -Parameters (@{ Provider = 'acme'; NoBrowser = $true } + $at)
        try {
            $redirect = [uri][Web.HttpUtility]::ParseQueryString($signIn.Address.Query)['redirect_uri']
            (Invoke-WebRequest "${redirect}?code=x&state=wrong" -SkipHttpErrorCheck).StatusCode | Should -Be 400
            $signIn.Result.IsCompleted | Should -BeFalse
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $signIn.Shell.Stop()
            $probe = [Net.Sockets.TcpListener]::new([ipaddress]::Loopback, $redirect.Port)
            $probe.Start()
            $probe.Stop()
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 1
            (Read-Store $at).profiles.Count | Should -Be 0
        }
        finally { $signIn.Shell.Dispose() }
    }

    It 'gives up after -Timeout' {
        $record = Assert-SingleError -Id SignInFailed { Connect-KrabProvider acme -NoBrowser -Timeout 1s @at 6>$null }
        $record.ErrorDetails.Message | Should -Match '1 seconds'
    }

    It 'refuses an id before anybody signs in' {
        $null = Assert-SingleError -Id ProfileIdInvalid { Connect-KrabProvider acme -ProfileId 'a b' -NoBrowser -Timeout 1s @at }
        $server.Requests.Count | Should -Be 0
    }

    It 'says that there is no device code where there is none' {
        $null = Assert-SingleError -Id EndpointUnknown { Connect-KrabProvider acme -UseDeviceCode @at }
    }
}
