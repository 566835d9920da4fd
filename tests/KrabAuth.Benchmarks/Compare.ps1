<#
.SYNOPSIS
Measures KrabAuth beside its peers in one run, and writes the figures into docs/performance.md.
.DESCRIPTION
Everything that is compared takes turns (A, B, C, A, B, C ...), so that whatever else the machine does meets all of it; what is told is
the median. A peer that is not there is left out, and the page says so. The store, the vault and the homes are temporary.

Build first: dotnet build -c Release. The peers: the modules Microsoft.PowerShell.SecretManagement and .SecretStore where PowerShell
finds them; CrossPlatLock from the MSAL that PowerShell brings; proper-lockfile and OpenClaw from npm, installed into krabauth-tests of
the local application data.
.PARAMETER Rounds
How often each command is run.
.PARAMETER Node
The Node.js that OpenClaw runs on, where the one on the path is older than 22.19.
.PARAMETER OpenClaw
Folders of openclaw packages that are installed already.
.PARAMETER Krabauth
Another build of krabauth to measure beside, such as one with -p:PublishAot=false.
.PARAMETER NoInstall
Fetches nothing.
.PARAMETER NoPage
Shows the figures and leaves the page alone.
.EXAMPLE
./tests/KrabAuth.Benchmarks/Compare.ps1
.EXAMPLE
./tests/KrabAuth.Benchmarks/Compare.ps1 -Rounds 5 -NoInstall -NoPage
#>
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Justification = 'The files that are dot-sourced use them.')]
[CmdletBinding()]
param(
    [ValidateRange(3, 1000)]
    [int] $Rounds = 21,

    [string] $Node = 'node',

    [string[]] $OpenClaw,

    [string] $Krabauth,

    [switch] $NoInstall,

    [switch] $NoPage
)

$ErrorActionPreference = 'Stop'
$root = (Resolve-Path -LiteralPath (Join-Path $PSScriptRoot '../..')).Path
$exe = $IsWindows ? '.exe' : ''
$program = Join-Path $root "out/cli/krabauth$exe"
$module = Join-Path $root 'out/KrabAuth/KrabAuth.psd1'
foreach ($needed in $program, $module) { if (-not (Test-Path -LiteralPath $needed)) { throw "There is no ${needed}: run dotnet build -c Release first." } }
$temp = (New-Item -ItemType Directory -Path (Join-Path ([IO.Path]::GetTempPath()) "krabauth-compare-$([guid]::NewGuid().ToString('n'))")).FullName
$figures = [Collections.Generic.List[object]]::new()
$absent = [Collections.Generic.List[string]]::new()
# The sign by its number: the files hold ASCII alone.
$tools = @{ Cross = [char]0xD7 }

foreach ($part in 'Measure', 'Sessions', 'Processes', 'Locks', 'Page') { . (Join-Path $PSScriptRoot "Compare/$part.ps1") }

try {
    $tools.Bench = Publish-Project -Project $PSScriptRoot -Name KrabAuth.Benchmarks
    $tools.Empty = Publish-Project -Project (Join-Path $PSScriptRoot 'Empty') -Name Empty
    $tools.Peers = Install-Peer
    Measure-Session
    Measure-Process
    Measure-Storm
    Measure-Race
    Measure-Scale
    $figures | Format-List | Out-Host
    $absent | ForEach-Object { Write-Warning $_ }
    if (-not $NoPage) { Write-Page -Path (Join-Path $root 'docs/performance.md') }
}
finally {
    Remove-Item -LiteralPath $temp -Recurse -Force
}
