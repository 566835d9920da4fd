# Dot-sourced where a suite needs a server on this machine.

function Open-FreeListener {
    <#
    .SYNOPSIS
    Starts a listener at a free port of this machine: that of the other tests.
    #>
    if (-not ('KrabAuth.TestSupport.FreeListener' -as [type])) { Add-Type -Path "$PSScriptRoot/../KrabAuth.TestSupport/FreeListener.cs" }
    [KrabAuth.TestSupport.FreeListener]::Start().Item1
}
