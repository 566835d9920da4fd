BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Register-KrabAuthFailure' {
    BeforeEach { $script:at = Initialize-Store ([ordered]@{ 'anthropic:a' = Get-ApiKeyEntry anthropic; 'anthropic:b' = Get-ApiKeyEntry anthropic }) }

    It 'makes the next profile the first, and is silent' {
        Register-KrabAuthFailure anthropic:a -StatusCode 429 @at | Should -BeNullOrEmpty
        (Resolve-KrabAuthProfile anthropic @at).ProfileId | Should -Be 'anthropic:b'
        $stats = (Read-Store $at).usageStats['anthropic:a']
        $stats.cooldownReason | Should -Be 'rate_limit'
        $stats.cooldownUntil - $stats.lastFailureAt | Should -Be 60000
    }

    It 'waits as long as the provider asks for: <Name>' -ForEach @(
        @{ Name = 'a text'; Header = @{ 'Retry-After' = '600' } }
        @{ Name = 'a list of texts'; Header = @{ 'retry-after' = [string[]]'600' } }
        @{ Name = 'a number'; Header = @{ 'RETRY-AFTER' = 600 } }
        @{ Name = 'a limit that is used up'; Header = @{ 'x-ratelimit-remaining-tokens' = '0'; 'x-ratelimit-reset-tokens' = '10m0s' } }
    ) {
        $outcome = Register-KrabAuthFailure anthropic:a -StatusCode 429 -Header $Header -PassThru @at
        ($outcome.Until - [DateTimeOffset]::UtcNow).TotalSeconds | Should -BeGreaterThan 570
        $outcome.Cooldown.Remaining.TotalSeconds | Should -BeLessOrEqual 600
    }

    It 'reads what a command threw' {
        $exception = [Net.Http.HttpRequestException]::new('no', $null, 'PaymentRequired')
        try { throw $exception } catch { $outcome = $_ | Register-KrabAuthFailure anthropic:a -PassThru @at }
        $outcome.GetType().FullName | Should -Be 'KrabAuth.FailureOutcome'
        $outcome.ReasonText | Should -Be 'billing'
        $outcome.Kind | Should -Be 'disabled'
        try { [IO.File]::ReadAllText('/no/such/file') } catch { $local = $_ | Register-KrabAuthFailure anthropic:b -PassThru @at }
        $local.IsRecorded | Should -BeFalse
        $local.Reason | Should -BeNullOrEmpty
    }

    It 'reads the answer and the body behind an error of Invoke-RestMethod' {
        $listener = Open-FreeListener
        $url = [string] $listener.Prefixes
        $server = Start-ThreadJob {
            $response = ($using:listener).GetContext().Response
            $response.StatusCode = 429
            $response.Headers.Add('Retry-After', '90')
            $response.OutputStream.Write([Text.Encoding]::UTF8.GetBytes('{"error":{"message":"No more.","type":"insufficient_quota"}}'))
            $response.Close()
        }
        try {
            Invoke-RestMethod $url
        }
        catch {
            $outcome = $_ | Register-KrabAuthFailure anthropic:a -PassThru @at
        }
        finally {
            $listener.Close()
            $server | Remove-Job -Force
        }
        $outcome.ReasonText | Should -Be 'billing'
        $outcome.Cooldown.Remaining.TotalSeconds | Should -BeGreaterThan 60
        $outcome.Cooldown.Remaining.TotalSeconds | Should -BeLessOrEqual 90
    }

    It 'reads the answer of HttpClient' {
        $response = [Net.Http.HttpResponseMessage]::new(401)
        $response.Content = [Net.Http.StringContent]::new('{"error":{"message":"api key revoked"}}')
        ($response | Register-KrabAuthFailure anthropic:a -PassThru @at).ReasonText | Should -Be 'auth_permanent'
    }

    It 'tells that a body cannot be read any more: <Name>' -ForEach @(
        @{ Name = 'disposed of'; Spoil = { param($Response) $Response.Dispose() } }
        @{ Name = 'read as a stream'; Spoil = { param($Response) $Response.Content.ReadAsStream().ReadByte(); $Response.Content.ReadAsStream().Dispose() } }
    ) {
        $response = [Net.Http.HttpResponseMessage]::new(429)
        $response.Content = [Net.Http.StreamContent]::new([IO.MemoryStream]::new([byte[]](1..9)))
        & $Spoil $response | Out-Null
        $found = Assert-SingleError -Id ResponseUnreadable { Register-KrabAuthFailure anthropic:a -Response $response @at }
        "$found" | Should -Match '^The body of the answer cannot be read any more: '
        (Read-Store $at).usageStats | Should -BeNullOrEmpty
        (Register-KrabAuthFailure anthropic:a -Response $response -Message 'slow down' -PassThru @at).ReasonText | Should -Be 'rate_limit'
    }

    It 'keeps a model that is not there to the model, and a conversation that is gone to itself' {
        Register-KrabAuthFailure anthropic:a -StatusCode 404 -Model m1 @at
        (Get-KrabAuthCooldown @at | Select-Object -ExpandProperty Model) | Should -Be 'm1'
        (Resolve-KrabAuthProfile anthropic @at).ProfileId | Should -Be 'anthropic:a'
        (Resolve-KrabAuthProfile anthropic -Model m1 @at).ProfileId | Should -Be 'anthropic:b'
        (Register-KrabAuthFailure anthropic:a -Reason session_expired -Model m1 -PassThru @at).IsRecorded | Should -BeFalse
    }

    It 'takes a reason, for one model' {
        Register-KrabAuthFailure anthropic:a -Reason RateLimit -Model m1 @at
        (Get-KrabAuthCooldown @at).Model | Should -Be 'm1'
        (Resolve-KrabAuthProfile anthropic -Model m2 @at).ProfileId | Should -Be 'anthropic:a'
        (Resolve-KrabAuthProfile anthropic -Model m1 @at).ProfileId | Should -Be 'anthropic:b'
    }

    It 'says what is not recorded, and writes nothing' {
        $before = Get-FileHash (Get-StorePath $at)
        $outcome = Register-KrabAuthFailure anthropic:a -StatusCode 400 -Message 'invalid request format' -PassThru -Verbose @at 4>&1
        ($outcome | Where-Object { $_ -isnot [Management.Automation.VerboseRecord] }).Detail | Should -Be 'the account is not at fault'
        "$outcome" | Should -Match 'Not recorded for anthropic:a: format'
        Register-KrabAuthFailure anthropic:a -Reason billing -WhatIf @at
        (Get-FileHash (Get-StorePath $at)).Hash | Should -Be $before.Hash
    }

    It 'tells what it does not know' {
        $null = Assert-SingleError -Id ProfileNotFound { Register-KrabAuthFailure a:b -StatusCode 429 @at }
        $null = Assert-SingleError -Id ReasonUnknown { Register-KrabAuthFailure anthropic:a -Reason bad_luck @at }
    }

    It 'completes reasons' {
        (Get-Completion 'Register-KrabAuthFailure anthropic:a -Reason a').CompletionText | Should -Be @('auth', 'auth_permanent')
    }
}
