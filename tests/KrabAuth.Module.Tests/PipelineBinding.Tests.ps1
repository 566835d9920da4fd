BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Parameters that take the pipeline' {
    It 'are never a text of an object: each has the transformation that refuses one' {
        $flawed = foreach ($command in Get-Command -Module KrabAuth -CommandType Cmdlet) {
            foreach ($parameter in $command.Parameters.Values) {
                if ($parameter.ParameterType -notin [string], [string[]]) { continue }
                $takesPipeline = @($parameter.ParameterSets.Values | Where-Object ValueFromPipeline).Count -gt 0
                $isGuarded = @($parameter.Attributes | Where-Object { $_ -is [KrabAuth.Parameters.TextTransformationAttribute] }).Count -eq 1
                if ($takesPipeline -ne $isGuarded) { "$($command.Name) -$($parameter.Name)" }
            }
        }
        $flawed | Should -BeNullOrEmpty
    }

    It 'are no object of any other type' {
        $loose = foreach ($command in Get-Command -Module KrabAuth -CommandType Cmdlet) {
            $command.Parameters.Values | Where-Object { $_.ParameterType -in [object], [object[]], [psobject], [psobject[]] -and @($_.ParameterSets.Values | Where-Object ValueFromPipeline) } |
                ForEach-Object { "$($command.Name) -$($_.Name)" }
        }
        $loose | Should -BeNullOrEmpty
    }
}

Describe 'The transformation of texts' {
    BeforeAll {
        function ConvertTo-Argument { param($Value, [string[]] $Property = 'ProfileId') [KrabAuth.Parameters.TextTransformationAttribute]::new($Property).Transform($null, $Value) }
    }

    It 'leaves text, numbers and nothing as they are' {
        ConvertTo-Argument 'a:b' | Should -BeExactly 'a:b'
        ConvertTo-Argument ([psobject]'a:b') | Should -BeExactly 'a:b'
        ConvertTo-Argument 42 | Should -Be 42
        ConvertTo-Argument $null | Should -BeNullOrEmpty
        @(ConvertTo-Argument @('a:b', 7, ([psobject]'c:d'))) | Should -Be @('a:b', 7, 'c:d')
    }

    It 'takes of an object its property, one of its texts or all' {
        ConvertTo-Argument ([pscustomobject]@{ ProfileId = 'a:b' }) | Should -BeExactly 'a:b'
        @(ConvertTo-Argument ([pscustomobject]@{ Order = 'a:b', 'c:d' }) -Property ProfileId, Order) | Should -Be @('a:b', 'c:d')
        @(ConvertTo-Argument @([pscustomobject]@{ ProfileId = 'a:b' }, 'c:d')) | Should -Be @('a:b', 'c:d')
    }

    It 'refuses an object that has none: <What>' -ForEach @(
        @{ What = 'another one'; Value = { [pscustomobject]@{ Name = 'x' } } }
        @{ What = 'one whose property is null'; Value = { [pscustomobject]@{ ProfileId = $null } } }
        @{ What = 'a dictionary'; Value = { @{ ProfileId = 'a:b' } } }
        @{ What = 'one that was serialised'; Value = { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize([timespan]::Zero, 1)), [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize((Get-Process -Id $PID), 1)) } }
    ) {
        $problem = { ConvertTo-Argument (& $Value) } | Should -Throw -ExpectedMessage '*has no property ProfileId."' -PassThru
        $refusal = $problem.Exception.InnerException
        $refusal | Should -BeOfType ([Management.Automation.ArgumentTransformationMetadataException])
        $refusal.InnerException | Should -BeOfType ([Management.Automation.PSInvalidCastException]) -Because 'the binder goes on by name after it alone'
    }
}

