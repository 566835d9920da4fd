BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Objects in the pipeline' {
    It 'remove what expires soon, in the store that they came from' {
        $at = Copy-Fixture
        Get-KrabAuthProfile @at | Where-Object Expires -LT (Get-Date).AddDays(1) | Remove-KrabAuthProfile -Confirm:$false
        (Get-KrabAuthProfile @at).ProfileId | Should -Be @('anthropic:default', 'anthropic:manual', 'openai-codex:me@example.com', 'openrouter:default', 'z.ai:default')
    }

    It 'only tell what would be removed with -WhatIf' {
        $at = Copy-Fixture
        $before = Get-Fingerprint $at.StateDirectory -IncludeQueue
        Get-KrabAuthProfile @at | Where-Object Expires -LT (Get-Date).AddYears(1) | Remove-KrabAuthProfile -WhatIf
        Get-Fingerprint $at.StateDirectory -IncludeQueue | Should -Be $before
    }

    It 'carry agent, product and state directory: two stores, one pipeline' {
        $first = Initialize-Store @{ 'openai:a' = Get-ApiKeyEntry openai; 'openai:keep' = Get-ApiKeyEntry openai }
        $second = Copy-Fixture
        $null = Initialize-Store @{ 'openai:h' = Get-ApiKeyEntry openai } -Agent helper -StateDirectory $first.StateDirectory
        @(
            Get-KrabAuthProfile openai:a @first
            Get-KrabAuthProfile anthropic:work @second
            Get-KrabAuthProfile openai:h -Agent helper @first
        ) | Remove-KrabAuthProfile -Confirm:$false
        (Read-Store $first).profiles.Keys | Should -Be 'openai:keep'
        (Read-Store $first helper).profiles.Count | Should -Be 0
        (Read-Store $second).profiles.Keys | Should -Not -Contain 'anthropic:work'
        (Read-Store $second).profiles.Count | Should -Be 7
    }

    It 'are bound by property names of any object: a row of a CSV file does' {
        $at = Copy-Fixture
        $file = Join-Path (Get-NewDirectory) 'profiles.csv'
        Get-KrabAuthProfile -Type ApiKey @at | Select-Object ProfileId, Agent, Product, StateDirectory | Export-Csv $file
        Import-Csv $file | Disable-KrabAuthProfile
        (Get-KrabAuthProfile @at | Where-Object Enabled -EQ $false).ProfileId | Should -Be @('anthropic:default', 'openrouter:default', 'z.ai:default')
    }

    It 'go back into Get-KrabAuthProfile: <From>' -ForEach @(
        @{ From = 'profiles'; Get = { param($at) Get-KrabAuthProfile anthropic:work @at }; Expected = 'anthropic:work' }
        @{ From = 'candidates'; Get = { param($at) Resolve-KrabAuthProfile openrouter -Explain @at }; Expected = 'openrouter:default' }
        @{ From = 'checks'; Get = { param($at) Test-KrabAuth @at | Where-Object Result -EQ Warning | Where-Object Kind -EQ Profile }; Expected = 'anthropic:work' }
        @{ From = 'a chosen profile'; Get = { param($at) Resolve-KrabAuthProfile zai @at }; Expected = 'z.ai:default' }
    ) {
        $at = Copy-Fixture
        $again = & $Get $at | Get-KrabAuthProfile
        $again.ProfileId | Should -Be $Expected
        $again.StateDirectory | Should -Be $at.StateDirectory
    }

    It 'bring agents from Get-KrabAuthStore' {
        $at = Initialize-Store @{ 'openai:m' = Get-ApiKeyEntry openai }
        $null = Initialize-Store @{ 'openai:h' = Get-ApiKeyEntry openai } -Agent helper -StateDirectory $at.StateDirectory
        $status = Get-KrabAuthStore * @at | Get-KrabAuthStatus
        $status.Agent | Should -Be @('main', 'helper')
        $status.ProfileCount | Should -Be @(1, 2)
    }

    It 'let the status name the order that is looked at' {
        $at = Copy-Fixture
        (Get-KrabAuthStatus @at | Where-Object Provider -EQ anthropic | Get-KrabAuthOrder).StoredOrder[0] | Should -Be 'anthropic:work'
    }

    It 'set the order that they have: Get-KrabAuthProfile | Sort-Object | Set-KrabAuthOrder' {
        $at = Copy-Fixture
        Get-KrabAuthProfile -Provider anthropic @at | Sort-Object Expires, ProfileId | Set-KrabAuthOrder anthropic
        (Read-Store $at).order.anthropic | Should -Be @('anthropic:work', 'anthropic:default', 'anthropic:manual')
    }

    It 'copy an order from one agent to another' {
        $at = Copy-Fixture
        $null = Initialize-Store -Agent helper -StateDirectory $at.StateDirectory
        (Get-KrabAuthOrder anthropic @at).StoredOrder | Set-KrabAuthOrder anthropic -Agent helper @at
        (Get-KrabAuthOrder anthropic -Agent helper @at).StoredOrder | Should -Be @('anthropic:work', 'anthropic:manual', 'anthropic:default')
    }

    It 'write one order, not one for each object' {
        $at = Copy-Fixture
        @(Get-KrabAuthProfile -Provider anthropic @at | Set-KrabAuthOrder anthropic -PassThru).Count | Should -Be 1
    }

    It 'stop at the first object that is asked for' {
        $at = Copy-Fixture
        @(Get-KrabAuthProfile @at | Select-Object -First 1).ProfileId | Should -Be 'anthropic:default'
    }

    It 'go on after an error, and stop with -ErrorAction Stop' {
        $at = Copy-Fixture
        'a:a', 'openrouter:default' | Remove-KrabAuthProfile -Confirm:$false -ErrorAction SilentlyContinue @at
        (Read-Store $at).profiles.Keys | Should -Not -Contain 'openrouter:default'
        { 'a:a', 'z.ai:default' | Remove-KrabAuthProfile -Confirm:$false -ErrorAction Stop @at } | Should -Throw -ErrorId 'ProfileNotFound,KrabAuth.Commands.RemoveKrabAuthProfileCommand'
        (Read-Store $at).profiles.Keys | Should -Contain 'z.ai:default'
    }
}

Describe 'Several runspaces' {
    It 'add 80 profiles to one store at the same time, and all are there' {
        $at = Initialize-Store @{ 'openai:first' = Get-ApiKeyEntry openai }
        $module = $ModulePath
        $problems = 1..80 | ForEach-Object -ThrottleLimit 8 -Parallel {
            if (-not (Get-Module KrabAuth)) { Import-Module $using:module }
            $splat = $using:at
            $null = "sk-parallel-$_-0123456789" | Connect-KrabProvider openai -ProfileId "p$_" @splat
        } 2>&1 3>&1
        $problems | Should -BeNullOrEmpty
        $stored = (Read-Store $at).profiles
        $stored.Count | Should -Be 81
        foreach ($number in 1..80) { $stored["openai:p$number"].key | Should -Be "sk-parallel-$number-0123456789" }
    }
}
