BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Remove-KrabAgent' {
    BeforeEach {
        $script:at = Initialize-Store @{ 'openai:a' = Get-ApiKeyEntry openai }
        $null = New-KrabAgent work @at
        'sk-0123456789-work' | Connect-KrabProvider openai -Agent work @at | Out-Null
    }

    It 'moves everything to the trash and gives nothing' {
        $store = Get-Content -Raw -LiteralPath (Get-StorePath $at work)
        Get-KrabAgent work @at | Remove-KrabAgent -Confirm:$false | Should -BeNullOrEmpty
        (Get-KrabAgent @at).Agent | Should -Be 'main'
        Get-StorePath $at work | Should -Not -Exist
        $kept = Get-ChildItem -LiteralPath (Join-Path $at.StateDirectory trash) -Recurse -Filter auth-profiles.json
        Get-Content -Raw -LiteralPath $kept.FullName | Should -Be $store
    }

    It 'tells where with -Verbose' {
        $said = Remove-KrabAgent work -Confirm:$false -Verbose @at 4>&1
        "$said" | Should -BeLike '*The files of work are in *trash*'
    }

    It 'does nothing with -WhatIf' {
        $before = Get-Fingerprint $at.StateDirectory
        Remove-KrabAgent work -WhatIf @at
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }

    It 'refuses <Name>: <Id>' -ForEach @(@{ Name = 'main'; Id = 'AgentProtected' }, @{ Name = 'nobody'; Id = 'AgentNotFound' }) {
        Assert-SingleError -Id $Id { Remove-KrabAgent $Name -Confirm:$false @at } | Should -Not -BeNullOrEmpty
        Get-StorePath $at | Should -Exist
    }
}
