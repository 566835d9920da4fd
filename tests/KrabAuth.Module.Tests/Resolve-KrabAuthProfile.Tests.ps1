BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Resolve-KrabAuthProfile' {
    BeforeAll { $script:at = Copy-Fixture }

    It 'gives the profile that would be used now' {
        $chosen = Resolve-KrabAuthProfile anthropic @at
        $chosen | Should -BeOfType ([KrabAuth.Profiles.AuthProfile])
        $chosen.ProfileId | Should -Be 'anthropic:manual' -Because 'anthropic:work is first in the order, but waits'
    }

    It 'takes several providers, aliases and the pipeline' {
        (Resolve-KrabAuthProfile openrouter, z-ai @at).ProfileId | Should -Be @('openrouter:default', 'z.ai:default')
        ('openrouter', 'zai' | Resolve-KrabAuthProfile @at).ProfileId | Should -Be @('openrouter:default', 'z.ai:default')
    }

    It 'explains every candidate with -Explain' {
        $store = Initialize-Store ([ordered]@{
                'openai:good'     = Get-ApiKeyEntry openai
                'openai:ended'    = Get-TokenEntry openai ([timespan]::FromHours(-1))
                'openai:empty'    = @{ type = 'api_key'; provider = 'openai' }
                'openai:unlisted' = Get-ApiKeyEntry openai
                'groq:other'      = Get-ApiKeyEntry groq
            }) -Order @{ openai = @('openai:gone', 'openai:ended', 'openai:empty', 'groq:other', 'openai:good') }
        $candidates = Resolve-KrabAuthProfile openai -Explain @store -WarningAction SilentlyContinue
        $candidates | Should -BeOfType ([KrabAuth.Output.AuthCandidate])
        $reasons = @{}
        foreach ($candidate in $candidates) { $reasons[$candidate.ProfileId] = $candidate.Reason }
        $reasons['openai:good'] | Should -Be 'ok'
        $reasons['openai:ended'] | Should -Be 'expired'
        $reasons['openai:empty'] | Should -Be 'missing_credential'
        $reasons['openai:gone'] | Should -Be 'profile_missing'
        $reasons['groq:other'] | Should -Be 'provider_mismatch'
        $reasons['openai:unlisted'] | Should -Be 'excluded_by_auth_order'
        ($candidates | Where-Object Selected).ProfileId | Should -Be 'openai:good'
        ($candidates | Where-Object Rank).ProfileId | Should -Be 'openai:good'
    }

    It 'explains a wait with its kind and end' {
        $waiting = Resolve-KrabAuthProfile anthropic -Explain @at | Where-Object ProfileId -EQ anthropic:work
        $waiting.Eligible | Should -BeTrue
        $waiting.Kind | Should -Be 'cooldown'
        $waiting.Rank | Should -Be 3
        $waiting.UnusableUntil | Should -BeGreaterThan ([DateTimeOffset]::UtcNow)
        $waiting.Explanation | Should -Match 'back in 5m'
    }

    It 'leaves a wait for another model out of account' {
        $later = [DateTimeOffset]::UtcNow.AddHours(1).ToUnixTimeMilliseconds()
        $store = Initialize-Store @{ 'openai:a' = Get-ApiKeyEntry openai } -UsageStats @{ 'openai:a' = @{ cooldownUntil = $later; cooldownReason = 'rate_limit'; cooldownModel = 'large' } }
        Assert-SingleError -Id NoUsableProfile { Resolve-KrabAuthProfile openai @store }
        Assert-SingleError -Id NoUsableProfile { Resolve-KrabAuthProfile openai -Model large @store }
        (Resolve-KrabAuthProfile openai -Model small @store).ProfileId | Should -Be 'openai:a'
    }

    It 'says why there is none: <Case>' -ForEach @(
        @{ Case = 'nothing stored'; Provider = 'groq'; Message = 'none is stored'; Action = 'Connect-KrabProvider groq' }
        @{ Case = 'all wait'; Provider = 'openai'; Message = 'openai:a comes back first, in 1h'; Action = 'Resolve-KrabAuthProfile openai -Explain' }
        @{ Case = 'expired'; Provider = 'xai'; Message = 'xai:a: it has expired'; Action = 'Resolve-KrabAuthProfile xai -Explain' }
    ) {
        $later = [DateTimeOffset]::UtcNow.AddHours(1).ToUnixTimeMilliseconds()
        $store = Initialize-Store @{ 'openai:a' = Get-ApiKeyEntry openai; 'xai:a' = Get-TokenEntry xai ([timespan]::FromDays(-1)) } -UsageStats @{ 'openai:a' = @{ cooldownUntil = $later } }
        $record = Assert-SingleError -Id NoUsableProfile { Resolve-KrabAuthProfile $Provider @store }
        $record.CategoryInfo.Category | Should -Be 'AuthenticationError'
        $record.ErrorDetails.Message | Should -Match $Message
        $record.ErrorDetails.RecommendedAction | Should -Match $Action
    }

    It 'goes on with the next provider after an error' {
        (Resolve-KrabAuthProfile groq, openrouter @at -ErrorAction SilentlyContinue).ProfileId | Should -Be 'openrouter:default'
    }
}

