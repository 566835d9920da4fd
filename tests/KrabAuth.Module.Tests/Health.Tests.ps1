BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$ModulePath/Pester/KrabAuth.Should.ps1"

    # The message of an assertion that fails.
    function Get-Failure { param([scriptblock] $Assertion) try { & $Assertion; 'it held' } catch { $_.Exception.Message } }

    $script:at = Initialize-Store ([ordered]@{
            'groq:work'   = Get-ApiKeyEntry groq
            'openai:soon' = Get-TokenEntry openai ([timespan]::FromHours(2.2))
            'xai:over'    = Get-TokenEntry xai ([timespan]::FromHours(-2))
        })
    $script:savedState = $env:KRABKRAB_STATE_DIR
    $env:KRABKRAB_STATE_DIR = $at.StateDirectory
}
AfterAll {
    $env:KRABKRAB_STATE_DIR = $savedState
    Exit-TestSession
}

Describe 'Should -BeKrabAuthHealthy' {
    It 'takes a profile id, a provider, a profile and a check' {
        'groq:work' | Should -BeKrabAuthHealthy
        'groq' | Should -BeKrabAuthHealthy
        Get-KrabAuthProfile groq:work | Should -BeKrabAuthHealthy
        Test-KrabAuth groq | Should -BeKrabAuthHealthy
        'openai' | Should -BeKrabAuthHealthy
    }

    It 'fails with what is wrong and how to mend it: <Name>' -ForEach @(
        @{ Name = 'an id'; Value = { 'xai:over' }; Target = 'xai:over' }
        @{ Name = 'a provider'; Value = { 'xai' }; Target = 'xai' }
        @{ Name = 'a profile'; Value = { Get-KrabAuthProfile xai:over }; Target = 'xai:over' }
        @{ Name = 'checks'; Value = { Test-KrabAuth groq, xai }; Target = 'xai:over' }
    ) {
        Get-Failure { & $Value | Should -BeKrabAuthHealthy -Because 'the night job needs it' } |
            Should -Be "Expected $Target to be healthy, because the night job needs it, but it is not: Failed, Expired [expired]. Next: Connect-KrabProvider xai -Method Token -ProfileId 'xai:over'"
    }

    It 'tells of a provider that has nothing, of an id that does not exist, and of what is none of these' {
        Get-Failure { 'mistral' | Should -BeKrabAuthHealthy } | Should -Be 'Expected mistral to be healthy, but it is not: Failed, Missing [missing]. Next: Connect-KrabProvider mistral -Method ApiKey'
        Get-Failure { 'groq:nobody' | Should -BeKrabAuthHealthy } | Should -Be 'Expected groq:nobody to be a profile or a provider, but there is no such profile. Next: Get-KrabAuthProfile'
        Get-Failure { $null | Should -BeKrabAuthHealthy } | Should -Match 'but got nothing'
        # What is gone is not healthy.
        'groq:gone' | Should -Not -BeKrabAuthHealthy
        Get-Failure { '' | Should -Not -BeKrabAuthHealthy } | Should -Match 'but got'
        Get-Failure { 5 | Should -Not -BeKrabAuthHealthy } | Should -Match "but got '5'"
    }

    It 'lets a warning pass unless it is strict' {
        'openai:soon' | Should -BeKrabAuthHealthy
        Get-Failure { 'openai:soon' | Should -BeKrabAuthHealthy -Strict } | Should -Match '^Expected openai:soon to be healthy, but it is not: Warning, Expiring \[expiring\]\. Next: Connect-KrabProvider openai '
        Get-Failure { Test-KrabAuth openai -WarnWithin 1h | Should -BeKrabAuthHealthy -Strict } | Should -Be 'it held'
    }

    It 'can be turned round' {
        'xai' | Should -Not -BeKrabAuthHealthy
        Get-Failure { 'groq:work' | Should -Not -BeKrabAuthHealthy -Because 'it was revoked' } | Should -Be 'Expected groq:work not to be healthy, because it was revoked, but it is: Passed, Static [ok].'
    }

    It 'judges a profile where it lies' {
        $other = Initialize-Store @{ 'groq:work' = @{ type = 'api_key'; provider = 'groq' } }
        Get-KrabAuthProfile groq:work @other | Should -Not -BeKrabAuthHealthy
    }

    It 'can be dot-sourced twice' { { . "$ModulePath/Pester/KrabAuth.Should.ps1" } | Should -Not -Throw }
}

Describe 'KrabAuth.Health.Tests.ps1' {
    BeforeAll {
        # In a session of its own, as a person runs it: with the module on the path, and copied to where the person's tests are.
        $script:modules = Get-NewDirectory
        Copy-Item -LiteralPath $ModulePath -Destination (Join-Path $modules KrabAuth) -Recurse
        $script:results = Join-Path (Get-NewDirectory) 'results.xml'
        $copy = Join-Path (Get-NewDirectory) 'KrabAuth.Health.Tests.ps1'
        Copy-Item "$ModulePath/Pester/KrabAuth.Health.Tests.ps1" $copy
        $script:run = @'
$env:PSModulePath = '{0}' + [IO.Path]::PathSeparator + $env:PSModulePath
Import-Module '{1}'
$configuration = New-PesterConfiguration
$configuration.Run.Container = New-PesterContainer -Path '{2}' -Data {3}
$configuration.Run.Exit = $true
$configuration.Output.Verbosity = 'Detailed'
$configuration.TestResult.Enabled = $true
$configuration.TestResult.OutputFormat = '{4}'
$configuration.TestResult.OutputPath = '{5}'
Invoke-Pester -Configuration $configuration
'@
        function Invoke-Health {
            param([string] $Data = '@{}', [string] $Format = 'NUnitXml')
            $script:said = Invoke-NewSession ($run -f $modules, (Join-Path (Get-Module Pester).ModuleBase Pester.psd1), $copy, $Data, $Format, $results)
            $script:code = $LASTEXITCODE
            [xml](Get-Content -Raw -LiteralPath $results)
        }
    }

    It 'has one test for each profile, each provider and the files, and the report that servers read' {
        $report = Invoke-Health
        $names = $report.SelectNodes('//test-case').description
        $names | Should -Be @('Profile groq:work is healthy', 'Provider groq is healthy', 'Profile openai:soon is healthy', 'Provider openai is healthy', 'Profile xai:over is healthy', 'Provider xai is healthy', 'keeps its store to its owner') -Because "$said"
        $failed = $report.SelectNodes("//test-case[@result='Failure']")
        $failed.description | Should -Contain 'Profile xai:over is healthy'
        $failed.InnerText -join "`n" | Should -Match 'Next: Connect-KrabProvider xai -Method Token'
        $code | Should -BeGreaterThan 0
        "$said$($report.OuterXml)" | Should -Not -Match 'tok-test|sk-test'
    }

    It 'takes providers, a time and strictness, and writes JUnit too' {
        $report = Invoke-Health "@{ Provider = 'groq', 'openai'; WarnWithin = '1h'; Strict = `$true }" JUnitXml
        $report.testsuites.tests | Should -Be 5
        $report.testsuites.failures | Should -Be 0 -Because "$said"
        $code | Should -Be 0
        (Invoke-Health "@{ Provider = 'openai'; WarnWithin = '1d'; Strict = `$true }" JUnitXml).testsuites.failures | Should -Be 2
    }
}
