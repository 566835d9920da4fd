BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Get-KrabAuthProfile' {
    BeforeAll { $script:at = Copy-Fixture }

    It 'lists every profile of a store that OpenClaw wrote, by provider and id' {
        (Get-KrabAuthProfile @at).ProfileId | Should -Be @(
            'anthropic:default', 'anthropic:manual', 'anthropic:work', 'google-antigravity:me@example.com',
            'openai-codex:me@example.com', 'openai-codex:work@example.com', 'openrouter:default', 'z.ai:default')
    }

    It 'tells how <Id> stands: <Status>, <Type>, refreshable <Refreshable>' -ForEach @(
        @{ Id = 'anthropic:default'; Status = 'Static'; Type = 'ApiKey'; Refreshable = $false }
        @{ Id = 'anthropic:manual'; Status = 'Static'; Type = 'Token'; Refreshable = $false }
        @{ Id = 'anthropic:work'; Status = 'Expiring'; Type = 'Token'; Refreshable = $false }
        @{ Id = 'google-antigravity:me@example.com'; Status = 'Expiring'; Type = 'OAuth'; Refreshable = $true }
        @{ Id = 'openai-codex:me@example.com'; Status = 'Ok'; Type = 'OAuth'; Refreshable = $true }
        @{ Id = 'openai-codex:work@example.com'; Status = 'Expired'; Type = 'OAuth'; Refreshable = $true }
    ) {
        $found = Get-KrabAuthProfile $Id @at
        $found.Status | Should -Be $Status
        $found.Type | Should -Be $Type
        $found.Refreshable | Should -Be $Refreshable
        $found | Should -BeOfType ([KrabAuth.Profiles.AuthProfile])
    }

    It 'tells the waits: a cooldown after rate limits, a long one after a billing failure' {
        $cooling = Get-KrabAuthProfile anthropic:work @at
        ($cooling.CooldownUntil - [DateTimeOffset]::UtcNow).TotalMinutes | Should -BeGreaterThan 4
        $cooling.StatusText | Should -Be 'expiring, cooling 5m'
        $cooling.ErrorCount | Should -Be 2
        $billing = Get-KrabAuthProfile openai-codex:work@example.com @at
        $billing.DisabledReason | Should -Be 'billing'
        $billing.StatusText | Should -Be 'expired (refreshable), billing 5h'
    }

    It 'carries e-mail, account and where it was read' {
        $found = Get-KrabAuthProfile openai-codex:me@example.com @at
        $found.Email | Should -Be 'me@example.com'
        $found.AccountId | Should -Be 'acct-1'
        $found.Agent | Should -Be 'main'
        $found.Product | Should -Be 'OpenClaw'
        $found.StateDirectory | Should -Be $at.StateDirectory
    }

    It 'never has a null Expires, so that comparisons mean what they say' {
        $all = Get-KrabAuthProfile @at
        $all.Expires | Should -Not -Contain $null
        ($all | Where-Object Expires -LT ([DateTimeOffset]::Now.AddDays(1))).ProfileId | Should -Be @(
            'anthropic:work', 'google-antigravity:me@example.com', 'openai-codex:work@example.com')
        (Get-KrabAuthProfile anthropic:default @at).Expires | Should -Be ([DateTimeOffset]::MaxValue)
    }

    It 'takes wildcards, several ids, any case, and the name Id' {
        (Get-KrabAuthProfile 'ANTHROPIC:*' @at).Count | Should -Be 3
        (Get-KrabAuthProfile anthropic:work, openrouter:default @at).ProfileId | Should -Be @('anthropic:work', 'openrouter:default')
        (Get-KrabAuthProfile -Id *work* @at).ProfileId | Should -Be @('anthropic:work', 'openai-codex:work@example.com')
        Get-KrabAuthProfile 'nothing*' @at | Should -BeNullOrEmpty
    }

    It 'narrows by provider, alias and kind' {
        (Get-KrabAuthProfile -Provider zai @at).ProfileId | Should -Be 'z.ai:default'
        (Get-KrabAuthProfile -Provider 'open*' @at).ProfileId | Should -Be @('openai-codex:me@example.com', 'openai-codex:work@example.com', 'openrouter:default')
        (Get-KrabAuthProfile -Type Token @at).ProfileId | Should -Be @('anthropic:manual', 'anthropic:work')
        (Get-KrabAuthProfile -Type OAuth, Token -Provider anthropic, google-antigravity @at).Count | Should -Be 3
    }

    It 'finds an id that reads as a pattern by its very text' {
        $odd = Initialize-Store @{ 'openai:[a]' = Get-ApiKeyEntry openai }
        (Get-KrabAuthProfile 'openai:[a]' @odd).ProfileId | Should -Be 'openai:[a]'
    }

    It 'writes one error for an id that is not there and goes on with the others' {
        $record = Assert-SingleError -Id ProfileNotFound { Get-KrabAuthProfile openai:nobody, anthropic:work @at }
        $record.TargetObject | Should -Be 'openai:nobody'
        $record.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        (Get-KrabAuthProfile openai:nobody, anthropic:work @at -ErrorAction SilentlyContinue).ProfileId | Should -Be 'anthropic:work'
    }

    It 'reads the two-file format' {
        $two = Copy-Fixture 'openclaw-2026.5.28'
        (Get-KrabAuthProfile @two).ProfileId | Should -Be @('anthropic:default', 'anthropic:work', 'openrouter:manual')
    }

    It 'shows an agent the profiles that it inherits, and says so' {
        $two = Initialize-Store @{ 'openai:shared' = Get-ApiKeyEntry openai }
        $null = Initialize-Store @{ 'openai:own' = Get-ApiKeyEntry openai } -Agent helper -StateDirectory $two.StateDirectory
        $seen = Get-KrabAuthProfile -Agent helper @two
        $seen.ProfileId | Should -Be @('openai:own', 'openai:shared')
        $seen.Inherited | Should -Be @($false, $true)
        $seen.Agent | Should -Be @('helper', 'helper')
    }

    It 'gives nothing and makes nothing where there is no store' {
        $empty = @{ StateDirectory = Join-Path $TestDrive 'not-there' }
        Get-KrabAuthProfile @empty | Should -BeNullOrEmpty
        $empty.StateDirectory | Should -Not -Exist
    }

    It 'finds the state directory in the product''s variable and in the home directory' {
        $store = Initialize-Store @{ 'openai:x' = Get-ApiKeyEntry openai }
        $env:KRABKRAB_STATE_DIR = $store.StateDirectory
        try { (Get-KrabAuthProfile).ProfileId | Should -Be 'openai:x' } finally { $env:KRABKRAB_STATE_DIR = $null }
        $null = Initialize-Store @{ 'groq:x' = Get-ApiKeyEntry groq } -StateDirectory (Join-Path $env:HOME '.openclaw')
        (Get-KrabAuthProfile -Product OpenClaw).ProfileId | Should -Be 'groq:x'
        $env:KRABAUTH_PRODUCT = 'openclaw'
        try { (Get-KrabAuthProfile).ProfileId | Should -Be 'groq:x' } finally { $env:KRABAUTH_PRODUCT = $null }
    }

    It 'takes a relative state directory from the session''s location, not the process''s' {
        $store = Initialize-Store @{ 'openai:x' = Get-ApiKeyEntry openai }
        Push-Location -LiteralPath (Split-Path $store.StateDirectory)
        try { (Get-KrabAuthProfile -StateDirectory (Split-Path -Leaf $store.StateDirectory)).ProfileId | Should -Be 'openai:x' } finally { Pop-Location }
    }

    It 'warns of an entry that is no profile, and keeps the others' {
        $store = Initialize-Store @{ 'openai:x' = Get-ApiKeyEntry openai; 'openai:bad' = @{ type = 'password'; provider = 'openai' } }
        $warnings = @(Get-CommandWarning { Get-KrabAuthProfile @store })
        $warnings.Count | Should -Be 1
        $warnings[0] | Should -Match 'openai:bad.*invalid_type'
        (Get-KrabAuthProfile @store -WarningAction SilentlyContinue).ProfileId | Should -Be 'openai:x'
    }

    It 'narrates with -Verbose which store it reads' {
        $said = Get-KrabAuthProfile @at -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] }
        $said.Message | Should -Contain "Reading $(Get-StorePath $at)."
    }

    It 'says which agents there are when one is not' {
        $record = Assert-SingleError -Id AgentNotFound { Get-KrabAuthProfile -Agent nobody @at }
        $record.ErrorDetails.Message | Should -Match 'Known agents: main'
    }
}
