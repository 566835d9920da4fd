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

    It 'keeps the secret elsewhere from now on, once the reference has led to one' {
        $env:OPENROUTER_TEST_KEY = 'sk-or-v1-EXAMPLE0123456789'
        try {
            $changed = Set-KrabAuthProfile openrouter:default -SecretReference env:OPENROUTER_TEST_KEY -PassThru @at
            $changed.SecretHint | Should -Be 'env:OPENROUTER_TEST_KEY'
            $entry = (Read-Store $at).profiles['openrouter:default']
            $entry.Keys | Should -Not -Contain 'key'
            $entry.keyRef.id | Should -Be 'OPENROUTER_TEST_KEY'
            Get-KrabAuthToken -ProfileId openrouter:default -AsPlainText @at | Should -Be 'sk-or-v1-EXAMPLE0123456789'
        }
        finally { $env:OPENROUTER_TEST_KEY = $null }
        (Assert-SingleError -Id SecretReferenceUnresolved { Get-KrabAuthToken -ProfileId openrouter:default @at }).ErrorDetails.Message | Should -Match 'OPENROUTER_TEST_KEY is not set'
    }

    It 'leaves the store alone for a reference that leads to nothing: <Reference>' -ForEach @(
        @{ Reference = 'env:NOT_SET'; Id = 'SecretReferenceUnresolved' }
        @{ Reference = 'file:none:/a'; Id = 'SecretReferenceUnresolved' }
        @{ Reference = 'sk-or-v1-0123456789abcdef'; Id = 'SecretReferenceInvalid' }
    ) {
        $before = Get-Fingerprint $at.StateDirectory
        $record = Assert-SingleError -Id $Id { Set-KrabAuthProfile openrouter:default -SecretReference $Reference @at }
        "$record" | Should -Not -Match '0123456789'
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }

    It 'completes where a secret can be kept, and looks into none of it' {
        Write-PrivateFile "$($at.StateDirectory)/openclaw.json" '{ secrets: { providers: { op: { source: "exec", command: "/none" }, keys: { source: "file", path: "/none" } } } }'
        $env:GROQ_API_KEY = 'gsk_0123456789'
        try { $found = (Get-Completion "Set-KrabAuthProfile x -Product OpenClaw -StateDirectory '$($at.StateDirectory)' -SecretReference ").CompletionText }
        finally { $env:GROQ_API_KEY = $null }
        $found | Should -Be @('env:GROQ_API_KEY', 'exec:op:', 'file:keys:', 'vault:')
    }

    It 'takes a secret or a reference, not both' {
        Assert-SingleError -Id OptionConflict { Set-KrabAuthProfile openrouter:default -SecretReference env:A -Secret (ConvertTo-Secret 'x0123456789') @at }
    }

    Context 'with a vault' {
        AfterEach { Exit-FakeVault }

        It 'asks it when the secret is used, and for nothing else' {
            $vault = Enter-FakeVault @{ openrouter = 'sk-or-v1-from-the-vault-0123' }
            Get-CommandWarning { Set-KrabAuthProfile openrouter:default -SecretReference vault:Mine/openrouter @at } | Should -HaveCount 2
            $vault.Reads | Should -Be 1
            (Get-KrabAuthProfile openrouter:default @at).SecretHint | Should -Be 'vault:Mine/openrouter'
            $null = Test-KrabAuth @at
            $vault.Reads | Should -Be 1
            Get-KrabAuthToken -ProfileId openrouter:default -AsPlainText @at | Should -Be 'sk-or-v1-from-the-vault-0123'
            $vault.Vault | Should -Be 'Mine'
            (Get-KrabAuthHeader -ProfileId openrouter:default @at).Authorization | Should -Be 'Bearer sk-or-v1-from-the-vault-0123'
        }

        It 'takes the password of a credential, and refuses what is no text' {
            $null = Enter-FakeVault @{ account = [pscredential]::new('me', (ConvertTo-Secret 'sk-or-v1-of-a-credential')); table = @{ a = 1 } }
            Set-KrabAuthProfile openrouter:default -SecretReference vault:account @at 3>$null
            Get-KrabAuthToken -ProfileId openrouter:default -AsPlainText @at | Should -Be 'sk-or-v1-of-a-credential'
            (Assert-SingleError -Id SecretReferenceUnresolved { Set-KrabAuthProfile openrouter:default -SecretReference vault:table @at }).ErrorDetails.Message | Should -Match 'neither text nor a credential'
        }

        It 'tells what the vault says' {
            $null = Enter-FakeVault @{ locked = { throw 'The vault is locked.' } }
            (Assert-SingleError -Id SecretReferenceUnresolved { Set-KrabAuthProfile openrouter:default -SecretReference vault:Mine/none @at }).ErrorDetails.Message | Should -Match 'no secret "none"'
            (Assert-SingleError -Id SecretReferenceUnresolved { Set-KrabAuthProfile openrouter:default -SecretReference vault:Mine/locked @at }).ErrorDetails.Message | Should -Match 'The vault is locked'
        }
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
