<#
.SYNOPSIS
Packs the folder of the module as a nupkg, as a gallery wants it.
.DESCRIPTION
The same folder always gives the same bytes, which Compress-PSResource does not: entries are in order, and have no time of their own.
.PARAMETER ModulePath
The folder of the module.
.PARAMETER DestinationPath
The directory that the package is written to, as KrabAuth.<version>.nupkg.
.OUTPUTS
System.IO.FileInfo. The package.
#>
[CmdletBinding()]
[OutputType([IO.FileInfo])]
param(
    [Parameter(Mandatory)] [string] $ModulePath,
    [Parameter(Mandatory)] [string] $DestinationPath
)

$ErrorActionPreference = 'Stop'
# The first moment that a ZIP entry can have.
$epoch = [DateTimeOffset]::new(1980, 1, 1, 0, 0, 0, [timespan]::Zero)
$manifest = Import-PowerShellDataFile -LiteralPath (Join-Path $ModulePath 'KrabAuth.psd1')
$data = $manifest.PrivateData.PSData
# The gallery finds modules by their commands through tags.
$tags = @('PSModule', 'PSIncludes_Cmdlet') + $data.Tags + ($manifest.CmdletsToExport | ForEach-Object { "PSCmdlet_$_"; "PSCommand_$_" })
$values = 'KrabAuth', $manifest.ModuleVersion, $manifest.Author, $manifest.CompanyName, $manifest.Description, $manifest.Copyright,
    $data.LicenseUri, $data.ProjectUri, $data.IconUri, $data.ReleaseNotes, "$tags"
$nuspec = @'
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd">
  <metadata>
    <id>{0}</id>
    <version>{1}</version>
    <authors>{2}</authors>
    <owners>{3}</owners>
    <requireLicenseAcceptance>false</requireLicenseAcceptance>
    <description>{4}</description>
    <copyright>{5}</copyright>
    <licenseUrl>{6}</licenseUrl>
    <projectUrl>{7}</projectUrl>
    <iconUrl>{8}</iconUrl>
    <releaseNotes>{9}</releaseNotes>
    <tags>{10}</tags>
  </metadata>
</package>

'@ -f ($values | ForEach-Object { [Security.SecurityElement]::Escape($_) })

$files = [Collections.Generic.SortedDictionary[string, object]]::new([StringComparer]::Ordinal)
foreach ($file in Get-ChildItem -LiteralPath $ModulePath -Recurse -File) {
    $files[[IO.Path]::GetRelativePath($ModulePath, $file.FullName).Replace('\', '/')] = [IO.File]::ReadAllBytes($file.FullName)
}
$extensions = @($files.Keys | ForEach-Object { [IO.Path]::GetExtension($_).TrimStart('.') } | Where-Object { $_ }) + 'nuspec' | Sort-Object -Unique
$types = $extensions | ForEach-Object { '<Default Extension="{0}" ContentType="application/octet" />' -f $_ }
$parts = @($files.Keys | Where-Object { -not [IO.Path]::GetExtension($_) } | ForEach-Object { '<Override PartName="/{0}" ContentType="application/octet" />' -f $_ })
$files['KrabAuth.nuspec'] = $nuspec.ReplaceLineEndings("`n")
$files['[Content_Types].xml'] = '<?xml version="1.0" encoding="utf-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />{0}</Types>' -f (@($types) + $parts -join '')
$files['_rels/.rels'] = '<?xml version="1.0" encoding="utf-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/KrabAuth.nuspec" Id="manifest" /></Relationships>'

$null = [IO.Directory]::CreateDirectory($DestinationPath)
$package = Join-Path $DestinationPath "KrabAuth.$($manifest.ModuleVersion).nupkg"
Remove-Item -LiteralPath $package -ErrorAction Ignore
$archive = [IO.Compression.ZipFile]::Open($package, 'Create')
try {
    foreach ($file in $files.GetEnumerator()) {
        $entry = $archive.CreateEntry($file.Key, 'SmallestSize')
        $entry.LastWriteTime = $epoch
        $content = if ($file.Value -is [string]) { [Text.UTF8Encoding]::new($false).GetBytes($file.Value) } else { $file.Value }
        $stream = $entry.Open()
        try { $stream.Write($content, 0, $content.Length) } finally { $stream.Dispose() }
    }
}
finally { $archive.Dispose() }
Get-Item -LiteralPath $package
