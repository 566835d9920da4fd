BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Export-KrabAuthProfile' {
    BeforeEach {
        $script:at = Copy-Fixture
        $script:password = ConvertTo-Secret 'a long password'
        $script:file = Join-Path (Get-NewDirectory) 'mine.krab'
    }

    It 'writes keys and tokens to a file that shows nothing, and tells what became of each profile' {
        $results = Export-KrabAuthProfile $file -Password $password @at
        ($results | Where-Object ProfileId -EQ openrouter:default).Action | Should -Be 'Exported'
        $signIn = $results | Where-Object ProfileId -EQ openai-codex:me@example.com
        $signIn.Action | Should -Be 'Skipped'
        $signIn.Reason | Should -Match 'one owner'
        Get-Content -Raw $file | Should -Not -Match 'EXAMPLE|openrouter'
        if (-not $IsWindows) { [IO.File]::GetUnixFileMode($file) -eq 'UserRead, UserWrite' | Should -BeTrue }
    }

    It 'exports what the pipeline brings, and nothing for an empty one' {
        (Get-KrabAuthProfile -Type ApiKey @at | Export-KrabAuthProfile $file -Password $password).ProfileId | Should -Be @('anthropic:default', 'openrouter:default', 'z.ai:default')
        $none = "$file.none"
        Get-KrabAuthProfile -Provider groq @at | Export-KrabAuthProfile $none -Password $password | Should -BeNullOrEmpty
        $none | Should -Not -Exist
    }

    It 'takes wildcards and a provider, and tells of an id that is not there' {
        (Export-KrabAuthProfile $file -Password $password -ProfileId 'open*:default' @at).ProfileId | Should -Be 'openrouter:default'
        (Export-KrabAuthProfile $file -Password $password -Provider anthropic -Force @at).Provider | Sort-Object -Unique | Should -Be 'anthropic'
        Assert-SingleError -Id ProfileNotFound { Export-KrabAuthProfile "$file.2" -Password $password -ProfileId a:b @at }
    }

    It 'replaces no file without -Force' {
        Set-Content $file mine
        Assert-SingleError -Id TransferFileExists { Export-KrabAuthProfile $file -Password $password @at }
        Get-Content $file | Should -Be 'mine'
    }

    It 'moves a sign-in if told so, and warns of two owners if not' {
        $id = 'openai-codex:me@example.com'
        Get-CommandWarning { Export-KrabAuthProfile $file -Password $password -ProfileId $id -IncludeOAuth @at } | Should -Match 'two owners'
        $result = Export-KrabAuthProfile $file -Password $password -ProfileId $id -IncludeOAuth -Move -Force @at
        $result.Moved | Should -BeTrue
        (Read-Store $at).profiles.Keys | Should -Not -Contain $id
        $there = @{ StateDirectory = Get-NewDirectory }
        (Import-KrabAuthProfile $file -Password $password @there).Action | Should -Be 'Imported'
        (Get-KrabAuthProfile $id @there).Refreshable | Should -BeTrue
    }

    It 'refuses a short password, and asks for one where somebody is' {
        Assert-SingleError -Id ExportPasswordWeak { Export-KrabAuthProfile $file -Password (ConvertTo-Secret short) @at }
        $file | Should -Not -Exist
        Invoke-NewSession "Import-Module '$ModulePath'; Export-KrabAuthProfile '$file' -StateDirectory '$($at.StateDirectory)' -ErrorVariable e 2>`$null; `$e[0].FullyQualifiedErrorId" | Should -BeLike 'PasswordRequired,*'
    }

    It 'says which file it would write, of what is not there yet' {
        $told = Invoke-NewSession "Import-Module '$ModulePath'; Export-KrabAuthProfile '$file' -ProfileId openrouter:default -WhatIf -Product OpenClaw -StateDirectory '$($at.StateDirectory)'"
        $told | Should -Be "What if: Export openrouter:default to $file (with its secret)"
    }

    It 'tells what it would do' {
        $before = Get-Fingerprint $at.StateDirectory
        Export-KrabAuthProfile $file -IncludeOAuth -Move -WhatIf @at | Should -BeNullOrEmpty
        $file | Should -Not -Exist
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }
}
