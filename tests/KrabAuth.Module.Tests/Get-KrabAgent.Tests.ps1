BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Get-KrabAgent' {
    BeforeEach {
        $script:at = Initialize-Store @{ 'openai:a' = Get-ApiKeyEntry openai } -Config @{
            agents = @{ list = @(@{ id = 'main' }, @{ id = 'work'; name = 'Work'; default = $true; model = 'openai/gpt-5.2' }) }
        }
        $null = New-Item -ItemType Directory -Path "$($at.StateDirectory)/agents/zoo/agent"
    }

    It 'gives the agents of the configuration, then those that have a directory only' {
        $agents = Get-KrabAgent @at
        $agents.Agent | Should -Be 'main', 'work', 'zoo'
        $agents.IsConfigured | Should -Be $true, $true, $false
        $agents.IsDefault | Should -Be $false, $true, $false
        $agents[1].Model | Should -Be 'openai/gpt-5.2'
        $agents[2].AgentDirectory | Should -Be (Join-Path $at.StateDirectory 'agents/zoo/agent')
    }

    It 'takes names and wildcards, from the pipeline too' {
        (Get-KrabAgent 'w*', zoo @at).Agent | Should -Be 'work', 'zoo'
        ('main', 'WORK' | Get-KrabAgent @at).Agent | Should -Be 'main', 'work'
    }

    It 'pipes into what works on an agent' {
        (Get-KrabAgent work @at | Get-KrabAuthOrder openai).Order | Should -Be 'openai:a'
        (Get-KrabAgent @at | Get-KrabAuthStore).Agent | Should -Be 'main', 'work', 'zoo'
    }

    It 'tells who is not there and goes on' {
        Assert-SingleError -Id AgentNotFound { Get-KrabAgent nobody @at } | Should -Not -BeNullOrEmpty
        (Get-KrabAgent nobody, main @at -ErrorAction SilentlyContinue).Agent | Should -Be 'main'
    }

    It 'completes agents' {
        $line = "Get-KrabAgent -StateDirectory '$($at.StateDirectory)' -Agent "
        ([Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)).CompletionMatches.ListItemText | Should -Be 'main', 'work', 'zoo'
    }
}
