BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Remove-KrabAuthProfile' {
    BeforeEach { $script:at = Copy-Fixture }

    It 'removes the profile with every reference to it, and nothing else' {
        $before = Read-Store $at
        Remove-KrabAuthProfile anthropic:default -Confirm:$false @at | Should -BeNullOrEmpty
        $after = Read-Store $at
        $after.order.anthropic | Should -Be @('anthropic:work', 'anthropic:manual')
        $after.lastGood.Keys | Should -Not -Contain 'anthropic'
        $after.usageStats.Keys | Should -Not -Contain 'anthropic:default'
        [string[]]$after.profiles.Keys | Should -Be @($before.profiles.Keys | Where-Object { $_ -ne 'anthropic:default' })
    }

    It 'removes what a wildcard means, and nothing for one that means nothing' {
        Remove-KrabAuthProfile 'anthropic:*' -Confirm:$false @at
        Get-KrabAuthProfile -Provider anthropic @at | Should -BeNullOrEmpty
        (Read-Store $at).order.Keys | Should -Not -Contain 'anthropic'
        $before = Get-Fingerprint $at.StateDirectory
        Remove-KrabAuthProfile 'anthropic:*' -Confirm:$false @at
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }

    It 'takes an id that looks like a pattern for itself: <Name>' -ForEach @(
        @{ Name = 'given'; How = { Remove-KrabAuthProfile 'groq:[x]' -Confirm:$false @odd } }
        @{ Name = 'escaped'; How = { Remove-KrabAuthProfile 'groq:`[x`]' -Confirm:$false @odd } }
        @{ Name = 'piped'; How = { Get-KrabAuthProfile 'groq:[x]' @odd | Remove-KrabAuthProfile -Confirm:$false } }
    ) {
        $odd = Initialize-Store @{ 'groq:[x]' = Get-ApiKeyEntry groq; 'groq:x' = Get-ApiKeyEntry groq; 'groq:y' = Get-ApiKeyEntry groq }
        & $How
        (Read-Store $odd).profiles.Keys | Sort-Object | Should -Be @('groq:x', 'groq:y')
        Remove-KrabAuthProfile 'groq:[x]' -Confirm:$false @odd
        (Read-Store $odd).profiles.Keys | Should -Be 'groq:y'
    }

    It 'writes one error for an id that is not there and removes the others' {
        $record = Assert-SingleError -Id ProfileNotFound { Remove-KrabAuthProfile anthropic:nobody, anthropic:work -Confirm:$false @at }
        $record.TargetObject | Should -Be 'anthropic:nobody'
        (Get-KrabAuthProfile -Provider anthropic @at).ProfileId | Should -Be @('anthropic:default', 'anthropic:manual')
    }

    It 'removes an entry that is no profile, which is what the warning is about' {
        $store = Initialize-Store @{ 'openai:bad' = @{ type = 'password' }; 'openai:x' = Get-ApiKeyEntry openai }
        Remove-KrabAuthProfile openai:bad -Confirm:$false @store
        (Read-Store $store).profiles.Keys | Should -Be 'openai:x'
    }

    It 'asks first' {
        $output = Invoke-NewSession "Import-Module '$ModulePath'; try { Remove-KrabAuthProfile anthropic:work -StateDirectory '$($at.StateDirectory)' } catch { `$_.FullyQualifiedErrorId }"
        $output -join "`n" | Should -Match 'InvalidOperation|NonInteractive'
        (Get-KrabAuthProfile anthropic:work @at).ProfileId | Should -Be 'anthropic:work'
    }
}
