<#
.SYNOPSIS
Teaches Pester the assertion Should -BeKrabAuthHealthy.
.DESCRIPTION
Dot-source it in BeforeAll. It takes a profile id, a provider, what Get-KrabAuthProfile gives, or what Test-KrabAuth gives, and holds
where Test-KrabAuth does not fail it. With -Strict a warning fails too. Reads files alone; to ask the providers themselves, pipe
Test-KrabAuth -Probe into it.
.EXAMPLE
BeforeAll { . (Join-Path (Get-Module -ListAvailable KrabAuth)[0].ModuleBase 'Pester/KrabAuth.Should.ps1') }
It 'can call Anthropic' { 'anthropic' | Should -BeKrabAuthHealthy }
#>
if (-not (Get-Module KrabAuth)) { Import-Module (Join-Path $PSScriptRoot '../KrabAuth.psd1') }

function Should-BeKrabAuthHealthy {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseApprovedVerbs', '', Justification = 'The name that Pester gives the functions behind its operators.')]
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', 'CallerSessionState', Justification = 'Pester passes it.')]
    param($ActualValue, [switch] $Strict, [switch] $Negate, [string] $Because, $CallerSessionState)
    $checks = @(
        if ($ActualValue -is [KrabAuth.Diagnostics.AuthCheck]) { $ActualValue }
        elseif ($ActualValue -is [KrabAuth.Profiles.AuthProfile]) { $ActualValue | KrabAuth\Test-KrabAuth | Where-Object ProfileId -CEQ $ActualValue.ProfileId }
        elseif ($ActualValue -is [string] -and $ActualValue) {
            $own = KrabAuth\Test-KrabAuth | Where-Object ProfileId -CEQ $ActualValue
            # A provider is judged whether it is in use or not; an id that is unknown is not one.
            if ($own) { $own } elseif ($ActualValue -notmatch ':') { KrabAuth\Test-KrabAuth $ActualValue | Where-Object Kind -EQ Provider }
        }
    )
    $reason = if ($Because) { " because $($Because -replace '^because\s+')," }
    if (-not $checks) {
        $message = if ($ActualValue -is [string] -and $ActualValue) { "Expected $ActualValue to be a profile or a provider,$reason but there is no such profile. Next: Get-KrabAuthProfile" }
        else { "Expected a profile id, a provider, an AuthProfile or an AuthCheck,$reason but got $(if ($null -eq $ActualValue) { 'nothing' } else { "'$ActualValue'" }). Next: Test-KrabAuth | Should -BeKrabAuthHealthy" }
        # An account that is gone is not healthy either.
        return [pscustomobject]@{ Succeeded = $Negate -and $ActualValue -is [string] -and $ActualValue; FailureMessage = $message }
    }
    $ill = @($checks | Where-Object { $_.Result -eq 'Failed' -or ($Strict -and $_.Result -eq 'Warning') })
    $succeeded = if ($Negate) { $ill.Count -gt 0 } else { $ill.Count -eq 0 }
    if ($succeeded) { return [pscustomobject]@{ Succeeded = $true; FailureMessage = '' } }
    $told = if ($Negate) { $checks[0] } else { $ill[0] }
    $state = "$($told.Result), $($told.Status) [$($told.Reason)]"
    $message = if ($Negate) { "Expected $($told.Target) not to be healthy,$reason but it is: $state." }
    else { "Expected $($told.Target) to be healthy,$reason but it is not: $state.$(if ($told.Detail) { " $($told.Detail)" })$(if ($told.Recommendation) { " Next: $($told.Recommendation)" })" }
    [pscustomobject]@{ Succeeded = $false; FailureMessage = $message }
}

Add-ShouldOperator -Name BeKrabAuthHealthy -InternalName Should-BeKrabAuthHealthy -Test ${function:Should-BeKrabAuthHealthy}