Describe 'Resolve-KrabAuthProfile -Explain' {
    BeforeAll {
        $later = [DateTimeOffset]::UtcNow.AddHours(1).ToUnixTimeMilliseconds()
        $script:store = Initialize-Store ([ordered]@{ 'openai:a' = Get-ApiKeyEntry openai; 'openai:b' = Get-ApiKeyEntry openai; 'openai:c' = Get-ApiKeyEntry openai }) -UsageStats @{
            'openai:a' = @{ cooldownUntil = $later; cooldownReason = 'rate_limit' }
        }
        $env:OPENAI_API_KEY = 'sk-env-0123456789abcdefgh'
    }
    AfterAll { $env:OPENAI_API_KEY = $null }

    It 'tells the rule of each place, the reason of a wait, and what comes next' {
        Set-KrabAuthSession main openai:c @store
        $candidates = Resolve-KrabAuthProfile openai -Explain -Session main @store
        $candidates.Candidate | Should -Be @('openai:c', 'openai:b', 'openai:a', 'env: OPENAI_API_KEY')
        $candidates.Rule | Should -Be @('Pin', 'RoundRobin', 'Waiting', $null)
        $candidates[0].IfItFails | Should -Be 'nothing stands in for the profile that the session is pinned to'
        $candidates[1].IfItFails | Should -BeNullOrEmpty
        $candidates[2].WaitReason | Should -Be 'rate_limit'
        $candidates[3].ProfileId | Should -BeNullOrEmpty
        $candidates[3].Reason | Should -Be 'profiles_exist'
        ((Resolve-KrabAuthProfile openai -Explain @store) | Where-Object Selected).IfItFails | Should -Be 'openai:c is next'
    }

    It 'fits into 80 columns' {
        $shown = (Resolve-KrabAuthProfile openai -Explain @store | Out-String -Width 80) -split '\r?\n'
        ($shown | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
        $shown -match 'RoundRobin' | Should -Not -BeNullOrEmpty
        "$shown" | Should -Not -Match 'sk-env'
    }

    It 'counts a key where there is no profile, or where it is allowed' {
        $groq = Initialize-Store @{}
        (Resolve-KrabAuthProfile openai -Explain @groq | Where-Object Selected).Candidate | Should -Be 'env: OPENAI_API_KEY'
        $ended = Initialize-Store @{ 'openai:a' = Get-TokenEntry openai ([timespan]::FromHours(-1)) }
        $record = Assert-SingleError -Id NoUsableProfile { Get-KrabAuthToken openai @ended }
        $record.ErrorDetails.RecommendedAction | Should -Match '-AllowEnvironment'
        Get-KrabAuthToken openai -AllowEnvironment -AsPlainText @ended -WarningVariable said -WarningAction SilentlyContinue | Should -Be 'sk-env-0123456789abcdefgh'
        "$said" | Should -Match 'env: OPENAI_API_KEY is used instead'
        (Get-KrabAuthStatus @groq | Where-Object Provider -EQ openai).Source | Should -Be 'env: OPENAI_API_KEY'
    }
}
