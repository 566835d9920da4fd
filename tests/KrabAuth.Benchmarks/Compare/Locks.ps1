# Eight processes that add to one counter, under each lock.

function Measure-Race {
    $each = 1000
    $racers = 8
    $state = Write-Store -Count 10 -Name race
    $result = Invoke-Bench race, $racers (ConvertTo-Command KrabAuth $tools.Bench 'load', 'krabauth', $state, $each)
    $stored = (Get-Content -Raw -LiteralPath (Join-Path $state 'agents/main/agent/auth-profiles.json') | ConvertFrom-Json).usageStats.'openai:counter'.errorCount
    Add-Race -Name 'KrabAuth, one-file store' -Result $result -Wanted ($racers * $each) -Stored $stored -Note 'flushed to disk' -IsOurs

    $msal = Join-Path $PSHOME 'Modules/Microsoft.PowerShell.PSResourceGet/dependencies/Microsoft.Identity.Client.Extensions.Msal.dll'
    $counter = Join-Path $temp 'counter.json'
    if (Test-Path -LiteralPath $msal) {
        '{"count":0}' | Set-Content -LiteralPath $counter
        $result = Invoke-Bench race, $racers (ConvertTo-Command MSAL $tools.Bench 'load', 'msal', $msal, $counter, $each)
        Add-Race -Name "MSAL's CrossPlatLock" -Result $result -Wanted ($racers * $each) -Stored (Get-Content -Raw -LiteralPath $counter | ConvertFrom-Json).count -Note 'not flushed'
    }
    else { $absent.Add('This PowerShell brings no MSAL.') }

    if ((Test-Path -LiteralPath (Join-Path $tools.Peers 'proper-lockfile')) -and (Get-Command node -ErrorAction Ignore)) {
        # It waits up to ten seconds between two tries: a tenth of the work is enough to see it.
        $each = 100
        '{"count":0}' | Set-Content -LiteralPath $counter
        $result = Invoke-Bench race, $racers (ConvertTo-Command proper-lockfile 'node' (Join-Path $PSScriptRoot 'locker.mjs'), $tools.Peers, $counter, $each)
        Add-Race -Name "npm's proper-lockfile, as the gateways call it" -Result $result -Wanted ($racers * $each) -Stored (Get-Content -Raw -LiteralPath $counter | ConvertFrom-Json).count -Note 'in place, not flushed'
    }
    else { $absent.Add('proper-lockfile or Node.js is not installed.') }
}

function Add-Race {
    param([string] $Name, [object] $Result, [int] $Wanted, [int] $Stored, [string] $Note, [switch] $IsOurs)
    $lost = $Result.Done - $Stored
    $text = '{0:0} a second, {1} lost, {2} given up, longest wait {3}' -f $Result.PerSecond, $lost, ($Wanted - $Result.Done), (Format-Time $Result.LongestWait)
    $met = $IsOurs ? ($lost -eq 0 -and $Result.Done -eq $Wanted -and $Result.LongestWait -le 1000) : $null
    Add-Figure "8 processes $($tools.Cross) $($Wanted / 8) locked updates: $Name" $text $Note ($IsOurs ? '0 lost, longest wait 1 s' : '') $met
}
