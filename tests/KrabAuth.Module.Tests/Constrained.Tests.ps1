# What an operator can do who is given every cmdlet but those that give secrets away, in a session that runs no code of his own.
BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $script:secretText = 'sk-test-NEVER-SHOWN-0123456789-tail'
    # A token, a header with one, a block or a program that gets one, a file with all of them.
    $script:tokenCommands = 'Get-KrabAuthToken', 'Get-KrabAuthHeader', 'Invoke-KrabAuthCommand', 'Export-KrabAuthProfile'
    $script:given = (Get-Command -Module KrabAuth).Name | Where-Object { $_ -notin $tokenCommands }

    # A session as an administrator configures it: nothing but what is named, and what puts it on the screen.
    function Open-Session {
        param([string] $LanguageMode)
        $file = Join-Path (Get-NewDirectory) 'session.pssc'
        [string[]] $visible = @($given) + @('Out-String', 'Format-Table', 'Format-List', 'Format-Wide', 'Select-Object')
        New-PSSessionConfigurationFile -Path $file -SessionType RestrictedRemoteServer -LanguageMode $LanguageMode -ModulesToImport "$ModulePath/KrabAuth.psd1" -VisibleCmdlets $visible
        $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateFromSessionConfigurationFile($file))
        $runspace.Open()
        $runspace
    }

    function Invoke-Session {
        param([runspace] $Runspace, [Collections.IDictionary] $Parameters, [string] $Command, $Through)
        $shell = [powershell]::Create($Runspace)
        try {
            $null = $shell.AddCommand($Command)
            foreach ($entry in $Parameters.GetEnumerator()) { $null = $shell.AddParameter($entry.Key, $entry.Value) }
            foreach ($name in $Through) { $null = $shell.AddCommand($name) }
            # As from outside: what is not visible is not found.
            foreach ($part in $shell.Commands.Commands) { $part.CommandOrigin = 'Runspace' }
            try { $shell.Invoke() } catch [Management.Automation.MethodInvocationException] { throw $_.Exception.InnerException }
            foreach ($record in $shell.Streams.Error) { throw $record.Exception }
        }
        finally { $shell.Dispose() }
    }
}
AfterAll { Exit-TestSession }

