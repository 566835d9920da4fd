BeforeDiscovery {
    $script:gallery = [bool](Get-Module -ListAvailable Microsoft.PowerShell.PSResourceGet)
    $script:why = if ($gallery) { '' } else { ' (skipped: Microsoft.PowerShell.PSResourceGet is not installed)' }
    $script:assets = Join-Path $PSScriptRoot '../../src/KrabAuth/obj/project.assets.json'
    $script:whyNoBill = if (Test-Path -LiteralPath $assets) { '' } else { ' (skipped: nothing was built here, so there is no project.assets.json)' }
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    # What is packed is the folder, without what an installer may have put beside it.
    $script:folder = Join-Path (Get-NewDirectory) 'KrabAuth'
    Copy-Item -LiteralPath $ModulePath -Destination $folder -Recurse
    Remove-Item -Path (Join-Path $folder 'PSGetModuleInfo.xml'), (Join-Path $folder 'KrabAuth.cdx.json') -ErrorAction Ignore
    $script:version = (Import-PowerShellDataFile "$folder/KrabAuth.psd1").ModuleVersion
    function Invoke-Pack { & "$RepositoryRoot/packaging/Compress-Module.ps1" -ModulePath $folder -DestinationPath (Get-NewDirectory) }
}
AfterAll { Exit-TestSession }

