# Every example of every page is run, each on a fresh store, and shows no error. What is interactive is answered: see
# Examples.psm1.

[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester reads them for -ForEach while it discovers the tests.')]
param()

BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'Examples.psm1') -Force
    $script:examples = Get-Item (Join-Path $PSScriptRoot '../../docs/en-US/*-*.md') |
        ForEach-Object { Get-PageExample $_.FullName } |
        ForEach-Object { @{ Page = $_.Page; Title = $_.Title; Code = $_.Code; Output = $_.Output } }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Examples.psm1')
    $module = if ($env:KRABAUTH_MODULE) { $env:KRABAUTH_MODULE } else { Join-Path $PSScriptRoot '../../out/KrabAuth' }
    $module = (Resolve-Path (Join-Path $module 'KrabAuth.psd1')).Path

    # A path as long as the one in the pages, so that lines break at the same places.
    $state = Join-Path ([System.IO.Path]::GetTempPath()) ('krab-{0:x8}' -f [System.Random]::Shared.Next())

    # What differs from run to run: the path, times, and what is left of them.
    function Get-Shape([string] $Text) {
        $Text.Replace($state, '/home/me/.krabkrab') -replace '\d+(?:[/:.-]\d+)+(?: [AP]M)?(?: [+-]\d\d:\d\d)?', '#' `
            -replace '\b\d+[dhm]\b', '#' -replace '-{2,}', '-' -replace '\s+', ' '
    }
}

Describe 'Examples of <_>' -ForEach ($examples.Page | Sort-Object -Unique) {
    It '<Title>' -ForEach ($examples | Where-Object Page -eq $_) {
        if ($IsWindows -and $Code -match 'acme-login') { Set-ItResult -Skipped -Because 'the program of the example is a shell script' }
        Initialize-ExampleState $state
        try {
            $result = Invoke-Example -Code $Code -StateDirectory $state -ModulePath $module
        }
        finally {
            Remove-Item -LiteralPath $state -Recurse -Force
        }
        $result.Errors | Should -BeNullOrEmpty
        $result.Text | Should -Not -BeNullOrEmpty
        # No secret comes out, whole or in its telling part.
        $result.Text | Should -Not -Match 'EXAMPLEONLY|EXAMPLEwork|EXAMPLE-(?:key|access|refresh|mistral|groq|xai)|EEEEEEEEEE'
        if ($state.Length -eq '/home/me/.krabkrab'.Length) {
            Get-Shape $result.Text | Should -BeExactly (Get-Shape $Output) -Because 'docs/Update-ExampleOutput.ps1 must be run after a change of what is shown'
        }
    }
}