Describe 'A session in <_>, given all cmdlets but those that give secrets away' -ForEach 'NoLanguage', 'ConstrainedLanguage' {
    BeforeAll {
        $script:session = Open-Session $_
        $script:at = Initialize-Store ([ordered]@{
                'openai:a' = Get-ApiKeyEntry openai $secretText
                'openai:b' = Get-ApiKeyEntry openai $secretText
                'openai-codex:me' = Get-OAuthEntry openai-codex ([timespan]::FromDays(-1))
            })
        function Invoke-Own { param([string] $Command, [hashtable] $With = @{}, $Through) Invoke-Session -Runspace $session -Parameters ($at + $With) -Command $Command -Through $Through }
    }
    AfterAll { $script:session.Dispose() }

    It 'sees accounts in the views that everybody sees, without a secret' {
        $screen = "$(Invoke-Own Get-KrabAuthProfile -Through Out-String)"
        $screen | Should -Match 'Provider: openai'
        $screen | Should -Match 'openai:a +ApiKey static'
        $screen | Should -Match 'expired \(refreshable\)'
        "$(Invoke-Own Get-KrabAuthProfile -Through Format-List, Out-String)" | Should -Match '\(1d ago\)|\(24h ago\)'
        foreach ($command in 'Get-KrabAuthStatus', 'Test-KrabAuth', 'Get-KrabAuthOrder', 'Get-KrabAuthStore', 'Get-KrabAgent', 'Get-KrabAuthCooldown', 'Get-KrabAuthSession') {
            "$(Invoke-Own $command -Through Out-String)$(Invoke-Own $command -Through Format-List, Out-String)" | Should -Not -Match 'NEVER-SHOWN'
        }
    }

    It 'signs in, orders, holds out, lets in, renames, copies and removes' {
        Invoke-Own Connect-KrabProvider @{ Provider = 'groq'; Method = 'ApiKey'; Secret = ConvertTo-Secret 'gsk_0123456789abcdef' }
        Invoke-Own Set-KrabAuthOrder @{ Provider = 'openai'; ProfileId = 'openai:b', 'openai:a' }
        (Invoke-Own Get-KrabAuthOrder @{ Provider = 'openai' }).Order | Should -Be @('openai:b', 'openai:a')
        (Invoke-Own Resolve-KrabAuthProfile @{ Provider = 'openai' }).ProfileId | Should -Be 'openai:b'
        Invoke-Own Disable-KrabAuthProfile @{ ProfileId = 'openai:b' }
        (Invoke-Own Resolve-KrabAuthProfile @{ Provider = 'openai' }).ProfileId | Should -Be 'openai:a'
        Invoke-Own Enable-KrabAuthProfile @{ ProfileId = 'openai:b' }
        Invoke-Own Register-KrabAuthFailure @{ ProfileId = 'openai:b'; Reason = 'rate_limit' }
        (Invoke-Own Get-KrabAuthCooldown).ProfileId | Should -Be 'openai:b'
        Invoke-Own Clear-KrabAuthCooldown @{ ProfileId = 'openai:b'; Confirm = $false }
        Invoke-Own Set-KrabAuthSession @{ Session = 'chat'; ProfileId = 'openai:a' }
        Invoke-Own Rename-KrabAuthProfile @{ ProfileId = 'openai:a'; NewName = 'first' }
        Invoke-Own Copy-KrabAuthProfile @{ ProfileId = 'openai:first'; NewName = 'second' }
        Invoke-Own Set-KrabAuthProfile @{ ProfileId = 'openai:second'; DisplayName = 'Second' }
        Invoke-Own Remove-KrabAuthProfile @{ ProfileId = 'groq:manual'; Confirm = $false }
        $page = Join-Path (Get-NewDirectory) 'report.html'
        Invoke-Own Export-KrabAuthReport @{ Path = $page }
        $page | Should -Exist
        (Invoke-Own Get-KrabAuthProfile).ProfileId | Should -Be @('openai:b', 'openai:first', 'openai:second', 'openai-codex:me')
    }

    It 'has the view that is coloured in C#, in which no script runs' {
        $before = $PSStyle.OutputRendering
        $PSStyle.OutputRendering = 'Ansi'
        try { "$(Invoke-Own Test-KrabAuth -Through Out-String)".Contains("$($PSStyle.Foreground.Green)Passed") | Should -BeTrue } finally { $PSStyle.OutputRendering = $before }
    }

    It 'reads no token: <_> is not to be found' -ForEach 'Get-KrabAuthToken', 'Get-KrabAuthHeader', 'Invoke-KrabAuthCommand', 'Export-KrabAuthProfile', 'Import-Module', 'Get-Content' {
        { Invoke-Own $_ @{ Provider = 'openai' } } | Should -Throw -ExceptionType ([Management.Automation.CommandNotFoundException])
    }

    It 'gives no object with a secret in a member that could be reached' {
        foreach ($command in $given -like 'Get-*' | Where-Object { $_ -ne 'Get-KrabAuthUsage' }) {
            foreach ($object in Invoke-Own $command) { "$($object | ConvertTo-Json -Depth 6 -WarningAction Ignore)$($object | Format-List * -Force | Out-String)" | Should -Not -Match 'NEVER-SHOWN|at-test-|rt-test-' }
        }
    }
}

Describe 'Every cmdlet that gives a secret away' {
    It 'is one that a session can be left without' {
        # Secrets leave as SecureString, text, headers, an encrypted file, or to what is run with them.
        $secret = Get-Command -Module KrabAuth | Where-Object { $_.OutputType.Type -contains [securestring] -or $_.OutputType.Type -contains [hashtable] -or ($_.Verb -in 'Invoke', 'Export' -and $_.Name -ne 'Export-KrabAuthReport') }
        $secret.Name | Sort-Object | Should -Be ($tokenCommands | Sort-Object)
    }
}