Describe 'Objects of one command in another' {
    BeforeAll {
        $script:at = Initialize-Store @{
            'groq:work' = Get-ApiKeyEntry groq; 'groq:home' = Get-ApiKeyEntry groq; 'openai:a' = Get-ApiKeyEntry openai
        } -Order @{ groq = @('groq:work', 'groq:home') } -UsageStats @{ 'groq:work' = @{ cooldownUntil = [DateTimeOffset]::UtcNow.AddHours(1).ToUnixTimeMilliseconds(); errorCount = 1 } }
        $null = Initialize-Store @{ 'mistral:ops' = Get-ApiKeyEntry mistral } -Agent ops -StateDirectory $at.StateDirectory

        # What is in the pipeline after it was sent to another process and back, as by a job or remoting.
        function ConvertTo-Sent { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize(@($input), 2)) }
    }

    It 'mean the agent: Get-KrabAgent ops | <Name>' -ForEach @(
        @{ Name = 'Test-KrabAuth'; Run = { process { $_ | Test-KrabAuth } }; Expected = 'groq:home', 'groq:work', 'groq', 'mistral:ops', 'mistral', 'openai:a', 'openai'; Property = 'Target' }
        @{ Name = 'Get-KrabAuthProfile'; Run = { process { $_ | Get-KrabAuthProfile } }; Expected = 'groq:home', 'groq:work', 'mistral:ops', 'openai:a'; Property = 'ProfileId' }
        @{ Name = 'Get-KrabAuthOrder'; Run = { process { $_ | Get-KrabAuthOrder } }; Expected = 'groq', 'mistral', 'openai'; Property = 'Provider' }
        @{ Name = 'Get-KrabAuthCooldown'; Run = { process { $_ | Get-KrabAuthCooldown } }; Expected = 'groq:work'; Property = 'ProfileId' }
        @{ Name = 'Get-KrabAuthStatus'; Run = { process { $_ | Get-KrabAuthStatus } }; Expected = 'groq', 'mistral', 'openai'; Property = 'Provider' }
    ) {
        $agent = Get-KrabAgent ops @at
        $store = Get-KrabAuthStore ops @at
        foreach ($from in $agent, $store, ($agent | ConvertTo-Sent), ($store | ConvertTo-Sent)) {
            $given = $from | & $Run
            $given.$Property | Should -Be $Expected
            $given.Agent | Sort-Object -Unique | Should -Be 'ops'
        }
    }

    It 'mean the provider: <Name> | Get-KrabAuthProfile' -ForEach @(
        @{ Name = 'Get-KrabAuthStatus'; Get = { Get-KrabAuthStatus @at | Where-Object Provider -EQ groq } }
        @{ Name = 'Get-KrabAuthOrder'; Get = { Get-KrabAuthOrder groq @at } }
        @{ Name = 'Test-KrabAuth'; Get = { Test-KrabAuth groq @at | Where-Object Kind -EQ Provider } }
    ) {
        (& $Get | Get-KrabAuthProfile).ProfileId | Should -Be @('groq:home', 'groq:work')
        (& $Get | ConvertTo-Sent | Get-KrabAuthProfile).ProfileId | Should -Be @('groq:home', 'groq:work')
    }

    It 'mean the provider, in the state directory that is given: Get-KrabProvider | Get-KrabAuthProfile' {
        (Get-KrabProvider groq | Get-KrabAuthProfile @at).ProfileId | Should -Be @('groq:home', 'groq:work')
        (Get-KrabProvider groq | Get-KrabAuthCooldown @at).ProfileId | Should -Be 'groq:work'
    }

    It 'are no profile where one is needed: <Name>' -ForEach @(
        @{ Name = 'Get-KrabAgent | Remove-KrabAuthProfile'; Run = { Get-KrabAgent ops @at | Remove-KrabAuthProfile -Confirm:$false } }
        @{ Name = 'Get-KrabProvider | Copy-KrabAuthProfile'; Run = { Get-KrabProvider groq | Copy-KrabAuthProfile -NewName copy @at } }
        @{ Name = 'Get-KrabAuthStore | Import-KrabAuthProfile'; Run = { Get-KrabAuthStore @at | Import-KrabAuthProfile } }
        @{ Name = 'Get-Process | Resolve-KrabAuthProfile'; Run = { Get-Process -Id $PID | Resolve-KrabAuthProfile @at } }
    ) {
        $before = Get-Fingerprint $at.StateDirectory
        $problems = @(Get-CommandError $Run)
        $problems.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -Match '^InputObject(NotBound|MissingMandatory),'
        Get-Fingerprint $at.StateDirectory | Should -Be $before
    }

    It 'end no wait of another agent: Get-KrabAgent ops | Clear-KrabAuthCooldown' {
        Get-KrabAgent ops @at | Clear-KrabAuthCooldown -Confirm:$false
        (Get-KrabAuthCooldown @at).ProfileId | Should -Be 'groq:work'
    }

    It 'still stand for their id as an argument' {
        $chosen = Get-KrabAuthProfile groq:* @at
        (Get-KrabAuthProfile $chosen @at).ProfileId | Should -Be @('groq:home', 'groq:work')
        (Get-KrabAuthOrder (Get-KrabAuthProfile openai:a @at) @at).Provider | Should -Be 'openai'
        { Get-KrabAuthProfile (Get-KrabAgent ops @at) @at } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
    }

    It 'are looked at once, however many name them: profiles | <Name>' -ForEach @(
        @{ Name = 'Get-KrabAuthStatus'; Run = { $input | Get-KrabAuthStatus }; Expected = 2 }
        @{ Name = 'Get-KrabAuthStore'; Run = { $input | Get-KrabAuthStore }; Expected = 1 }
        @{ Name = 'Get-KrabAgent'; Run = { $input | Get-KrabAgent }; Expected = 1 }
        @{ Name = 'Get-KrabProvider'; Run = { $input | Get-KrabProvider }; Expected = 2 }
        @{ Name = 'Get-KrabAuthOrder'; Run = { $input | Get-KrabAuthOrder }; Expected = 2 }
        @{ Name = 'Resolve-KrabAuthProfile'; Run = { $input | Resolve-KrabAuthProfile }; Expected = 2 }
        @{ Name = 'Get-KrabAuthProfile'; Run = { $input | Get-KrabAuthProfile }; Expected = 3 }
        @{ Name = 'Test-KrabAuth'; Run = { $input | Test-KrabAuth }; Expected = 3 }
        @{ Name = 'Sync-KrabAuthProfile'; Run = { $input | Sync-KrabAuthProfile -PassThru -WhatIf }; Expected = { @(Sync-KrabAuthProfile -PassThru -WhatIf @at).Count } }
        @{ Name = 'Repair-KrabAuth'; Run = { $input | Repair-KrabAuth -WhatIf }; Expected = { @(Repair-KrabAuth -Agent main -WhatIf @at).Count } }
    ) {
        $profiles = Get-KrabAuthProfile @at
        $profiles.Count | Should -Be 3
        $wanted = if ($Expected -is [scriptblock]) { & $Expected } else { $Expected }
        @(@($profiles) + @($profiles) | & $Run).Count | Should -Be $wanted
    }

    It 'are looked at in each agent that they come from' {
        (Get-KrabAgent @at | Get-KrabAuthStatus).Agent | Sort-Object -Unique | Should -Be @('main', 'ops')
        (Get-KrabAgent @at | Test-KrabAuth groq | Where-Object Kind -EQ Provider).Agent | Should -Be @('main', 'ops')
    }
}

