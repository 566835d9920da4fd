BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'New-KrabAgent' {
    BeforeEach {
        $script:at = Initialize-Store ([ordered]@{ 'openai:a' = Get-ApiKeyEntry openai; 'openai-codex:me' = Get-OAuthEntry openai-codex ([timespan]::FromHours(1)) })
        $script:config = Join-Path $at.StateDirectory 'krabkrab.json'
    }

    It 'makes the directories and the entry' {
        $agent = New-KrabAgent Work -Model openai/gpt-5.2 @at -WarningAction SilentlyContinue
        $agent.Agent | Should -Be 'work'
        $agent.AgentDirectory | Should -Exist
        $agent.Workspace | Should -Exist
        $list = (Get-Content -Raw -LiteralPath $config | ConvertFrom-Json).agents.list
        $list.id | Should -Be 'main', 'work'
        $list[1].model | Should -Be 'openai/gpt-5.2'
        (Get-KrabAgent @at | Where-Object IsDefault).Agent | Should -Be 'main'
    }

    It 'takes relative directories from the current location' {
        Push-Location -LiteralPath $TestDrive
        try { $agent = New-KrabAgent work -Workspace w -AgentDirectory d @at }
        finally { Pop-Location }
        $agent.Workspace | Should -Be (Join-Path $TestDrive w)
        $agent.AgentDirectory | Should -Be (Join-Path $TestDrive d)
    }

    It 'inherits without a copy, and copies keys alone' {
        $null = New-KrabAgent plain @at
        (Get-KrabAuthProfile -Agent plain @at).Inherited | Should -Be $true, $true
        $null = New-KrabAgent keys -CopyProfile @at
        $profiles = Get-KrabAuthProfile -Agent keys @at
        ($profiles | Where-Object -Not Inherited).ProfileId | Should -Be 'openai:a'
        (Read-Store $at keys).profiles.Keys | Should -Be 'openai:a'
    }

    It 'refuses <Name>: <Id>' -ForEach @(@{ Name = 'main'; Id = 'AgentReserved' }, @{ Name = 'work'; Id = 'AgentExists' }) {
        $null = New-KrabAgent work @at
        Assert-SingleError -Id $Id { New-KrabAgent $Name @at } | Should -Not -BeNullOrEmpty
    }

    It 'brings back what was removed, and nothing else' {
        $agent = New-KrabAgent work @at
        'sk-0123456789-work' | Connect-KrabProvider openai -Agent work @at | Out-Null
        $before = Get-Content -Raw -LiteralPath (Get-StorePath $at work)
        Remove-KrabAgent work -Confirm:$false @at
        (New-KrabAgent work -FromTrash @at).AgentDirectory | Should -Be $agent.AgentDirectory
        Get-Content -Raw -LiteralPath (Get-StorePath $at work) | Should -Be $before
        Assert-SingleError -Id AgentNotInTrash { New-KrabAgent other -FromTrash @at } | Should -Not -BeNullOrEmpty
    }
}
