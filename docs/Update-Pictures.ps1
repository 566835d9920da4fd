<#
.SYNOPSIS
Makes the pictures of the README: runs the commands that they show, on a store with invented accounts.
.DESCRIPTION
Run it after a change of a table, of the live view or of the report; a test tells when. It needs Linux: script (util-linux) is the
terminal of the command line, and Chromium photographs the report. The store is written anew for each picture. The clock of the
pictures stands at the moment in -Now: dates are moved by what that is away from the time of the run.
#>
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', 'Now', Justification = 'The functions below use it.')]
param(
    # Where module and command line were built.
    [string] $Stage = (Join-Path $PSScriptRoot '../out'),
    # Where the pictures go.
    [string] $Path = (Join-Path $PSScriptRoot 'images'),
    [datetime] $Now = '2026-11-21 10:00',
    # Leaves out what needs a browser: a test then tells that the report's picture is of another page.
    [switch] $TextOnly
)

$ErrorActionPreference = 'Stop'
$tests = Join-Path $PSScriptRoot '../tests/KrabAuth.Module.Tests'
Import-Module (Join-Path $tests 'Examples.psm1'), (Join-Path $tests 'TerminalPicture.psm1') -Force
$module = (Resolve-Path -LiteralPath (Join-Path $Stage 'KrabAuth/KrabAuth.psd1')).Path
$program = (Resolve-Path -LiteralPath (Join-Path $Stage 'cli/krabauth')).Path
$null = [System.IO.Directory]::CreateDirectory($Path)

# As long as the path that is shown in its place, so that nothing moves.
$shownState = '/home/me/.krabkrab'
$state = '/tmp/krab-{0:x8}' -f [System.Random]::Shared.Next()
# The moment that the store counts from is a little ahead, so that a countdown shows the same minute until then.
$lead = [timespan]::FromSeconds(20)

function Use-State {
    # Runs a block on a new store; again if the machine was so slow that the countdowns show another minute.
    param([scriptblock] $Block)
    for ($try = 1; $try -le 3; $try++) {
        $script:moment = [DateTimeOffset]::FromUnixTimeSeconds([DateTimeOffset]::UtcNow.Add($lead).ToUnixTimeSeconds())
        Initialize-ExampleState $state $moment
        try {
            $result = & $Block
            if ([DateTimeOffset]::UtcNow -lt $moment) { return $result }
        }
        finally {
            Remove-Item -LiteralPath $state -Recurse -Force
        }
    }
    throw "A picture took more than $($lead.TotalSeconds) seconds, three times."
}

function Get-Still {
    # The text with its clock stopped.
    param([string] $Text)
    $shift = $Now - $moment.UtcDateTime
    $moved = [regex]::Replace($Text.Replace($state, $shownState), '(?<date>\d{4}-\d\d-\d\d)(?<between>[ T])(?<time>\d\d:\d\d)(?<seconds>:\d\d)?', {
            param($match)
            # Without seconds it is the minute that holds the moment.
            $seconds = if ($match.Groups['seconds'].Success) { $match.Groups['seconds'].Value } else { ':{0:00}' -f $moment.Second }
            $time = [datetime]::ParseExact("$($match.Groups['date']) $($match.Groups['time'])$seconds", 'yyyy-MM-dd HH:mm:ss', [cultureinfo]::InvariantCulture) + $shift
            # What is now is a few seconds before.
            if (($Now - $time).Duration() -lt [timespan]::FromMinutes(2)) { $time = $Now }
            $format = "yyyy-MM-dd'$($match.Groups['between'])'HH:mm" + $(if ($match.Groups['seconds'].Success) { ':ss' })
            $time.ToString($format, [cultureinfo]::InvariantCulture)
        })
    # Countdowns by the second, the time of the screen, and what the report's timeline moves by in seconds.
    $moved -replace '(?<![\dT:-])\d\d:\d\d:\d\d\b', $Now.ToString('HH:mm:ss') -replace '(\d+m) \d+s\b', "`$1 $($lead.Seconds)s" -replace '(?<= (?:x|width)="\d+)\.\d(?=")'
}

