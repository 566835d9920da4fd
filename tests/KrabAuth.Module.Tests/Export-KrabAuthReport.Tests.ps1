BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Export-KrabAuthReport' {
    BeforeEach {
        $script:at = Initialize-Store @{ 'openai:a' = Get-ApiKeyEntry openai 'sk-report-0123456789'; 'groq:b' = Get-ApiKeyEntry groq 'sk-report-9876543210' }
        $script:file = "$TestDrive/report-$(New-Guid).html"
    }

    It 'writes a page of every profile that is well-formed and holds no secret' {
        Export-KrabAuthReport $file @at | Should -BeNullOrEmpty
        $page = [IO.File]::ReadAllText($file)
        { [xml]($page -replace '^<!DOCTYPE html>') } | Should -Not -Throw
        $page | Should -Match 'openai:a'
        $page | Should -Match 'groq:b'
        $page | Should -Not -Match 'sk-report|sk-rep'
        $page | Should -Match "default-src 'none'|default-src &#39;none&#39;"
    }

    It 'gives the file with -PassThru, readable by its owner alone' {
        $written = Export-KrabAuthReport $file -PassThru @at
        $written | Should -BeOfType ([IO.FileInfo])
        $written.FullName | Should -Be ([IO.Path]::GetFullPath($file))
        if (-not $IsWindows) { [IO.File]::GetUnixFileMode($file) | Should -Be ([IO.UnixFileMode]'UserRead, UserWrite') }
    }

    It 'takes a path from the current location' {
        Push-Location $TestDrive
        try { (Export-KrabAuthReport ./here.html -Force -PassThru @at).FullName | Should -Be ([IO.Path]::Combine((Get-Location).ProviderPath, 'here.html')) }
        finally { Pop-Location }
    }

    It 'replaces nothing without -Force' {
        Set-Content -LiteralPath $file -Value 'mine'
        $null = Assert-SingleError { Export-KrabAuthReport $file @at } ReportFileExists
        Get-Content -LiteralPath $file | Should -Be 'mine'
        Export-KrabAuthReport $file -Force @at
        Get-Content -LiteralPath $file -TotalCount 1 | Should -Be '<!DOCTYPE html>'
    }

    It 'takes variables for no files' {
        $null = Assert-SingleError { Export-KrabAuthReport Env:/report.html @at } PathElsewhere
        Test-Path Env:/report.html | Should -BeFalse
    }

    It 'says where it cannot write' {
        $null = Assert-SingleError { Export-KrabAuthReport "$TestDrive/nowhere/report.html" @at } ReportNotWritten
    }

    It 'writes nothing with -WhatIf' {
        Export-KrabAuthReport $file -WhatIf @at
        Test-Path -LiteralPath $file | Should -BeFalse
    }

    It 'says why quotas are unknown with -Usage' {
        Export-KrabAuthReport $file -Usage @at
        [IO.File]::ReadAllText($file) | Should -Match 'unknown: '
    }
}
