BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $script:at = Initialize-Store @{ 'openai:key' = Get-ApiKeyEntry openai }

    # What PowerShell shows at the prompt after a line, in a session of its own.
    function Get-Feedback {
        param([string] $Line, [string] $Before = 'Enable-KrabAuthFeedback')
        $runspace = [runspacefactory]::CreateRunspace()
        $runspace.Open()
        try {
            $settings = [Management.Automation.PSInvocationSettings]@{ AddToHistory = $true }
            foreach ($text in "Import-Module '$ModulePath'; $Before", $Line) {
                $shell = [powershell]::Create($runspace)
                $null = $shell.AddScript($text).Invoke($null, $settings)
                $shell.Dispose()
            }
            [Management.Automation.Subsystem.Feedback.FeedbackHub]::GetFeedback($runspace, 10000) | Where-Object Name -EQ KrabAuth
        }
        finally { $runspace.Dispose() }
    }
}
AfterAll {
    Disable-KrabAuthFeedback
    Exit-TestSession
}

Describe 'Enable-KrabAuthFeedback' {
    AfterEach { Disable-KrabAuthFeedback }

    It 'shows the command that mends an error' {
        $feedback = Get-Feedback "Get-KrabAuthToken groq -StateDirectory '$($at.StateDirectory)'"
        $feedback.Item.Header | Should -Be 'The next step:'
        $expected = (Get-CommandError { Get-KrabAuthToken groq @at }).ErrorDetails.RecommendedAction
        $expected | Should -Match '^Connect-KrabProvider groq'
        $feedback.Item.RecommendedActions | Should -Be $expected
    }

    It 'offers only what is a command: <What>' -ForEach @(
        @{ What = 'words'; Line = 'Connect-KrabProvider openai -ProfileId "a b"'; Header = '^Use <provider>:<name>'; Action = $null }
        @{ What = 'words and a command'; Line = 'Get-KrabAgent nobody'; Header = 'or make it:$'; Action = 'New-KrabAgent nobody' }
        @{ What = 'something to be filled in'; Line = 'Set-KrabAuthOrder openai ""'; Header = '^Set-KrabAuthOrder openai <profile id>'; Action = $null }
        @{ What = 'a command'; Line = 'Get-KrabAuthProfile openai:nobody'; Header = '^The next step:$'; Action = 'Get-KrabAuthProfile' }
    ) {
        $item = (Get-Feedback "$Line -StateDirectory '$($at.StateDirectory)'").Item
        $item.Header | Should -Match $Header
        $item.RecommendedActions | Should -Be $Action
    }

    It 'shows a command that is one command, whatever is in an id: <Id>' -ForEach @(
        @{ Id = "openai:x'; throw 'run'; '" }, @{ Id = 'openai:$(throw "run")' }, @{ Id = "openai:a$([char]0x2018); throw 'run'" }
    ) {
        $odd = Initialize-Store @{ $Id = @{ type = 'api_key'; provider = 'openai' } }
        $action = (Get-CommandError { Get-KrabAuthToken -ProfileId $Id @odd }).ErrorDetails.RecommendedAction
        $problems = $null
        $ast = [Management.Automation.Language.Parser]::ParseInput($action, [ref]$null, [ref]$problems)
        $problems | Should -BeNullOrEmpty
        $calls = $ast.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)
        $calls.Count | Should -Be 1 -Because $action
        $calls[0].CommandElements[-1].SafeGetValue() | Should -BeExactly $Id
    }

    It 'says nothing of <What>' -ForEach @(
        @{ What = 'an error of another command'; Line = 'Get-Item ./not-there' }
        @{ What = 'what works'; Line = "Get-KrabAuthProfile -StateDirectory '$TestDrive'" }
    ) {
        Get-Feedback $Line | Should -BeNullOrEmpty
    }

    It 'is nothing that comes by itself' {
        Get-Feedback "Get-KrabAuthToken groq -StateDirectory '$($at.StateDirectory)'" -Before '' | Should -BeNullOrEmpty
    }

    It 'can be said twice' {
        Enable-KrabAuthFeedback
        { Enable-KrabAuthFeedback } | Should -Not -Throw
    }
}
