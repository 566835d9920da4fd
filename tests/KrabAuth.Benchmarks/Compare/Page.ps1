# The page: what people wrote around the figures stays.

function Get-MachineText {
    $processor = if ($IsLinux) { (Select-String -LiteralPath /proc/cpuinfo -Pattern '^model name\s*:\s*(.+)$' | Select-Object -First 1).Matches.Groups[1].Value.Trim() } else { $env:PROCESSOR_IDENTIFIER }
    $memory = [GC]::GetGCMemoryInfo().TotalAvailableMemoryBytes / 1GB
    $load = if ($IsLinux) { ", load $((Get-Content -LiteralPath /proc/loadavg).Split(' ')[0]) at the end" }
    $processors = [Environment]::ProcessorCount
    '{0} {7} {1}, {2:0} GiB; {3}; .NET {4}, PowerShell {5}{6}' -f $processors, ($processor ? $processor : 'unknown processor'), $memory, [Runtime.InteropServices.RuntimeInformation]::OSDescription, (dotnet --list-runtimes | Select-String 'Microsoft.NETCore.App (\S+)' | Select-Object -Last 1).Matches.Groups[1].Value, $PSVersionTable.PSVersion, $load, $tools.Cross
}

function Write-Page {
    param([string] $Path)
    $begin, $end = '<!-- figures: written by Compare.ps1 -->', '<!-- end of figures -->'
    $lines = @(
        $begin, ''
        "$((Get-Date).ToUniversalTime().ToString('yyyy-MM-dd HH:mm')) UTC. $(Get-MachineText). Medians of $Rounds runs that took turns."
        '', '| what | figure | beside | budget | met |', '|---|---|---|---|---|'
        $figures | ForEach-Object { "| $($_.What) | $($_.Figure) | $($_.Against) | $($_.Budget) | $($_.Met) |" }
        if ($absent.Count) { '', "Not measured: $($absent -join ' ')" }
        '', $end
    )
    $page = Get-Content -Raw -LiteralPath $Path
    $from, $to = $page.IndexOf($begin), $page.IndexOf($end)
    if ($from -lt 0 -or $to -lt $from) { throw "$Path has no place for the figures: ``$begin`` and ``$end``." }
    $page.Remove($from, $to + $end.Length - $from).Insert($from, $lines -join "`n") | Set-Content -NoNewline -LiteralPath $Path
}