Describe 'Names that mean nothing' {
    BeforeAll { $script:at = Initialize-Store @{ 'groq:work' = Get-ApiKeyEntry groq; 'groq:a[1' = Get-ApiKeyEntry groq; 'house:x' = Get-ApiKeyEntry house } }

    It 'are told where a provider is nobody''s: <Name>' -ForEach @(
        @{ Name = 'Get-KrabAuthProfile'; Run = { Get-KrabAuthProfile -Provider nope, groq @at }; Given = 2 }
        @{ Name = 'Get-KrabAuthCooldown'; Run = { Get-KrabAuthCooldown -Provider nope @at }; Given = 0 }
        @{ Name = 'Get-KrabAuthUsage'; Run = { Get-KrabAuthUsage nope @at }; Given = 0 }
    ) {
        (Assert-SingleError -Id ProviderNotFound $Run).TargetObject | Should -Be 'nope'
        @(& $Run 2>$null).Count | Should -Be $Given
    }

    It 'are no error where a provider has nothing, or is known here alone' {
        Get-CommandError { Get-KrabAuthProfile -Provider anthropic, house, 'no*' @at } | Should -BeNullOrEmpty
        Get-CommandError { Get-KrabProvider anthropic | Get-KrabAuthProfile @at } | Should -BeNullOrEmpty
    }

    It 'are told where a session stays with nothing' {
        (Assert-SingleError -Id SessionNotFound { Get-KrabAuthSession nope @at }).TargetObject | Should -Be 'nope'
        Get-CommandError { Get-KrabAuthSession 'no*' @at; Get-KrabAuthSession @at } | Should -BeNullOrEmpty
    }

    It 'are not repeated where they are a secret: <Name>' -ForEach @(
        @{ Name = 'Get-KrabAuthProfile'; Run = { Get-KrabAuthProfile -Provider sk-proj-0123456789abcdefghij @at } }
        @{ Name = 'Get-KrabAuthUsage'; Run = { Get-KrabAuthUsage sk-proj-0123456789abcdefghij @at } }
        @{ Name = 'Get-KrabAuthSession'; Run = { Get-KrabAuthSession sk-proj-0123456789abcdefghij @at } }
        @{ Name = 'Get-KrabProvider'; Run = { Get-KrabProvider sk-proj-0123456789abcdefghij @at } }
    ) {
        $problem = @(Get-CommandError $Run)
        $problem.Count | Should -Be 1
        "$($problem[0]) $($problem[0].Exception) $($problem[0].TargetObject) $($problem[0].InvocationInfo.BoundParameters.Values)" | Should -Not -Match '0123456789abcdefghij'
    }

    It 'are told where a pattern is none: <Name>' -ForEach @(
        @{ Name = 'Get-KrabAuthProfile'; Run = { Get-KrabAuthProfile 'groq:[' @at } }
        @{ Name = 'Get-KrabAuthOrder'; Run = { Get-KrabAuthOrder 'groq[' @at } }
        @{ Name = 'Get-KrabAgent'; Run = { Get-KrabAgent 'ma[' @at } }
        @{ Name = 'Remove-KrabAuthProfile'; Run = { Remove-KrabAuthProfile 'groq:[' -Confirm:$false @at } }
    ) {
        $null = Assert-SingleError -Id PatternInvalid $Run
    }

    It 'are not those of a profile that has such an id' {
        (Test-KrabAuth -ProfileId 'groq:a[1' @at).Target | Should -Be 'groq:a[1'
    }
}
