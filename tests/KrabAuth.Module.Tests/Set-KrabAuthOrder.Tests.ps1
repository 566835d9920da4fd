BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Set-KrabAuthOrder' {
    BeforeEach { $script:at = Copy-Fixture }

    It 'stores the order and changes nothing else' {
        $before = Read-Store $at
        Set-KrabAuthOrder anthropic anthropic:default anthropic:manual @at | Should -BeNullOrEmpty
        $after = Read-Store $at
        $after.order.anthropic | Should -Be @('anthropic:default', 'anthropic:manual')
        foreach ($member in 'version', 'profiles', 'lastGood', 'usageStats') {
            $after[$member] | ConvertTo-Json -Depth 10 | Should -Be ($before[$member] | ConvertTo-Json -Depth 10)
        }
    }

    It 'takes the ids as <What>' -ForEach @(
        @{ What = 'words'; Set = { param($at) Set-KrabAuthOrder anthropic anthropic:manual anthropic:default @at } }
        @{ What = 'a list'; Set = { param($at) Set-KrabAuthOrder anthropic anthropic:manual, anthropic:default @at } }
        @{ What = '-ProfileId'; Set = { param($at) Set-KrabAuthOrder -Provider anthropic -ProfileId anthropic:manual, anthropic:default @at } }
        @{ What = '-Order'; Set = { param($at) Set-KrabAuthOrder anthropic -Order anthropic:manual, anthropic:default @at } }
        @{ What = 'pipeline texts'; Set = { param($at) 'anthropic:manual', 'anthropic:default' | Set-KrabAuthOrder anthropic @at } }
        @{ What = 'with repeats and blanks'; Set = { param($at) Set-KrabAuthOrder anthropic anthropic:manual '' anthropic:manual ' anthropic:default ' @at } }
    ) {
        & $Set $at
        (Read-Store $at).order.anthropic | Should -Be @('anthropic:manual', 'anthropic:default')
    }

    It 'gives the order with -PassThru' {
        $order = Set-KrabAuthOrder anthropic anthropic:default anthropic:work -PassThru @at
        $order.Source | Should -Be 'Stored'
        $order.Selected | Should -Be 'anthropic:default'
    }

    It 'writes to the state file of the two-file format and leaves the store alone' {
        $two = Copy-Fixture 'openclaw-2026.5.28'
        $before = Get-FileHash (Get-StorePath $two)
        Set-KrabAuthOrder anthropic anthropic:default @two
        (Get-FileHash (Get-StorePath $two)).Hash | Should -Be $before.Hash
        $state = Get-Content -Raw (Join-Path (Split-Path (Get-StorePath $two)) 'auth-state.json') | ConvertFrom-Json
        $state.order.anthropic | Should -Be 'anthropic:default'
    }

    It 'stores an order for what an agent inherits, with that agent' {
        $null = Initialize-Store -Agent helper -StateDirectory $at.StateDirectory
        Set-KrabAuthOrder anthropic anthropic:default -Agent helper @at
        (Read-Store $at helper).order.anthropic | Should -Be 'anthropic:default'
        (Read-Store $at).order.anthropic[0] | Should -Be 'anthropic:work'
    }

    It 'refuses <What> and leaves the file as it is' -ForEach @(
        @{ What = 'an id that is not there'; Ids = @('anthropic:work', 'anthropic:nobody'); Expected = 'ProfileNotFound'; Target = 'anthropic:nobody' }
        @{ What = 'a profile of another provider'; Ids = @('anthropic:work', 'openrouter:default'); Expected = 'ProviderMismatch'; Target = 'openrouter:default' }
        @{ What = 'an empty list'; Ids = @(); Expected = 'OrderEmpty'; Target = 'anthropic' }
        @{ What = 'blanks alone'; Ids = @('', ' '); Expected = 'OrderEmpty'; Target = 'anthropic' }
    ) {
        $before = Get-Fingerprint $at.StateDirectory
        $record = Assert-SingleError -Id $Expected { Set-KrabAuthOrder anthropic -ProfileId $Ids @at }
        $record.TargetObject | Should -Be $Target
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }

    It 'takes the provider from the pipeline: <What>' -ForEach @(
        @{ What = 'profiles'; Set = { Get-KrabAuthProfile anthropic:manual, anthropic:default @at | Set-KrabAuthOrder }; Expected = 'anthropic:manual', 'anthropic:default' }
        @{ What = 'candidates'; Set = { Resolve-KrabAuthProfile anthropic -Explain @at | Where-Object ProfileId -NE anthropic:work | Sort-Object ProfileId -Descending | Set-KrabAuthOrder }; Expected = 'anthropic:manual', 'anthropic:default' }
    ) {
        & $Set
        (Read-Store $at).order.anthropic | Should -Be $Expected
    }

    It 'copies an order to another agent: Get-KrabAuthOrder | Set-KrabAuthOrder -Agent' {
        $null = Initialize-Store -Agent helper -StateDirectory $at.StateDirectory
        $order = Get-KrabAuthOrder anthropic @at
        $order | Set-KrabAuthOrder -Agent helper
        (Read-Store $at helper).order.anthropic | Should -Be $order.Order
    }

    It 'makes an order for each provider of each agent, in the sequence in which their profiles come' {
        $null = Initialize-Store @{ 'anthropic:h' = Get-ApiKeyEntry anthropic } -Agent helper -StateDirectory $at.StateDirectory
        $orders = @(
            Get-KrabAuthProfile anthropic:manual @at
            Get-KrabAuthProfile z.ai:default @at
            Get-KrabAuthProfile anthropic:h -Agent helper @at
            Get-KrabAuthProfile anthropic:default @at
        ) | Set-KrabAuthOrder -PassThru
        $orders.Provider | Should -Be @('anthropic', 'zai', 'anthropic')
        $orders.Agent | Should -Be @('main', 'main', 'helper')
        (Read-Store $at).order.anthropic | Should -Be @('anthropic:manual', 'anthropic:default')
        (Read-Store $at helper).order.anthropic | Should -Be 'anthropic:h'
    }

    It 'asks once for what comes in many objects' {
        $told = Invoke-NewSession "Import-Module '$ModulePath'; Get-KrabAuthProfile anthropic:manual, anthropic:work -Product OpenClaw -StateDirectory '$($at.StateDirectory)' | Set-KrabAuthOrder -WhatIf"
        $told | Should -Be 'What if: Performing the operation "Set order: anthropic:manual, anthropic:work" on target "anthropic".'
    }

    It 'tells of an empty pipeline where a provider is given, and of one error once' {
        $null = Assert-SingleError -Id OrderEmpty { @() | Set-KrabAuthOrder anthropic @at }
        $null = Assert-SingleError -Id AgentNotFound { 'anthropic:work' | Set-KrabAuthOrder anthropic -Agent nobody @at }
        Get-CommandError { Get-KrabAuthProfile 'nobody:*' @at | Set-KrabAuthOrder } | Should -BeNullOrEmpty
    }

    It 'says the next command in its errors' {
        (Assert-SingleError -Id OrderEmpty { Set-KrabAuthOrder anthropic '' @at }).ErrorDetails.RecommendedAction | Should -Match 'Clear-KrabAuthOrder anthropic'
    }
}
