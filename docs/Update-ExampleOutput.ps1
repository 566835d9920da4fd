<#
.SYNOPSIS
Runs the examples of the help pages and writes what the console shows into the pages.
.DESCRIPTION
Each example runs on a fresh copy of the store that Initialize-ExampleState writes. Run it after a change of an example, of a
table or of a message; then run Build-Help.ps1. Dates in the outputs are those of the run.
#>
param(
    # The staged module.
    [string] $Module = (Join-Path $PSScriptRoot '../out/KrabAuth/KrabAuth.psd1'),
    # Where the store of the examples is made. It is emptied before each example and must not exist before the first.
    [Parameter(Mandatory)] [string] $StateDirectory,
    # The pages.
    [string[]] $Page = (Join-Path $PSScriptRoot 'en-US/*-*.md')
)

$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot '../tests/KrabAuth.Module.Tests/Examples.psm1') -Force
if (Test-Path -LiteralPath $StateDirectory) { throw "$StateDirectory exists already." }
$Module = (Resolve-Path -LiteralPath $Module).Path

foreach ($file in Get-Item -Path $Page) {
    $text = [System.IO.File]::ReadAllText($file.FullName)
    foreach ($example in Get-PageExample $file.FullName) {
        try {
            Initialize-ExampleState $StateDirectory
            $result = Invoke-Example -Code $example.Code -StateDirectory $StateDirectory -ModulePath $Module
        }
        finally {
            Remove-Item -LiteralPath $StateDirectory -Recurse -Force
        }
        if ($result.Errors) { Write-Warning "$($example.Page), $($example.Title): $($result.Errors)" }
        $block = '```powershell' + "`n$($example.Code)`n" + '```' + "`n`n" + '```Output' + "`n"
        $at = $text.IndexOf($block, [System.StringComparison]::Ordinal)
        if ($at -lt 0) { throw "$($example.Page), $($example.Title): no output block follows the code." }
        $start = $at + $block.Length
        $end = $text.IndexOf('```', $start, [System.StringComparison]::Ordinal)
        $text = $text.Remove($start, $end - $start).Insert($start, $result.Text + "`n")
    }
    [System.IO.File]::WriteAllText($file.FullName, $text)
}
