BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Set-KrabAuthProfile' {
    BeforeEach { $script:at = Copy-Fixture }

    It 'changes e-mail and name, and an empty text removes them' {
        $changed = Set-KrabAuthProfile anthropic:work -Email new@example.com -DisplayName 'At work' -PassThru @at
        $changed.Email | Should -Be 'new@example.com'
        $changed.DisplayName | Should -Be 'At work'
        Set-KrabAuthProfile anthropic:work -Email '' -DisplayName '' @at
        $entry = (Read-Store $at).profiles['anthropic:work']
        $entry.Keys | Should -Not -Contain 'email'
        $entry.Keys | Should -Not -Contain 'displayName'
        $entry.expires | Should -BeOfType ([long])
    }

    It 'replaces the secret and ends the waits' {
        $changed = Set-KrabAuthProfile anthropic:work -Secret (ConvertTo-Secret $SetupToken) -PassThru @at
        $changed.CooldownUntil | Should -BeNullOrEmpty
        (Read-Store $at).profiles['anthropic:work'].token | Should -Be $SetupToken
    }

    It 'sets the end of a token, from now or as a moment, and removes it' {
        (Set-KrabAuthProfile anthropic:work -ExpiresIn 30d -PassThru @at).ExpiresIn.TotalDays | Should -BeGreaterThan 29.9
        $moment = [DateTimeOffset]::new(2040, 5, 6, 7, 8, 9, [timespan]::Zero)
        (Set-KrabAuthProfile anthropic:work -Expires $moment -PassThru @at).Expires | Should -Be $moment
        (Set-KrabAuthProfile anthropic:work -Expires ([DateTimeOffset]::MaxValue) -PassThru @at).Status | Should -Be 'Static'
        (Read-Store $at).profiles['anthropic:work'].Keys | Should -Not -Contain 'expires'
    }

    It 'refuses an end for <Id>, which has none that a person sets' -ForEach @(@{ Id = 'anthropic:default' }, @{ Id = 'openai-codex:me@example.com' }) {
        $before = Get-Fingerprint $at.StateDirectory
        (Assert-SingleError -Id ExpiryRefused { Set-KrabAuthProfile $Id -ExpiresIn 30d @at }).TargetObject | Should -Be $Id
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }

    It 'refuses a secret for a sign-in' {
        Assert-SingleError -Id SecretRefused { Set-KrabAuthProfile openai-codex:me@example.com -Secret (ConvertTo-Secret 'x0123456789') @at }
    }

    It 'refuses a secret of the wrong kind without repeating it' {
        $record = Assert-SingleError -Id SecretInvalid { Set-KrabAuthProfile anthropic:work -Secret (ConvertTo-Secret 'sk-ant-api03-0123456789') @at }
        "$record $($record.Exception)" | Should -Not -Match '0123456789'
    }

    It 'refuses plain text as -Secret without repeating it' {
        $text = 'sk-ant-api03-0123456789'
        $record = Get-CommandError { Set-KrabAuthProfile anthropic:work -Secret $text @at }
        $record.FullyQualifiedErrorId | Should -BeLike 'CannotConvertArgumentNoMessage,*'
        "$record $($record.Exception) $($record.TargetObject)" | Should -Not -Match '0123456789'
    }

    It 'changes every profile that a wildcard means, and says nothing without -PassThru' {
        Set-KrabAuthProfile 'anthropic:*' -DisplayName Ours @at | Should -BeNullOrEmpty
        (Get-KrabAuthProfile -Provider anthropic @at).DisplayName | Should -Be @('Ours', 'Ours', 'Ours')
    }

    It 'changes what the pipeline brings, by object and by id' {
        Get-KrabAuthProfile openrouter:default @at | Set-KrabAuthProfile -DisplayName Piped
        (Get-KrabAuthProfile openrouter:default @at).DisplayName | Should -Be 'Piped'
        'z.ai:default' | Set-KrabAuthProfile -DisplayName Text @at
        (Get-KrabAuthProfile z.ai:default @at).DisplayName | Should -Be 'Text'
    }

    It 'writes one error for each id that is not there and changes the others' {
        $errors = @(Get-CommandError { Set-KrabAuthProfile a:b, anthropic:work, c:d -DisplayName Yes @at })
        $errors.FullyQualifiedErrorId | Should -Be (@('ProfileNotFound,KrabAuth.Commands.SetKrabAuthProfileCommand') * 2)
        $errors.TargetObject | Should -Be @('a:b', 'c:d')
        (Get-KrabAuthProfile anthropic:work @at).DisplayName | Should -Be 'Yes'
    }

    It 'tells that an inherited profile is main''s' {
        $null = Initialize-Store -Agent helper -StateDirectory $at.StateDirectory
        $record = Assert-SingleError -Id ProfileInherited { Set-KrabAuthProfile anthropic:work -DisplayName No -Agent helper @at }
        $record.ErrorDetails.RecommendedAction | Should -Match '-Agent'
    }

    It 'rewrites nothing when nothing changes' {
        $before = Get-Fingerprint $at.StateDirectory
        Set-KrabAuthProfile anthropic:work -Email work@example.com @at
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }
}
