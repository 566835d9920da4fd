BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Sync-KrabAuthProfile' {
    BeforeEach {
        $script:at = Initialize-Store
        $script:claudeFile = Join-Path $env:HOME '.claude/.credentials.json'
        $expires = [DateTimeOffset]::UtcNow.AddHours(3).ToUnixTimeMilliseconds()
        Write-PrivateFile $claudeFile ('{"claudeAiOauth":{"accessToken":"at-of-claude-0123456789","refreshToken":"rt-of-claude-0123456789","expiresAt":' + $expires + '}}')
    }
    AfterEach { Remove-Item -LiteralPath (Join-Path $env:HOME '.claude') -Recurse -Force -ErrorAction Ignore }

    It 'takes over and gives nothing' {
        Sync-KrabAuthProfile @at | Should -BeNullOrEmpty
        $profiles = (Read-Store $at).profiles
        $profiles.Keys | Should -Be 'anthropic:claude-cli'
        $profiles['anthropic:claude-cli'].refresh | Should -Be 'rt-of-claude-0123456789'
    }

    It 'gives what became of each program with -PassThru' {
        $logins = Sync-KrabAuthProfile -PassThru @at
        $logins.Tool | Should -Be 'claude', 'codex', 'qwen', 'minimax', 'gemini'
        $logins.Reason | Should -Be 'new', 'absent', 'absent', 'absent', 'absent'
        $logins[0].Action | Should -Be 'Add'
        $logins[0].Expires | Should -BeOfType [DateTimeOffset]
        ($logins | Sync-KrabAuthProfile -PassThru -WarningAction Ignore).Reason | Should -Be 'unchanged', 'absent', 'absent', 'absent', 'absent'
    }

    It 'changes nothing with -WhatIf, and tells what would be' {
        $before = Get-Fingerprint $at.StateDirectory
        $logins = Sync-KrabAuthProfile -WhatIf -PassThru @at
        $logins[0].Action | Should -Be 'Add'
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }

    It 'reads only what is named, by any of its names, whatever the configuration says' {
        $at = Initialize-Store -Config @{ auth = @{ externalCli = 'off' } }
        (Sync-KrabAuthProfile -PassThru @at).Reason | Select-Object -Unique | Should -Be 'switched_off'
        (Sync-KrabAuthProfile claude-code -PassThru @at).Action | Should -Be 'Add'
    }

    It 'warns of a file that cannot be understood, and goes on' {
        Write-PrivateFile $claudeFile '{'
        Write-PrivateFile (Join-Path $env:HOME '.qwen/oauth_creds.json') '{"access_token":"a","refresh_token":"r","expiry_date":4102444800000}'
        try {
            $warnings = Get-CommandWarning { Sync-KrabAuthProfile @at }
            $warnings | Should -HaveCount 1
            $warnings | Should -Match 'malformed'
            (Read-Store $at).profiles.Keys | Should -Be 'qwen-portal:qwen-cli'
            Get-Content -Raw -LiteralPath $claudeFile | Should -Be '{'
        }
        finally { Remove-Item -LiteralPath (Join-Path $env:HOME '.qwen') -Recurse -Force }
    }

    It 'refuses a program that it does not know' {
        $record = Assert-SingleError -Id ToolUnknown { Sync-KrabAuthProfile vim @at }
        $record.CategoryInfo.Category | Should -Be 'InvalidArgument'
    }

    It 'shows no token anywhere' {
        $all = Sync-KrabAuthProfile -PassThru -Verbose @at *>&1 | Format-List * | Out-String
        $all | Should -Match 'claude'
        $all | Should -Not -Match 'of-claude-0123456789'
    }

    It 'leaves the store alone when something is only read' {
        $before = Get-Fingerprint $at.StateDirectory
        $null = Get-KrabAuthProfile @at; $null = Get-KrabAuthStatus @at; $null = Test-KrabAuth @at
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }

    It 'completes the programs, without those that stand there' {
        (Get-Completion 'Sync-KrabAuthProfile -Tool c').CompletionText | Should -Be 'claude', 'codex'
        (Get-Completion 'Sync-KrabAuthProfile -Tool claude, c').CompletionText | Should -Be 'codex'
        (Get-Completion 'Sync-KrabAuthProfile -Tool q').ToolTip | Should -Be 'Qwen Code: qwen-portal:qwen-cli'
    }
}
