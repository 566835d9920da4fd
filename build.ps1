<#
.SYNOPSIS
Builds, tests, documents, analyses, packs or installs KrabAuth.
.DESCRIPTION
Test needs PowerShell 7.6 with Pester 5, Docs needs Microsoft.PowerShell.PlatyPS, Analyze needs PSScriptAnalyzer.
.PARAMETER Task
Build    puts the module together in out/KrabAuth and the command line in out/cli.
Test     runs every test.
Docs     makes the help file of the module from docs/en-US.
Analyze  runs PSScriptAnalyzer over the scripts.
Package  builds, signs if asked to, lists what is in it, and packs out/KrabAuth as out/KrabAuth.<version>.nupkg.
Install  builds, and copies the module to where the current user's PowerShell finds it.
.PARAMETER Configuration
Release, which is what people run, or Debug.
.PARAMETER CertificateThumbprint
Signs the module before it is packed, with this certificate of the Windows certificate store. Without it nothing is signed.
.PARAMETER TimestampServer
Says when it was signed, so that the signature outlives the certificate.
.EXAMPLE
./build.ps1
Builds.
.EXAMPLE
./build.ps1 -Task Install; Import-Module KrabAuth
Installs the module for the current user.
#>
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Justification = 'The functions below use them.')]
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Docs', 'Analyze', 'Package', 'Install')]
    [string] $Task = 'Build',

    [ValidateSet('Release', 'Debug')]
    [string] $Configuration = 'Release',

    [string] $CertificateThumbprint,

    [string] $TimestampServer = 'http://timestamp.digicert.com'
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
$stage = Join-Path $PSScriptRoot $(if ($Configuration -eq 'Release') { 'out' } else { "out/$Configuration" })
$module = Join-Path $stage 'KrabAuth'
$manifest = Import-PowerShellDataFile -LiteralPath (Join-Path $PSScriptRoot 'KrabAuth.psd1')

function Import-Tool {
    param([string] $Name)
    if (-not (Get-Module -ListAvailable -Name $Name)) { throw "This task needs $Name. Install it with: Install-PSResource $Name" }
    Import-Module $Name
}

function Invoke-Build {
    # The list of an earlier package names the hashes of earlier files.
    Remove-Item -LiteralPath (Join-Path $module 'KrabAuth.cdx.json') -ErrorAction Ignore
    dotnet build (Join-Path $PSScriptRoot 'KrabAuth.sln') -c $Configuration --nologo
}

function Build-Help {
    Import-Tool Microsoft.PowerShell.PlatyPS
    & (Join-Path $PSScriptRoot 'docs/Build-Help.ps1')
}

function Invoke-Analysis {
    Import-Tool PSScriptAnalyzer
    # The manifest is looked at where it is staged: there it lies beside the files that it names.
    $scripts = @(Get-ChildItem -LiteralPath $PSScriptRoot -Recurse -File -Include *.ps1, *.psm1 | Where-Object FullName -NotMatch '[\\/](bin|obj|out)[\\/]')
    if (Test-Path -LiteralPath $module) { $scripts += Get-Item -LiteralPath (Join-Path $module 'KrabAuth.psd1') }
    $findings = $scripts | ForEach-Object { Invoke-ScriptAnalyzer -Path $_.FullName }
    $findings
    if ($findings) { throw "PSScriptAnalyzer found $(@($findings).Count) thing(s)." }
}

function Add-Signature {
    if (-not $IsWindows) { throw 'Set-AuthenticodeSignature works on Windows alone: sign there, before the package is made.' }
    $certificate = Get-ChildItem -Path Cert:\CurrentUser\My, Cert:\LocalMachine\My -CodeSigningCert | Where-Object Thumbprint -EQ $CertificateThumbprint | Select-Object -First 1
    if (-not $certificate) { throw "There is no code-signing certificate with the thumbprint $CertificateThumbprint." }
    $files = Get-ChildItem -LiteralPath $module -Recurse -File -Include *.dll, *.ps1, *.psd1, *.psm1, *.ps1xml
    $unsigned = $files | Set-AuthenticodeSignature -Certificate $certificate -HashAlgorithm SHA256 -TimestampServer $TimestampServer | Where-Object Status -NE Valid
    if ($unsigned) { throw "Not signed: $(($unsigned | ForEach-Object { "$($_.Path) ($($_.StatusMessage))" }) -join ', ')" }
}

function Compress-Module {
    if ($CertificateThumbprint) { Add-Signature }
    # After the signing, which changes the hashes that it lists.
    $bill = Join-Path $module 'KrabAuth.cdx.json'
    & (Join-Path $PSScriptRoot 'packaging/New-Sbom.ps1') -ModulePath $module -AssetsPath (Join-Path $PSScriptRoot 'src/KrabAuth/obj/project.assets.json') -OutputPath $bill
    & (Join-Path $PSScriptRoot 'packaging/Compress-Module.ps1') -ModulePath $module -DestinationPath $stage
}

function Copy-ToModulePath {
    $target = Join-Path ($env:PSModulePath -split [IO.Path]::PathSeparator)[0] "KrabAuth/$($manifest.ModuleVersion)"
    Remove-Item -LiteralPath $target -Recurse -Force -ErrorAction Ignore
    $null = New-Item -ItemType Directory -Force -Path $target
    Copy-Item -Path (Join-Path $module '*') -Destination $target -Recurse
    Get-Item -LiteralPath $target
}

switch ($Task) {
    'Build' { Invoke-Build }
    'Test' { dotnet test (Join-Path $PSScriptRoot 'KrabAuth.sln') -c $Configuration --nologo }
    'Docs' { Build-Help }
    'Analyze' { Invoke-Analysis }
    'Package' { Invoke-Build | Out-Host; Compress-Module }
    'Install' { Invoke-Build; Copy-ToModulePath }
}
