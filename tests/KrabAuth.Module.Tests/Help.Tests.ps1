# The help is a promise: every cmdlet, parameter and error id is in it, nothing else is, and what is shipped is what the
# pages say.

[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester reads them for -ForEach and -Skip while it discovers the tests.')]
param()

BeforeDiscovery {
    $root = Join-Path $PSScriptRoot '../..'
    $module = if ($env:KRABAUTH_MODULE) { $env:KRABAUTH_MODULE } else { Join-Path $root 'out/KrabAuth' }
    Import-Module (Join-Path $module 'KrabAuth.psd1')
    $common = [System.Management.Automation.PSCmdlet]::CommonParameters
    $cmdlets = foreach ($command in Get-Command -Module KrabAuth) {
        @{
            Name       = $command.Name
            Parameters = $command.Parameters.Keys.Where({ $_ -notin $common })
        }
    }
    $script:parameters = foreach ($cmdlet in $cmdlets) {
        foreach ($parameter in $cmdlet.Parameters) { @{ Cmdlet = $cmdlet.Name; Parameter = $parameter } }
    }
    $script:topics = (Get-Item (Join-Path $root 'docs/en-US/about_*.md')).BaseName | ForEach-Object { @{ Topic = $_ } }
}

BeforeAll {
    $root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
    $module = if ($env:KRABAUTH_MODULE) { $env:KRABAUTH_MODULE } else { Join-Path $root 'out/KrabAuth' }
    Import-Module (Join-Path $module 'KrabAuth.psd1')
    Import-Module (Join-Path $PSScriptRoot 'Examples.psm1')
    $docs = Join-Path $root 'docs/en-US'
    $script:hasPlatyPS = [bool](Get-Module Microsoft.PowerShell.PlatyPS -ListAvailable)

    function Get-Page([string] $Name) { [System.IO.File]::ReadAllText((Join-Path $docs "$Name.md")) }
}

Describe 'Help of <Name>' -ForEach $cmdlets {
    BeforeAll { $script:help = Get-Help $Name -Full }

    It 'has a synopsis that is a sentence and not the syntax' {
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis.Trim() | Should -Not -BeLike "$Name *"
        $help.Synopsis.Trim() | Should -Match '^[A-Z].*\.$'
    }

    It 'has a description, notes, inputs and outputs' {
        ($help.description.Text -join ' ').Length | Should -BeGreaterThan 100
        $help.alertSet | Should -Not -BeNullOrEmpty
        $help.inputTypes.inputType | Should -Not -BeNullOrEmpty
        $help.returnValues.returnValue | Should -Not -BeNullOrEmpty
    }

    It 'has three examples or more, each with code and with what it shows' {
        $examples = @($help.examples.example)
        $examples.Count | Should -BeGreaterOrEqual 3
        foreach ($example in $examples) {
            $example.code | Should -Not -BeNullOrEmpty
            $example.remarks.Text -join '' | Should -Not -BeNullOrEmpty
        }
    }

    It 'has examples whose code parses' {
        foreach ($example in Get-PageExample (Join-Path $docs "$Name.md")) {
            $errors = $null
            $null = [System.Management.Automation.Language.Parser]::ParseInput($example.Code, [ref]$null, [ref]$errors)
            $errors | Should -BeNullOrEmpty -Because $example.Title
        }
    }

    It 'has no markdown left in it' {
        $text = $help | Out-String -Width 200
        $text | Should -Not -Match '```|\]\(|\*\*\w'
        [char[]]$text | Where-Object { [char]::IsControl($_) -and $_ -notin "`n", "`r" } | Should -BeNullOrEmpty
    }

    It 'links to what exists' {
        foreach ($link in $help.relatedLinks.navigationLink.linkText -ne 'Online Version') {
            Test-Path (Join-Path $docs "$link.md") | Should -BeTrue -Because $link
        }
    }

    It 'has a page without placeholders and without a secret as an argument' {
        $page = Get-Page $Name
        $page | Should -Not -Match '\{\{'
        $page | Should -Not -Match '(?m)^```Output\n(\?\n)?```'
        (Get-PageExample (Join-Path $docs "$Name.md")).Code | Should -Not -Match 'sk-|ConvertTo-SecureString'
    }
}

Describe 'Help of the parameters' {
    It '<Cmdlet> -<Parameter> is described in the page and in the help' -ForEach $parameters {
        $described = [regex]::Match((Get-Page $Cmdlet), "(?s)\n### -$Parameter\n\n(?<text>.*?)\n\n``````yaml").Groups['text'].Value
        $described | Should -Match '\.$'
        (Get-Help $Cmdlet -Parameter $Parameter).description.Text -join '' | Should -Not -BeNullOrEmpty
    }

    It '<Name> has no parameter in its page that it lacks' -ForEach $cmdlets {
        $documented = [regex]::Matches((Get-Page $Name), '(?m)^### -(\w+)$').ForEach({ $_.Groups[1].Value })
        $documented | Where-Object { $_ -notin $Parameters } | Should -BeNullOrEmpty
    }
}

Describe 'Help files' {
    It 'has a page for each exported cmdlet and no other' {
        $pages = (Get-Item (Join-Path $docs '*-*.md')).BaseName
        $exported = (Import-PowerShellDataFile (Join-Path $root 'KrabAuth.psd1')).CmdletsToExport
        Compare-Object $pages $exported | Should -BeNullOrEmpty
    }

    It 'commits what PlatyPS makes of the pages' {
        if (-not $hasPlatyPS) { Set-ItResult -Skipped -Because 'the module Microsoft.PowerShell.PlatyPS is not here' }
        $made = Join-Path $TestDrive 'KrabAuth.dll-Help.xml'
        & (Join-Path $root 'docs/Build-Help.ps1') -OutputPath $made
        $names = (Get-ChildItem $TestDrive -File).Name
        $names | Should -Be (Get-ChildItem (Join-Path $root 'src/KrabAuth/Help/en-US')).Name
        foreach ($name in $names) {
            $committed = [System.IO.File]::ReadAllText((Join-Path $root "src/KrabAuth/Help/en-US/$name")).Replace("`r", '')
            [System.IO.File]::ReadAllText((Join-Path $TestDrive $name)) -ceq $committed | Should -BeTrue -Because "docs/Build-Help.ps1 must be run after a change of a page ($name)"
        }
    }

    It 'follows the schema of PlatyPS: <Name>' -ForEach $cmdlets {
        if (-not $hasPlatyPS) { Set-ItResult -Skipped -Because 'the module Microsoft.PowerShell.PlatyPS is not here' }
        Microsoft.PowerShell.PlatyPS\Test-MarkdownCommandHelp (Join-Path $docs "$Name.md") | Should -BeTrue
    }

    It 'ships what is committed' {
        foreach ($file in Get-ChildItem (Join-Path $root 'src/KrabAuth/Help/en-US')) {
            $shipped = [System.IO.File]::ReadAllText((Join-Path $module "en-US/$($file.Name)"))
            $shipped -ceq [System.IO.File]::ReadAllText($file.FullName) | Should -BeTrue
        }
    }

    It 'has a topic on <_>' -ForEach 'Profiles', 'Order', 'Cooldown', 'Storage', 'Security', 'Errors', 'Automation', 'Doctor' {
        Join-Path $docs "about_KrabAuth_$_.md" | Should -Exist
        Get-Page 'about_KrabAuth' | Should -Match "(?m)^- about_KrabAuth_$_$" -Because 'the overview leads to every topic'
    }

    It 'can be opened online: <_>' -ForEach (Get-Item (Join-Path $PSScriptRoot '../../docs/en-US/*-*.md')).BaseName {
        $address = (Get-Help $_).relatedLinks.navigationLink.uri.Where({ $_ }, 'First')
        $address | Should -Be "$((Test-ModuleManifest (Join-Path $module 'KrabAuth.psd1')).ProjectUri)/blob/main/docs/en-US/$_.md"
    }

    It 'finds <Topic>' -ForEach $topics {
        $text = Get-Help $Topic | Out-String
        $text | Should -Match "(?m)^$Topic"
        $text | Should -Match '(?m)^SHORT DESCRIPTION'
        # As it was written, but for the marks.
        ($text -replace '[#`\s]') | Should -BeExactly ((Get-Page $Topic) -replace '[#`\s]')
    }

    It 'keeps <Topic> within 80 columns' -ForEach $topics {
        (Get-Page $Topic) -split '\r?\n' | Where-Object Length -GT 80 | Should -BeNullOrEmpty
    }

    It 'names each cmdlet in the overview' {
        $overview = Get-Page 'about_KrabAuth'
        (Get-Command -Module KrabAuth).Name | Where-Object { $overview -notmatch "(?m)^    $_ " } | Should -BeNullOrEmpty
    }
}

Describe 'The topic of errors' {
    BeforeAll {
        $script:page = Get-Page 'about_KrabAuth_Errors'
        $core = (Get-ChildItem -Path (Join-Path $root 'src/KrabAuth.Core/Diagnostics') -Filter 'AuthErrors*.cs' | Get-Content -Raw) -join "`n"
        $records = [System.IO.File]::ReadAllText((Join-Path $root 'src/KrabAuth/Errors/ErrorRecords.cs'))
        # In Core an id is the first thing that a new exception is given; in the module it follows the exception.
        $script:raised = @(
            [regex]::Matches($core, '=> new\(\s*"(\w+)"').ForEach({ $_.Groups[1].Value })
            [regex]::Matches($records, '(?m)^\s+"(\w+)",$').ForEach({ $_.Groups[1].Value })
            [regex]::Matches($records, 'Record\(e, "(\w+)"').ForEach({ $_.Groups[1].Value })
        ) | Sort-Object -Unique
    }

    It 'finds every id in the source' {
        # One id for each factory method, but for those that share one.
        $raised.Count | Should -BeGreaterThan 25
        [regex]::Matches($core, 'public static KrabAuthException (\w+)\(').Count | Should -Be ([regex]::Matches($core, '=> new\(\s*"').Count)
    }

    It 'describes every id that is raised, and no other' {
        $described = [regex]::Matches($page, '(?m)^### ([A-Z][a-z]\w+)$').ForEach({ $_.Groups[1].Value })
        Compare-Object $raised $described | Should -BeNullOrEmpty
    }

    It 'has every id in the table' {
        $listed = [regex]::Matches($page, '(?m)^\| ([A-Z][a-z]+[A-Z]\w+) +\|').ForEach({ $_.Groups[1].Value })
        Compare-Object $raised $listed | Should -BeNullOrEmpty
    }

    It 'has every reason code' {
        $routing = [System.IO.File]::ReadAllText((Join-Path $root 'src/KrabAuth.Core/Routing/Eligibility.cs'))
        $codes = [regex]::Matches($routing, 'public const string \w+ = "(\w+)"').ForEach({ $_.Groups[1].Value })
        $codes.Count | Should -BeGreaterThan 5
        $codes | Where-Object { $page -notmatch "(?m)^\| $_ +\|" } | Should -BeNullOrEmpty
    }
}
