<#
.SYNOPSIS
Runs the Pester suites of this folder and writes their results as JSON.
.DESCRIPTION
For KrabAuth.Module.Tests.csproj, which makes one xunit test of each file. For people, Invoke-Pester does: the suites test
the module in $env:KRABAUTH_MODULE, else the one in out/KrabAuth.
#>
param(
    # The file for the results.
    [Parameter(Mandatory)] [string] $ResultPath,
    # The suites; all of this folder if left out.
    [string[]] $Path = (Get-ChildItem -LiteralPath $PSScriptRoot -Filter *.Tests.ps1).FullName
)

$pester = Get-Module -ListAvailable Pester | Where-Object { $_.Version.Major -eq 5 } | Sort-Object Version -Descending | Select-Object -First 1
if (-not $pester) {
    @{ Skip = 'Pester 5 is not installed: Install-PSResource Pester -Version "[5.0, 6.0)"' } | ConvertTo-Json | Set-Content -LiteralPath $ResultPath
    return
}
Import-Module $pester.Path

$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'None'
$run = Invoke-Pester -Configuration $configuration

$files = foreach ($container in $run.Containers) {
    $tests = $run.Tests | Where-Object { $_.Block.BlockContainer.Item.FullName -eq $container.Item.FullName }
    $broken = $container.ErrorRecord + ($run.FailedBlocks | Where-Object { $_.BlockContainer.Item.FullName -eq $container.Item.FullName }).ErrorRecord
    [ordered]@{
        File     = $container.Item.Name
        Passed   = @($tests | Where-Object Result -EQ Passed).Count
        Skipped  = @($tests | Where-Object Result -EQ Skipped | ForEach-Object { "$($_.ExpandedPath): $($_.ErrorRecord)" })
        Failed   = @($tests | Where-Object Result -EQ Failed | ForEach-Object {
                "$($_.ExpandedPath)`n    $(($_.ErrorRecord | ForEach-Object { "$_" }) -join "`n    ")`n    $($_.ErrorRecord[0].ScriptStackTrace -split "`n" | Select-Object -First 2)"
            }) + @($broken | Where-Object { $_ } | ForEach-Object { "$_ $($_.ScriptStackTrace)" })
        Duration = $container.Duration.TotalSeconds
    }
}
@{ Files = @($files) } | ConvertTo-Json -Depth 5 | Set-Content -LiteralPath $ResultPath
