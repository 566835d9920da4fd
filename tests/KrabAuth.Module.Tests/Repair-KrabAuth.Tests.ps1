BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Repair-KrabAuth' {
    BeforeEach {
        $script:at = Initialize-Store @{ 'openai:a' = Get-ApiKeyEntry openai }
        $script:store = Get-StorePath $at
        Repair-KrabAuth @at | Out-Null
    }

    It 'gives nothing where all is well' {
        Repair-KrabAuth @at | Should -BeNullOrEmpty
    }

    It 'mends a flat store, keeps it as it was, and is clean then' {
        $flat = '{ "openai": { "apiKey": "sk-0123456789-flat" } }'
        Set-Content -LiteralPath $store -Value $flat -NoNewline
        $finding = Repair-KrabAuth @at
        $finding | Should -BeOfType KrabAuth.Diagnostics.Doctor.DoctorFinding
        $finding.Id, $finding.Severity, $finding.Agent, $finding.Subject, $finding.IsFixed, $finding.CanFix | Should -Be 'flat-store', 'Error', 'main', $store, $true, $false
        Get-Content -LiteralPath $finding.Backup -Raw | Should -Be $flat
        (Get-KrabAuthProfile @at).ProfileId | Should -Be 'openai:default'
        Repair-KrabAuth @at | Should -BeNullOrEmpty
    }

    It 'only looks with -WhatIf' {
        Set-Content -LiteralPath $store -Value '{ broken'
        $before = Get-Fingerprint $at.StateDirectory
        $finding = Repair-KrabAuth -WhatIf @at
        Get-Fingerprint $at.StateDirectory | Should -Be $before
        $finding.Id, $finding.CanFix, $finding.IsFixed | Should -Be 'store-unreadable', $true, $false
        $finding.Fix | Should -BeLike 'Move it aside*'
    }

    It 'mends with -SafeOnly what takes nothing away, and nothing else' {
        Set-Content -LiteralPath $store -Value '{ "openai": { "apiKey": "sk-0123456789-flat" } }'
        $lock = New-Item -ItemType Directory "$store.lock"
        $lock.LastWriteTime = (Get-Date).AddHours(-1)
        $findings = Repair-KrabAuth -SafeOnly @at
        $findings.Id | Should -Be 'stale-lock', 'flat-store'
        $findings.IsFixed | Should -Be $true, $false
        "$store.lock" | Should -Not -Exist
    }

    It 'looks at one agent, also from the pipeline' {
        $null = New-KrabAgent work @at
        Set-Content -LiteralPath (Get-StorePath $at work) -Value '{ broken'
        Repair-KrabAuth -WhatIf -Agent main @at | Where-Object Id -EQ store-unreadable | Should -BeNullOrEmpty
        (Get-KrabAgent work @at | Repair-KrabAuth -WhatIf | Where-Object Id -EQ store-unreadable).Agent | Should -Be 'work'
    }

    It 'refuses an agent that does not exist' {
        Assert-SingleError -Id AgentNotFound { Repair-KrabAuth -Agent nobody @at } | Should -Not -BeNullOrEmpty
    }
}
