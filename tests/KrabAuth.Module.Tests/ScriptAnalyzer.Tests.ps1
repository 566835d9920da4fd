BeforeDiscovery {
    $root = [IO.Path]::GetFullPath("$PSScriptRoot/../..")
    $script:files = Get-ChildItem -LiteralPath $root -Recurse -File -Include *.ps1, *.psm1, *.psd1 | ForEach-Object FullName |
        Where-Object { [IO.Path]::GetRelativePath($root, $_) -notmatch '(^|[\\/])(bin|obj|out|TestResults|\.git)[\\/]' } |
        ForEach-Object { @{ File = $_; Name = [IO.Path]::GetRelativePath($root, $_) } }
    # The manifest names files that lie beside it only where the module is put together.
    foreach ($file in $files | Where-Object Name -EQ 'KrabAuth.psd1') {
        $file.File = Join-Path $(if ($env:KRABAUTH_MODULE) { $env:KRABAUTH_MODULE } else { "$root/out/KrabAuth" }) 'KrabAuth.psd1'
    }
}

Describe 'PSScriptAnalyzer' {
    It 'looks at the scripts of the repository' -ForEach @{ Names = $files.Name } {
        $Names | Should -Contain 'KrabAuth.psd1'
        $Names -replace '\\', '/' | Should -Contain 'tests/KrabAuth.Module.Tests/common.ps1'
    }

    It 'finds nothing in <Name>' -ForEach $files {
        if (-not (Get-Module -ListAvailable PSScriptAnalyzer)) { Set-ItResult -Skipped -Because 'PSScriptAnalyzer is not installed: Install-PSResource PSScriptAnalyzer' }
        $findings = Invoke-ScriptAnalyzer -Path $File | ForEach-Object { "$($_.RuleName), line $($_.Line): $($_.Message)" }
        $findings | Should -BeNullOrEmpty
    }
}