function Get-LiveFrame {
    # What a command that draws a screen shows, once the screen holds the given text. It is ended by its key, or where it goes on for longer
    # than a picture may take.
    param([string] $Command, [int] $Columns, [string] $Until)
    $start = [System.Diagnostics.ProcessStartInfo]::new('script', [string[]]@('-qec', "stty cols $Columns rows 28; exec '$program' $Command", '/dev/null'))
    # Nothing of whoever runs this, their keys least of all.
    $start.Environment.Clear()
    foreach ($name in 'PATH', 'DOTNET_ROOT') { if (Test-Path "env:$name") { $start.Environment[$name] = [Environment]::GetEnvironmentVariable($name) } }
    foreach ($entry in @{ HOME = $state; TERM = 'xterm'; LANG = 'C.UTF-8'; TZ = 'UTC'; KRABKRAB_STATE_DIR = $state }.GetEnumerator()) { $start.Environment[$entry.Key] = $entry.Value }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    $start.StandardOutputEncoding = [System.Text.Encoding]::UTF8
    $limit = [System.Threading.CancellationTokenSource]::new([timespan]::FromSeconds(15))
    $process = [System.Diagnostics.Process]::Start($start)
    try {
        $screen = [System.Text.StringBuilder]::new()
        $block = [char[]]::new(4096)
        $shown = $null
        while ($true) {
            $reading = $process.StandardOutput.ReadAsync($block, 0, $block.Length)
            try { $reading.Wait($limit.Token) }
            catch [System.OperationCanceledException] { throw "`"$Until`" did not come, or its key did not end it: $screen" }
            $read = $reading.Result
            if ($read -eq 0) { break }
            $null = $screen.Append($block, 0, $read)
            if ($shown) { continue }
            # A frame begins at the top of the screen and ends with what clears the rest.
            $shown = [regex]::Matches($screen.ToString(), '(?s)\e\[H(?<frame>(?:(?!\e\[H).)*?)\e\[J') | ForEach-Object { $_.Groups['frame'].Value.Replace("`e[K", '') } |
                Where-Object { $_.Contains($Until) } | Select-Object -First 1
            if ($shown) {
                $process.StandardInput.Write('q')
                $process.StandardInput.Flush()
            }
        }
        $process.WaitForExit()
        if (-not $shown) { throw "`"$Until`" did not come: $screen" }
        $shown
    }
    finally {
        # script and what runs in its terminal.
        if (-not $process.HasExited) { $process.Kill($true) }
        $process.Dispose()
        $limit.Dispose()
    }
}

function Write-Picture {
    param([string] $Name, [string] $Text)
    [System.IO.File]::WriteAllText((Join-Path $Path $Name), $Text)
}

$zone = $env:TZ
$env:TZ = 'UTC'
[TimeZoneInfo]::ClearCachedData()
try {
    $session = Use-State { Get-Still (Invoke-Example -StateDirectory $state -ModulePath $module -Now $moment -Width 80 -Ansi -Prompt 'PS> ' -Code @'
Get-KrabAuthProfile openai*
Test-KrabAuth anthropic, github-copilot, mistral
'@).Text }
    Write-Picture 'session.svg' (ConvertTo-TerminalPicture $session -Title 'PowerShell' -Description 'Profiles by provider, and checks of them, in PowerShell')

    $live = Use-State {
        $server = Connect-ExampleProvider $state $moment
        try { Get-Still (Get-LiveFrame 'models status --watch --usage' -Columns 100 -Until 'Resets in') } finally { $server.Dispose() }
    }
    Write-Picture 'live.svg' (ConvertTo-TerminalPicture $live -Title 'krabauth models status --watch --usage' -Description 'The live view: accounts, when they end, who waits, and what is left of the quotas' -Columns 100)

    $page = Use-State {
        $made = Invoke-Example -StateDirectory $state -ModulePath $module -Code "Export-KrabAuthReport '$state/report.html'"
        Get-Still ([System.IO.File]::ReadAllText("$state/report.html").Replace($made.Home, '/home/me'))
    }
    Write-Picture 'report.html' $page
}
finally {
    $env:TZ = $zone
    [TimeZoneInfo]::ClearCachedData()
}

if (-not $TextOnly) {
    $page = (Resolve-Path -LiteralPath (Join-Path $Path 'report.html')).Path
    $picture = Join-Path (Split-Path -Parent $page) 'report.png'
    $browser = [System.IO.Directory]::CreateTempSubdirectory('krabauth-pictures-').FullName
    try {
        # Its exit code does not tell whether there is a picture.
        Remove-Item -LiteralPath $picture -ErrorAction Ignore
        $said = & chromium --headless --no-sandbox --disable-gpu --hide-scrollbars "--user-data-dir=$browser" --window-size=1000,1166 "--screenshot=$picture" "file://$page" 2>&1
        if (-not (Test-Path -LiteralPath $picture)) { throw "Chromium made no picture: $(@($said)[-1])" }
        # A picture of this page: browsers differ, so a test cannot make the same one again.
        Write-Picture 'report.sha256' (-join ($page, $picture | ForEach-Object { "$((Get-FileHash -LiteralPath $_ -Algorithm SHA256).Hash.ToLowerInvariant())  $(Split-Path -Leaf $_)`n" }))
    }
    finally {
        Remove-Item -LiteralPath $browser -Recurse -Force
    }
}
