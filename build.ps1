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
Package  builds, and packs out/KrabAuth as out/KrabAuth.<version>.nupkg, ready for a gallery.
Install  builds, and copies the module to where the current user's PowerShell finds it.
.PARAMETER Configuration
Release, which is what people run, or Debug.
.EXAMPLE
./build.ps1
Builds.
.EXAMPLE
./build.ps1 -Task Install; Import-Module KrabAuth
Installs the module for the current user.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Docs', 'Analyze', 'Package', 'Install')]
    [string] $Task = 'Build',

    [ValidateSet('Release', 'Debug')]
    [string] $Configuration = 'Release'
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

function Compress-Module {
    $package = Join-Path $stage "KrabAuth.$($manifest.ModuleVersion).nupkg"
    Remove-Item -LiteralPath $package -ErrorAction Ignore
    if (Get-Command Compress-PSResource -ErrorAction Ignore) {
        Compress-PSResource -Path $module -DestinationPath $stage
        return Get-Item -LiteralPath $package
    }
    $data = $manifest.PrivateData.PSData
    $values = 'KrabAuth', $manifest.ModuleVersion, $manifest.Author, $manifest.Description, $data.LicenseUri, $data.ProjectUri, "PSModule $($data.Tags)"
    $nuspec = @'
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd"><metadata>
  <id>{0}</id><version>{1}</version><authors>{2}</authors><description>{3}</description>
  <licenseUrl>{4}</licenseUrl><projectUrl>{5}</projectUrl><tags>{6}</tags>
</metadata></package>
'@ -f ($values | ForEach-Object { [Security.SecurityElement]::Escape($_) })
    $types = 'nuspec', 'psd1', 'dll', 'ps1xml', 'xml', 'txt' | ForEach-Object { '<Default Extension="{0}" ContentType="application/octet"/>' -f $_ }
    $content = '<?xml version="1.0" encoding="utf-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{0}<Override PartName="/LICENSE" ContentType="application/octet"/></Types>' -f "$types"
    $parts = @{ 'KrabAuth.nuspec' = $nuspec; '[Content_Types].xml' = $content }
    [IO.Compression.ZipFile]::CreateFromDirectory($module, $package)
    $archive = [IO.Compression.ZipFile]::Open($package, 'Update')
    try {
        foreach ($part in $parts.GetEnumerator()) {
            $writer = [IO.StreamWriter]::new($archive.CreateEntry($part.Key).Open())
            try { $writer.Write($part.Value) } finally { $writer.Dispose() }
        }
    }
    finally { $archive.Dispose() }
    Get-Item -LiteralPath $package
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
    'Package' { Invoke-Build; Compress-Module }
    'Install' { Invoke-Build; Copy-ToModulePath }
}
