BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Import-KrabAuthProfile' {
    BeforeEach {
        $script:there = Copy-Fixture
        $script:at = @{ Product = 'KrabKrab'; StateDirectory = Get-NewDirectory }
        $script:from = @{ FromProduct = $there.Product; FromStateDirectory = $there.StateDirectory }
    }

    It 'imports from another product, and does nothing the second time' {
        $results = Import-KrabAuthProfile @from @at
        ($results | Where-Object ProfileId -EQ openrouter:default).Action | Should -Be 'Imported'
        ($results | Where-Object ProfileId -EQ openai-codex:me@example.com).Reason | Should -Match 'one owner'
        (Read-Store $at).profiles['anthropic:work'].email | Should -Be 'work@example.com'
        (Import-KrabAuthProfile @from @at).Action | Sort-Object -Unique | Should -Be 'Skipped'
    }

    It 'moves a sign-in, and leaves the keys where they are' {
        $result = Import-KrabAuthProfile -ProfileId openai-codex:me* -Move @from @at
        $result.Action | Should -Be 'Imported'
        $result.Moved | Should -BeTrue
        (Read-Store $there).profiles.Keys | Should -Not -Contain 'openai-codex:me@example.com'
        (Read-Store $there).profiles.Keys | Should -Contain 'openrouter:default'
        (Read-Store $at).profiles.Keys | Should -Be 'openai-codex:me@example.com'
    }

    It 'finishes a move that was interrupted' {
        $store = Read-Store $there
        $null = Initialize-Store @{ 'openai-codex:me@example.com' = $store.profiles['openai-codex:me@example.com'] } -StateDirectory $at.StateDirectory
        $result = Import-KrabAuthProfile -ProfileId openai-codex:me@example.com -Move @from @at
        $result.Action | Should -Be 'Skipped'
        $result.Moved | Should -BeTrue
        (Read-Store $there).profiles.Keys | Should -Not -Contain 'openai-codex:me@example.com'
    }

    It 'keeps what is there, unless told otherwise' {
        $null = Initialize-Store @{ 'openrouter:default' = Get-ApiKeyEntry openrouter 'sk-mine-0123456789' } -StateDirectory $at.StateDirectory
        (Import-KrabAuthProfile -ProfileId openrouter:default @from @at).Action | Should -Be 'Skipped'
        (Read-Store $at).profiles['openrouter:default'].key | Should -Be 'sk-mine-0123456789'
        (Import-KrabAuthProfile -ProfileId openrouter:default -Force @from @at).Action | Should -Be 'Updated'
        (Read-Store $at).profiles['openrouter:default'].key | Should -Be 'sk-or-v1-EXAMPLE0123456789'
    }

    It 'imports files, those of the pipeline too' {
        $folder = Get-NewDirectory
        Write-PrivateFile "$folder/auth.json" '{ "openai": { "type": "api_key", "key": "sk-test-0123456789" } }'
        Write-PrivateFile "$folder/keys.env" "GROQ_API_KEY='gsk_0123456789abcdef'"
        (Get-ChildItem $folder | Import-KrabAuthProfile @at).ProfileId | Should -Be @('openai:default', 'groq:default')
        Assert-SingleError -Id TransferSourceMissing { Import-KrabAuthProfile "$folder/none" @at }
        Write-PrivateFile "$folder/other.json" '{ "a": 1 }'
        Assert-SingleError -Id TransferSourceUnknown { Import-KrabAuthProfile "$folder/other.json" @at }
    }

    It 'imports variables' {
        $env:GROQ_API_KEY = 'gsk_0123456789abcdef'
        try { (Import-KrabAuthProfile -FromEnvironment @at).ProfileId | Should -Be 'groq:default' }
        finally { $env:GROQ_API_KEY = $null }
    }

    It 'imports from a vault by name, metadata or the provider that is given' {
        $null = Enter-FakeVault @{ OPENAI_API_KEY = 'sk-test-0123456789'; 'My key' = 'gsk_0123456789abcdef'; other = 'x-0123456789' } @{ 'My key' = @{ Provider = 'groq' } }
        try {
            $results = Import-KrabAuthProfile -FromVault Mine @at
            ($results | Where-Object Action -EQ Imported).ProfileId | Should -Be @('groq:my-key', 'openai:default')
            ($results | Where-Object Action -EQ Skipped).ProfileId | Should -Be 'other'
            (Import-KrabAuthProfile -FromVault Mine -Provider mistral -ProfileId mistral:other @at).Action | Should -Be 'Imported'
        }
        finally { Exit-FakeVault }
        Assert-SingleError -Id VaultUnusable { Import-KrabAuthProfile -FromVault Mine @at }
    }

    It 'opens a protected file with its password alone, and repeats neither' {
        $file = Join-Path (Get-NewDirectory) 'mine.krab'
        $null = Export-KrabAuthProfile $file -Password (ConvertTo-Secret 'a long password') @there
        $record = Assert-SingleError -Id ExportUnreadable { Import-KrabAuthProfile $file -Password (ConvertTo-Secret 'wrong-password-0123') @at }
        "$record $($record.Exception)" | Should -Not -Match '0123'
        $bytes = [IO.File]::ReadAllBytes($file)
        $bytes[-9] = $bytes[-9] -bxor 1
        [IO.File]::WriteAllBytes("$file.2", $bytes)
        Assert-SingleError -Id ExportUnreadable { Import-KrabAuthProfile "$file.2" -Password (ConvertTo-Secret 'a long password') @at }
        (Import-KrabAuthProfile $file -Password (ConvertTo-Secret 'a long password') -Provider z.ai @at).ProfileId | Should -Be 'z.ai:default'
        Invoke-NewSession "Import-Module '$ModulePath'; Import-KrabAuthProfile '$file' -StateDirectory '$($at.StateDirectory)' -ErrorVariable e 2>`$null; `$e[0].FullyQualifiedErrorId" | Should -BeLike 'PasswordRequired,*'
    }

    It 'completes the agents of the source' {
        $null = Initialize-Store -Agent helper -StateDirectory $there.StateDirectory
        (Get-Completion "Import-KrabAuthProfile -StateDirectory '$($at.StateDirectory)' -FromProduct OpenClaw -FromStateDirectory '$($there.StateDirectory)' -FromAgent h").CompletionText | Should -Be 'helper'
    }

    It 'refuses to import an agent into itself, and from nowhere' {
        Assert-SingleError -Id TransferSameStore { Import-KrabAuthProfile -FromAgent main @there }
        Assert-SingleError -Id TransferSourceMissing { Import-KrabAuthProfile -FromStateDirectory (Join-Path $TestDrive nowhere) @at }
    }

    It 'says with -WhatIf what it would do with each, and why' {
        $said = Invoke-NewSession "Import-Module '$ModulePath'; Import-KrabAuthProfile -FromProduct OpenClaw -FromStateDirectory '$($there.StateDirectory)' -StateDirectory '$($at.StateDirectory)' -WhatIf"
        $said -join "`n" | Should -Match 'What if: Import openrouter:default \(it is new here\)'
        $said -join "`n" | Should -Match 'What if: Skip openai-codex:me@example\.com \(an OAuth sign-in has one owner'
        Get-ChildItem $at.StateDirectory | Should -BeNullOrEmpty
    }
}
