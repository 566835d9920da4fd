<#
.SYNOPSIS
Checks the accounts of this machine: one test for each profile and provider, and one for the files.
.DESCRIPTION
Copy it to your tests, and run it with Pester 5. It reads files; with -Probe each credential is also tried at its provider, which is a
network call and may cost a few tokens.
.EXAMPLE
Invoke-Pester ./KrabAuth.Health.Tests.ps1
.EXAMPLE
Invoke-Pester -Container (New-PesterContainer -Path ./KrabAuth.Health.Tests.ps1 -Data @{ Provider = 'anthropic', 'openai'; WarnWithin = '7d'; Strict = $true })
#>
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Justification = 'Pester runs the blocks that use them.')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester reads it for -ForEach.')]
param(
    # Only these providers; all that are in use if left out.
    [string[]] $Provider,
    # Warn this long before an end.
    [string] $WarnWithin = '24h',
    # Let a warning fail too.
    [switch] $Strict,
    # Ask the providers themselves.
    [switch] $Probe,
    # Where to look, if not where KrabAuth looks by itself: Product, StateDirectory, Agent.
    [hashtable] $Place = @{}
)

BeforeDiscovery {
    if (-not (Get-Module KrabAuth)) { Import-Module KrabAuth -ErrorAction Stop }
    $narrowed = if ($Provider) { @{ Provider = $Provider } } else { @{} }
    $checks = Test-KrabAuth -WarnWithin $WarnWithin -Probe:$Probe -ErrorAction Stop @narrowed @Place |
        ForEach-Object { @{ Check = $_; Kind = "$($_.Kind)"; Target = $_.Target; IsStrict = [bool]$Strict } }
}

BeforeAll { . (Join-Path (Get-Module KrabAuth).ModuleBase 'Pester/KrabAuth.Should.ps1') }

Describe 'KrabAuth' {
    It '<Kind> <Target> is healthy' -ForEach $checks { $Check | Should -BeKrabAuthHealthy -Strict:$IsStrict }

    It 'keeps its store to its owner' -ForEach @(@{ At = $Place }) {
        (Get-KrabAuthStore @At).IsPrivate | Should -BeTrue -Because 'other users could read the secrets; chmod 600 closes the file'
    }
}
