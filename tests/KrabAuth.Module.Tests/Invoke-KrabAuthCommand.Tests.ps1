BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Invoke-KrabAuthCommand' {
    BeforeEach {
        $script:at = Initialize-Store @{
            'groq:one'   = @{ type = 'api_key'; provider = 'groq'; key = 'gsk-one-0123456789' }
            'groq:two'   = @{ type = 'api_key'; provider = 'groq'; key = 'gsk-two-0123456789' }
            'groq:three' = @{ type = 'api_key'; provider = 'groq'; key = 'gsk-three-0123456789' }
        } -Order @{ groq = @('groq:one', 'groq:two', 'groq:three') }
    }

    It 'gives the block the credential, and what it gives to the caller' {
        $seen = Invoke-KrabAuthCommand groq { $KrabAuth.ProfileId; $KrabAuth.Provider; $KrabAuth.Attempt; $KrabAuth.Header.Authorization; [Net.NetworkCredential]::new('', $KrabAuth.Token).Password; $env:GROQ_API_KEY; "$KrabAuth" } @at
        $seen | Should -Be @('groq:one', 'groq', 1, 'Bearer gsk-one-0123456789', 'gsk-one-0123456789', 'gsk-one-0123456789', 'groq:one')
    }

    It 'puts the environment back when calls run beside each other' {
        $env:GROQ_API_KEY = 'gsk-before'
        try {
            $module = (Get-Module KrabAuth).Path
            $gate = [Threading.Barrier]::new(2)
            1..2 | ForEach-Object -Parallel {
                Import-Module $using:module
                $at = $using:at; $gate = $using:gate
                Invoke-KrabAuthCommand groq { $null = $args[0].SignalAndWait(60000) } -ArgumentList $gate @at
            }
            $env:GROQ_API_KEY | Should -Be 'gsk-before'
        }
        finally { $env:GROQ_API_KEY = $null }
    }

    It 'blames no account for <What>' -ForEach @(
        @{ What = 'a file that is not there'; Block = { Get-Content '/429/rate limit/nowhere' } }
        @{ What = 'a command that is not there'; Block = { Get-RateLimit429 } }
        @{ What = 'an error of the module'; Block = { Get-KrabAuthToken 'expired:401' } }
    ) {
        { Invoke-KrabAuthCommand groq $Block @at } | Should -Throw
        Get-KrabAuthCooldown @at | Should -BeNullOrEmpty
    }

    It 'records the success' {
        Invoke-KrabAuthCommand groq { } @at
        (Read-Store $at).lastGood.groq | Should -Be 'groq:one'
        (Get-KrabAuthProfile groq:one @at).LastUsed | Should -Not -BeNullOrEmpty
    }

    It 'shows no secret in any form but by name' {
        $all = Invoke-KrabAuthCommand groq {
            $KrabAuth | Out-String; $KrabAuth | Select-Object * | Out-String; $KrabAuth | Format-List * -Force | Out-String; $KrabAuth | ConvertTo-Json
            ($KrabAuth | ConvertTo-Xml).OuterXml; [Management.Automation.PSSerializer]::Serialize($KrabAuth); $KrabAuth | ConvertTo-Csv
        } @at
        "$all" | Should -Match 'groq:one'
        "$all" | Should -Not -Match 'gsk-one'
    }

    It 'puts the environment back: <What>' -ForEach @(@{ What = 'set before'; Value = 'gsk-before' }, @{ What = 'not set before'; Value = $null }) {
        $env:GROQ_API_KEY = $Value
        try {
            Invoke-KrabAuthCommand groq { $env:GROQ_API_KEY } @at | Should -Be 'gsk-one-0123456789'
            { Invoke-KrabAuthCommand groq { throw 'mine' } @at } | Should -Throw 'mine'
            $env:GROQ_API_KEY | Should -Be $Value
        }
        finally { $env:GROQ_API_KEY = $null }
    }

    It 'takes away every key of the provider, and leaves the caller what is of others: <What>' -ForEach @(
        @{ What = 'block'; Run = { Invoke-KrabAuthCommand groq { "$env:GROQ_API_KEYS|$env:GROQ_API_KEY_2|$env:OPENCLAW_LIVE_GROQ_KEY|$env:MISTRAL_API_KEY" } @at } }
        @{ What = 'program'; Run = { Invoke-KrabAuthCommand groq -FilePath pwsh -ArgumentList '-NoProfile', '-c', '"$env:GROQ_API_KEYS|$env:GROQ_API_KEY_2|$env:OPENCLAW_LIVE_GROQ_KEY|$env:MISTRAL_API_KEY"' @at } }
    ) {
        $names = 'GROQ_API_KEYS', 'GROQ_API_KEY_2', 'OPENCLAW_LIVE_GROQ_KEY', 'MISTRAL_API_KEY'
        foreach ($name in $names) { Set-Item "env:$name" "own-$name" }
        try {
            & $Run | Should -Be '|||own-MISTRAL_API_KEY'
            foreach ($name in $names) { (Get-Item "env:$name").Value | Should -Be "own-$name" }
        }
        finally { foreach ($name in $names) { Remove-Item "env:$name" } }
    }

    It 'goes on with the next account after <What>' -ForEach @(
        @{ What = 'a rate limit'; Say = '429 Too Many Requests'; Reason = 'rate_limit' }
        @{ What = 'an empty purse'; Say = 'insufficient_quota: check your plan and billing details'; Reason = 'billing' }
        @{ What = 'a refused key'; Say = 'HTTP 401: invalid_api_key'; Reason = 'auth' }
    ) {
        $answer = Invoke-KrabAuthCommand groq { if ($KrabAuth.Attempt -eq 1) { 'lost'; throw $args[0] }; "fine with $KrabAuth" } -ArgumentList $Say -WarningVariable warned -WarningAction SilentlyContinue @at
        $answer | Should -Be 'fine with groq:two'
        "$warned" | Should -Match "groq:one: $Reason, back in"
        $wait = Get-KrabAuthCooldown @at
        $wait.ProfileId | Should -Be 'groq:one'
        $wait.Reason | Should -Be $Reason
    }

    It 'reads the answer of Invoke-RestMethod, its reset time too' {
        $listener = Open-FreeListener
        $port = ([uri] [string] $listener.Prefixes).Port
        try {
            $server = Start-ThreadJob {
                $context = ($using:listener).GetContext()
                $context.Response.StatusCode = 429
                $context.Response.Headers['Retry-After'] = '600'
                $context.Response.Close()
            }
            Invoke-KrabAuthCommand groq { if ($KrabAuth.Attempt -eq 1) { Invoke-RestMethod "http://127.0.0.1:$($args[0])/" -Headers $KrabAuth.Header }; 'next' } -ArgumentList $port -WarningAction SilentlyContinue @at | Should -Be 'next'
            $left = (Get-KrabAuthCooldown @at).Remaining.TotalSeconds
            $left | Should -BeGreaterThan 570
            $left | Should -BeLessOrEqual 600
            $null = $server | Wait-Job | Remove-Job
        }
        finally { $listener.Stop() }
    }

    It 'throws what another account cannot mend, once: <What>' -ForEach @(
        @{ What = 'a mistake in the block'; Block = { [int]'x' } }
        @{ What = 'an error that would not end it'; Block = { Get-Item /nonexistent-of-a-test; 'not reached' } }
        @{ What = 'a request that is not understood'; Block = { throw 'HTTP 400: invalid request format' } }
    ) {
        $tries = [Collections.Generic.List[int]]::new()
        { Invoke-KrabAuthCommand groq ([scriptblock]::Create("`$args[0].Add(1); $Block")) -ArgumentList @(, $tries) @at } | Should -Throw
        $tries.Count | Should -Be 1
        Get-KrabAuthCooldown @at | Should -BeNullOrEmpty
    }

    It 'tells every try when none is left, and who comes back first' {
        try { Invoke-KrabAuthCommand groq { throw "429 Too Many Requests, Retry-After: $($KrabAuth.Attempt)" } -WarningAction SilentlyContinue @at; $record = $null }
        catch { $record = $_ }
        $record.FullyQualifiedErrorId | Should -BeLike 'CallFailed,*'
        foreach ($id in 'groq:one', 'groq:two', 'groq:three') { $record.ErrorDetails.Message | Should -Match "${id}: rate_limit" }
        $record.ErrorDetails.Message | Should -Match 'comes back first'
    }

    It 'stops at -MaxAttempts' {
        { Invoke-KrabAuthCommand groq { throw '429 rate limit' } -MaxAttempts 2 -WarningAction SilentlyContinue @at } | Should -Throw '*limit of 2 tries*'
        (Get-KrabAuthCooldown @at).ProfileId | Should -Be @('groq:one', 'groq:two')
    }

    It 'runs a program with an environment of its own' -Skip:$IsWindows {
        Invoke-KrabAuthCommand groq -FilePath sh -ArgumentList '-c', 'echo $GROQ_API_KEY; echo $1', 'sh', 'a b' @at | Should -Be @('gsk-one-0123456789', 'a b')
        $env:GROQ_API_KEY | Should -BeNullOrEmpty
        Invoke-KrabAuthCommand groq -FilePath sh -ArgumentList '-c', '[ $GROQ_API_KEY = gsk-two-0123456789 ] && exec echo two; echo HTTP 429 >&2; exit 9' -WarningAction SilentlyContinue @at | Should -Be 'two'
        $record = try { Invoke-KrabAuthCommand groq -FilePath sh -ArgumentList '-c', 'exit 9' @at } catch { $_ }
        $record.FullyQualifiedErrorId | Should -BeLike 'ProgramFailed,*'
        $record = try { Invoke-KrabAuthCommand groq -FilePath no-such-program-of-a-test @at } catch { $_ }
        $record.FullyQualifiedErrorId | Should -BeLike 'ProgramNotStarted,*'
    }

    It 'has no variable to set for a provider without one, but a header' {
        Write-PrivateFile (Join-Path $at.StateDirectory 'providers/acme.json') '{"id":"acme","methods":["token"]}'
        $null = 'tok-acme-0123456789' | Connect-KrabProvider acme -Method Token @at
        Invoke-KrabAuthCommand acme { $KrabAuth.Header.Authorization } @at | Should -Be 'Bearer tok-acme-0123456789'
    }

    It 'says what is wrong before anything is run' {
        $record = try { Invoke-KrabAuthCommand mistral { 'ran' } @at } catch { $_ }
        $record.FullyQualifiedErrorId | Should -BeLike 'NoUsableProfile,*'
    }
}