Describe 'The package' {
    It 'has the same bytes for the same folder, whenever it is packed' {
        $first = Invoke-Pack
        Get-ChildItem -LiteralPath $folder -Recurse -File | ForEach-Object { $_.LastWriteTime = [datetime]'2020-02-02' }
        $second = Invoke-Pack
        $first.Name | Should -Be "KrabAuth.$version.nupkg"
        (Get-FileHash $second).Hash | Should -Be (Get-FileHash $first).Hash
        $second.FullName | Should -Not -Be $first.FullName
    }

    It 'holds the folder, and what a gallery reads' {
        $archive = [IO.Compression.ZipFile]::OpenRead((Invoke-Pack).FullName)
        try {
            $names = $archive.Entries.FullName
            $reader = [IO.StreamReader]::new($archive.GetEntry('KrabAuth.nuspec').Open())
            $metadata = ([xml]$reader.ReadToEnd()).package.metadata
        }
        finally { $archive.Dispose() }
        $own = Get-ChildItem -LiteralPath $folder -Recurse -File | ForEach-Object { [IO.Path]::GetRelativePath($folder, $_.FullName).Replace('\', '/') }
        $names | Sort-Object | Should -Be (@($own) + '[Content_Types].xml', '_rels/.rels', 'KrabAuth.nuspec' | Sort-Object)
        $metadata.version | Should -Be $version
        foreach ($name in 'authors', 'description', 'copyright', 'licenseUrl', 'projectUrl', 'iconUrl', 'releaseNotes') { $metadata.$name | Should -Not -BeNullOrEmpty -Because $name }
        $metadata.tags -split ' ' | Should -Contain 'PSModule'
        $metadata.tags -split ' ' | Should -Contain 'PSCmdlet_Get-KrabAuthToken'
        $metadata.tags.Length | Should -BeLessThan 4000 -Because 'the gallery takes no more'
    }

    It 'has the icon that its manifest names' {
        $data = (Import-PowerShellDataFile "$folder/KrabAuth.psd1").PrivateData.PSData
        $data.IconUri | Should -BeLike '*/main/assets/icon.png'
        [IO.File]::ReadAllBytes("$RepositoryRoot/assets/icon.png")[0..7] | Should -Be @(0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A)
    }
}

Describe 'The bill of materials<whyNoBill>' -ForEach @(@{ WhyNoBill = $whyNoBill; AssetsPath = $assets }) -Skip:([bool]$whyNoBill) {
    BeforeAll {
        function Get-Bill {
            $file = Join-Path (Get-NewDirectory) 'bill.json'
            & "$RepositoryRoot/packaging/New-Sbom.ps1" -ModulePath $folder -AssetsPath $AssetsPath -OutputPath $file
            Get-Content -Raw -LiteralPath $file
        }
        $script:text = Get-Bill
        $script:bill = $text | ConvertFrom-Json
    }

    It 'lists every file with its hash' {
        $files = $bill.components | Where-Object type -EQ file
        $own = @(Get-ChildItem -LiteralPath $folder -Recurse -File)
        @($files).Count | Should -Be $own.Count
        foreach ($file in $files) { $file.hashes.content | Should -Be (Get-FileHash (Join-Path $folder $file.name)).Hash }
    }

    It 'names no package that is shipped, because none is' {
        $packages = @($bill.components | Where-Object type -EQ library)
        $packages.name | Should -Contain 'PowerShellStandard.Library'
        $packages.scope | Sort-Object -Unique | Should -Be 'excluded'
        foreach ($package in $packages) { $package.hashes.content | Should -Match '^[0-9a-f]{128}$' }
    }

    It 'is CycloneDX, of this version, and the same each time' {
        $bill.bomFormat | Should -Be 'CycloneDX'
        $bill.serialNumber | Should -Match '^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
        $bill.metadata.component.version | Should -Be $version
        $bill.dependencies[0].dependsOn | Should -Be $bill.components.'bom-ref'
        Get-Bill | Should -BeExactly $text
    }
}

Describe 'A gallery<why>' -ForEach @(@{ Why = $why }) -Skip:(-not $gallery) {
    BeforeAll {
        $script:user = Get-NewDirectory
        $script:shelf = Get-NewDirectory
        $script:savedVariables = @{ HOME = $env:HOME; USERPROFILE = $env:USERPROFILE; XDG_DATA_HOME = $env:XDG_DATA_HOME }
        $env:HOME = $env:USERPROFILE = $user
        $env:XDG_DATA_HOME = $null
        $package = Invoke-Pack
        $script:modules = Join-Path $user 'modules'
        $null = [IO.Directory]::CreateDirectory($modules)
        # Publish and find as with the real one; installed into a folder that holds nothing else.
        $script:said = Invoke-NewSession @"
`$ErrorActionPreference = 'Stop'
Register-PSResourceRepository -Name Shelf -Uri '$shelf' -Trusted
Publish-PSResource -NupkgPath '$($package.FullName)' -Repository Shelf
`$found = Find-PSResource KrabAuth -Repository Shelf
"found: `$(`$found.Name) `$(`$found.Version) `$(`$found.IconUri)"
Save-PSResource KrabAuth -Repository Shelf -Path '$modules'
"@
        # The session of the README, in a home where nothing is signed in.
        $readme = Get-Content -Raw -LiteralPath "$RepositoryRoot/README.md"
        $script:shown = [regex]::Match($readme, '(?s)```text\n(?<session>PS> Test-KrabAuth\n.*?)```').Groups['session'].Value
        $commands = [regex]::Matches($shown, '(?m)^PS> (.*)$') | ForEach-Object { $_.Groups[1].Value.TrimEnd() }
        $lines = foreach ($command in $commands) {
            "'PS> $($command.Replace("'", "''"))'"
            "$command | Out-String -Width 80"
        }
        $script:screen = Invoke-NewSession @"
`$env:PSModulePath = '$modules' + [IO.Path]::PathSeparator + (Join-Path `$PSHOME Modules)
`$PSStyle.OutputRendering = 'PlainText'
Set-Location '$user'
'gsk-work-0123456789abcdef' | Set-Content work.key
'gsk-spare-0123456789abcdef' | Set-Content spare.key
Import-Module KrabAuth
$($lines -join "`n")
'loaded: ' + (Get-Module KrabAuth).ModuleBase
"@
    }
    AfterAll { foreach ($entry in $savedVariables.GetEnumerator()) { [Environment]::SetEnvironmentVariable($entry.Key, $entry.Value) } }

    It 'takes the package and gives it again' { $said | Should -Contain "found: KrabAuth $version https://raw.githubusercontent.com/krabauth/krabauth/main/assets/icon.png" -Because "$said" }

    It 'gives a module that does what the README shows, to the letter' {
        $screen[-1] | Should -Be "loaded: $(Join-Path $modules "KrabAuth/$version")"
        $plain = { param([string] $Text) ($Text -replace '\s+', ' ').Trim() }
        & $plain ($screen[0..($screen.Count - 2)] -join "`n") | Should -BeExactly (& $plain $shown)
    }
}
