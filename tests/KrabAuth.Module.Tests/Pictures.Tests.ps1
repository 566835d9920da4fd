# The pictures of the README are made again and compared with those that are committed: no picture shows what was.

BeforeDiscovery {
    $program = Join-Path $(if ($env:KRABAUTH_MODULE) { "$env:KRABAUTH_MODULE/.." } else { "$PSScriptRoot/../../out" }) 'cli/krabauth'
    $script:why = if (-not $IsLinux) { ' (skipped: they are made on Linux)' }
    elseif (-not (Get-Command script -CommandType Application -ErrorAction Ignore)) { ' (skipped: there is no script of util-linux)' }
    elseif (-not (Test-Path -LiteralPath $program)) { " (skipped: there is no command line in $program)" }
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module (Join-Path $PSScriptRoot 'TerminalPicture.psm1')
    $script:images = Join-Path $RepositoryRoot 'docs/images'
}
AfterAll { Exit-TestSession }

Describe 'The pictures<why>' -ForEach @(@{ Why = $why }) -Skip:([bool]$why) {
    BeforeAll {
        $script:made = Get-NewDirectory
        # In a process of its own, as it changes the time zone.
        $said = Invoke-NewSession "& '$RepositoryRoot/docs/Update-Pictures.ps1' -Stage '$(Split-Path -Parent $ModulePath)' -Path '$made' -TextOnly"
        if ($said) { throw "$said" }
    }

    It 'show in <_> what is shown now' -ForEach 'session.svg', 'live.svg', 'report.html' {
        # A new version alone makes no picture old.
        $read = { param([string] $Directory) [IO.File]::ReadAllText((Join-Path $Directory $_)).Replace("`r", '') -replace 'KrabAuth \d+\.\d+\.\d+[\w.-]*', 'KrabAuth VERSION' }
        & $read $made | Should -BeExactly (& $read $images) -Because 'docs/Update-Pictures.ps1 must be run after a change of what is shown'
    }

    It 'hold no secret' {
        Get-ChildItem -LiteralPath $made | Get-Content -Raw | Should -Not -MatchExactly 'EXAMPLE'
    }
}

Describe 'The README' {
    It 'says in words what each of its pictures shows, and shows every picture' {
        $found = [regex]::Matches([IO.File]::ReadAllText("$RepositoryRoot/README.md"), '!\[(?<alt>[^\]]*)\]\((?<path>docs/images/[^)]+)\)')
        $found.ForEach{ $_.Groups['alt'].Value.Length } | ForEach-Object { $_ | Should -BeGreaterThan 40 }
        $shown = $found.ForEach{ Split-Path -Leaf $_.Groups['path'].Value } | Sort-Object
        $shown | Should -Be ((Get-ChildItem -LiteralPath $images -Exclude *.html, *.sha256).Name | Sort-Object)
    }

    It 'shows the report that lies beside its picture' {
        $noted = [IO.File]::ReadAllLines("$images/report.sha256")
        $noted | Should -BeExactly ('report.html', 'report.png').ForEach{ "$((Get-FileHash -LiteralPath "$images/$_" -Algorithm SHA256).Hash.ToLowerInvariant())  $_" } -Because 'docs/Update-Pictures.ps1 must be run whole, and all that it wrote committed'
    }
}

Describe 'ConvertTo-TerminalPicture' {
    BeforeAll {
        function Get-Cell([string] $Text) { ([xml](ConvertTo-TerminalPicture $Text -Title t -Description d)).svg.text | Select-Object -Skip 1 }
    }

    It 'puts each cell at its own column, as wide as its characters' {
        $cells = Get-Cell "a b   <c>`n `e[32;1mgreen`e[0m"
        $cells.'#text' | Should -Be 'a b', '<c>', 'green'
        $cells.x | Should -Be '16', '66.4', '24.4'
        $cells.textLength | Should -Be '25.2', '25.2', '42'
        [int]$cells[2].y - [int]$cells[0].y | Should -Be 19
    }

    It 'knows <Codes>, also over the end of a line' -ForEach @(
        @{ Codes = '31;1'; Class = 'red bold' }, @{ Codes = '33'; Class = 'yellow' }, @{ Codes = '2'; Class = 'dim' }, @{ Codes = '32;1;3'; Class = 'green bold italic' }, @{ Codes = '36;39'; Class = $null }
    ) {
        (Get-Cell "`e[${Codes}mone`ntwo`e[0mthree").class | Should -Be @($Class, $Class, $null)
    }

    It 'refuses <Name>, which would be missing in the picture' -ForEach @(
        @{ Name = 'a colour that it does not know'; Text = "`e[35mx"; Says = '*35*' }, @{ Name = 'a code that moves the cursor'; Text = "`e[2Kx"; Says = '*\e`[2K*' }, @{ Name = 'a line that is too wide'; Text = 'x' * 81; Says = '*wider*' }
    ) {
        { Get-Cell $Text } | Should -Throw $Says
    }
}
