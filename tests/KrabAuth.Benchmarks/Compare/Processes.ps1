# What is felt at a command line: whole processes, from the start to the end.

function Get-OpenClaw {
    <# The packages of OpenClaw that can be run here, each with the words that start it. #>
    $folders = @($OpenClaw; if (-not $OpenClaw) { Join-Path $tools.Peers 'openclaw' }) | Where-Object { Test-Path -LiteralPath (Join-Path $_ 'openclaw.mjs') }
    if (-not $folders) { $absent.Add('OpenClaw is not installed.') }
    foreach ($folder in $folders) {
        $version = (Get-Content -Raw -LiteralPath (Join-Path $folder 'package.json') | ConvertFrom-Json).version
        $command = ConvertTo-Command "OpenClaw $version" $Node (Join-Path $folder 'openclaw.mjs'), 'models', 'status', '--json' @{ HOME = $temp; OPENCLAW_STATE_DIR = Join-Path $temp 'ten' }
        # Whether it runs at all: it needs a Node.js of its own age.
        $problem = try { $null = Invoke-Bench clock, 1 $command } catch { $_ }
        if ($problem) { $absent.Add("OpenClaw $version does not run on $(& $Node --version)."); continue }
        $command
    }
}

function Measure-Process {
    # A home of its own: status looks for the sign-ins of other programs.
    $environment = @{ HOME = $temp; USERPROFILE = $temp; KRABKRAB_STATE_DIR = Join-Path $temp 'ten' }
    $status = 'models', 'status', '--json'
    $peer = @(Get-OpenClaw)
    $commands = @(
        ConvertTo-Command krabauth $program $status $environment
        ConvertTo-Command version $program '--version' $environment
        ConvertTo-Command empty $tools.Empty
        if ($Krabauth) { ConvertTo-Command other $Krabauth $status $environment }
    )
    $times = Invoke-Bench clock, $Rounds $commands
    $ours = Get-Median $times.krabauth
    $least = Get-Median $times.empty
    Add-Figure '`krabauth models status --json`, 10 profiles' (Format-Time $ours) ('an empty .NET program: {0}, {1:0.00} {2}' -f (Format-Time $least), ($ours / $least), $tools.Cross) "2.5 $($tools.Cross)" ($ours / $least -le 2.5)
    if ($Krabauth) {
        $other = Get-Median $times.other
        Add-Figure 'The same, as the other build' (Format-Time $other) ('the same: {0}, {1:0.00} {2}' -f (Format-Time $least), ($other / $least), $tools.Cross) "2.5 $($tools.Cross)" ($other / $least -le 2.5)
    }
    # Fewer rounds, and beside ours again: they take seconds.
    foreach ($one in $peer) {
        $beside = Invoke-Bench clock, ([Math]::Max(3, [int]($Rounds / 3))) $one, $commands[0]
        $theirs = Get-Median $beside.($one.name)
        $ours = Get-Median $beside.krabauth
        Add-Figure '`krabauth models status --json`, 10 profiles' (Format-Time $ours) ('{0}: {1}, 1/{2:0}' -f $one.name, (Format-Time $theirs), ($theirs / $ours)) '1/20' ($ours * 20 -le $theirs)
    }
    Measure-Memory $commands
}

function Measure-Memory {
    <# GNU time starts the program from a small process: a child counts what its parent had when they parted. #>
    param([object[]] $Command)
    $time = Get-Command time -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    if (-not $IsLinux -or -not $time) { $absent.Add('Memory is told by GNU time, which is not installed.'); return }
    $peak = @{}
    $report = Join-Path $temp 'peak'
    foreach ($one in $Command) {
        $peak[$one.name] = Get-Median @(Use-Environment $one.environment {
                foreach ($i in 1..5) {
                    $arguments = $one.arguments
                    $null = & $time.Source -f %M -o $report $one.program @arguments
                    [double](Get-Content -LiteralPath $report -Tail 1)
                }
            })
    }
    foreach ($name in @($Command.name) -ne 'empty' -ne 'version') {
        $what = $name -eq 'other' ? 'The same, of the other build' : 'Memory of `krabauth models status --json`, at the most'
        Add-Figure $what ('{0:0} MiB' -f ($peak[$name] / 1KB)) ('an empty .NET program: {0:0} MiB' -f ($peak.empty / 1KB))
    }
}

function Measure-Storm {
    $result = & $tools.Bench storm $program 64 (Join-Path $temp 'storm') | ConvertFrom-Json
    if ($LASTEXITCODE -or $result.Failed) { throw "$($result.Failed) of 64 processes got no token." }
    Add-Figure '64 processes that want one expired token' "$($result.Requests) request, $($result.Tokens) token, $(Format-Time $result.Milliseconds) in all" '' '1 request' ($result.Requests -eq 1 -and $result.Tokens -eq 1)
}

function Measure-Scale {
    $result = & $tools.Bench scale (Join-Path $temp 'scale') | ConvertFrom-Json
    if ($LASTEXITCODE) { throw 'Growth could not be measured.' }
    foreach ($row in @(@{ Name = 'List'; Text = 'Listing 10 / 1,000 / 10,000 profiles from disk' }, @{ Name = 'Order'; Text = 'Ordering 10 / 1,000 / 10,000 profiles from disk' })) {
        $ten, $thousand, $tenThousand = '10', '1000', '10000' | ForEach-Object { Get-Median $result.($row.Name).$_ }
        $growth = $tenThousand / $thousand
        # Linear is 10; what is sorted, and memory that no longer fits the caches, may take twice that. A quadratic step takes 100.
        Add-Figure $row.Text "$(Format-Time $ten) / $(Format-Time $thousand) / $(Format-Time $tenThousand)" ('ten times the profiles: {0:0.0} {1} the time' -f $growth, $($tools.Cross)) 'near-linear' ($growth -le 20)
    }
}
