<#
.SYNOPSIS
Writes the bill of materials of the module: CycloneDX 1.6, as JSON.
.DESCRIPTION
Every file of the folder with its hash, and every package of the build from project.assets.json. A package of which nothing is shipped
has the scope "excluded". The same folder always gives the same text: there is no time in it, and its serial number is made of its
content.
.PARAMETER ModulePath
The folder of the module.
.PARAMETER AssetsPath
What NuGet wrote of the module's project.
.PARAMETER OutputPath
The file to write. It lists no hash of itself.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [string] $ModulePath,
    [Parameter(Mandatory)] [string] $AssetsPath,
    [Parameter(Mandatory)] [string] $OutputPath
)

$ErrorActionPreference = 'Stop'
$manifest = Import-PowerShellDataFile -LiteralPath (Join-Path $ModulePath 'KrabAuth.psd1')
$assets = Get-Content -Raw -LiteralPath $AssetsPath | ConvertFrom-Json -AsHashtable
$licence = @(@{ license = @{ id = 'MIT' } })

$files = foreach ($file in Get-ChildItem -LiteralPath $ModulePath -Recurse -File | Where-Object FullName -NE $OutputPath) {
    $name = [IO.Path]::GetRelativePath($ModulePath, $file.FullName).Replace('\', '/')
    [ordered]@{
        type     = 'file'
        'bom-ref' = "file:$name"
        name     = $name
        hashes   = @([ordered]@{ alg = 'SHA-256'; content = (Get-FileHash -LiteralPath $file.FullName -Algorithm SHA256).Hash.ToLowerInvariant() })
    }
}
$packages = foreach ($target in $assets.targets.Values) {
    foreach ($entry in $target.GetEnumerator() | Where-Object { $_.Value.type -eq 'package' }) {
        $name, $version = $entry.Key -split '/', 2
        $shipped = @($entry.Value.runtime.Keys | Where-Object { $_ -and (Split-Path -Leaf $_) -ne '_._' })
        [ordered]@{
            type      = 'library'
            'bom-ref' = "pkg:nuget/$name@$version"
            name      = $name
            version   = $version
            scope     = $(if ($shipped) { 'required' } else { 'excluded' })
            purl      = "pkg:nuget/$name@$version"
            hashes    = @([ordered]@{ alg = 'SHA-512'; content = [Convert]::ToHexStringLower([Convert]::FromBase64String($assets.libraries[$entry.Key].sha512)) })
        }
    }
}
$components = [Collections.Generic.SortedDictionary[string, object]]::new([StringComparer]::Ordinal)
foreach ($component in @($packages) + @($files) | Where-Object { $_ }) { $components[$component.'bom-ref'] = $component }
$self = "pkg:nuget/KrabAuth@$($manifest.ModuleVersion)?repository_url=https://www.powershellgallery.com/api/v2"
$bom = [ordered]@{
    bomFormat    = 'CycloneDX'
    specVersion  = '1.6'
    serialNumber = ''
    version      = 1
    metadata     = [ordered]@{
        component = [ordered]@{
            type = 'library'; 'bom-ref' = $self; name = 'KrabAuth'; version = $manifest.ModuleVersion; description = $manifest.Description; licenses = $licence; purl = $self
            externalReferences = @([ordered]@{ type = 'vcs'; url = $manifest.PrivateData.PSData.ProjectUri })
        }
    }
    components   = @($components.Values)
    dependencies = @([ordered]@{ ref = $self; dependsOn = @($components.Keys) })
}
# A UUID of version 8 (RFC 9562): of a hash of all the rest.
$hash = [Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes(($bom | ConvertTo-Json -Depth 10 -Compress)))[0..15]
$hash[6] = $hash[6] -band 0x0F -bor 0x80
$hash[8] = $hash[8] -band 0x3F -bor 0x80
$bom.serialNumber = "urn:uuid:$([guid]::new([byte[]]$hash, $true))"
if ($PSCmdlet.ShouldProcess($OutputPath, 'Write bill of materials')) {
    [IO.File]::WriteAllText($OutputPath, ($bom | ConvertTo-Json -Depth 10).ReplaceLineEndings("`n") + "`n")
}
