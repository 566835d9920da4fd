<#
.SYNOPSIS
Makes the module's help files, KrabAuth.dll-Help.xml and the topics beside it, from the pages in docs/en-US.
.DESCRIPTION
PlatyPS reads the pages and exports MAML. What it leaves as markdown is then put into the form that Get-Help shows: the
code of an example as code, paragraphs as paragraphs, marks and links as plain text. The same pages always give the same
file. Needs the module Microsoft.PowerShell.PlatyPS 1.0.
#>
param(
    [string] $OutputPath = (Join-Path $PSScriptRoot '../src/KrabAuth/Help/en-US/KrabAuth.dll-Help.xml')
)

$ErrorActionPreference = 'Stop'
Import-Module Microsoft.PowerShell.PlatyPS
Import-Module (Join-Path $PSScriptRoot '../tests/KrabAuth.Module.Tests/Examples.psm1') -Force

$maml = [System.Xml.Linq.XNamespace]'http://schemas.microsoft.com/maml/2004/10'
$command = [System.Xml.Linq.XNamespace]'http://schemas.microsoft.com/maml/dev/command/2004/10'
$dev = [System.Xml.Linq.XNamespace]'http://schemas.microsoft.com/maml/dev/2004/10'

function ConvertTo-PlainText([string] $Markdown) {
    $text = $Markdown -replace '\[([^\]]+)\]\((https?://[^)]+)\)', '$1 ($2)' -replace '\[([^\]]+)\]\([^)]+\)', '$1'
    $text -replace '\*\*([^*]+)\*\*', '$1' -replace '`([^`]+)`', '$1'
}

# Get-Help wraps for itself: each paragraph, and each item of a list, becomes one line.
function ConvertTo-Paragraph([string] $Markdown) {
    foreach ($block in $Markdown.Replace("`r", '').Trim() -split '\n{2,}') {
        if (-not $block) { continue }
        # The items of a list stay one paragraph, so that no empty lines come between them.
        $lines = (ConvertTo-PlainText $block) -replace '\n(?!- )\s*', ' '
        [System.Xml.Linq.XElement]::new($maml + 'para', $lines)
    }
}

function Format-Paragraph([System.Xml.Linq.XElement] $Element) {
    $text = ($Element.Elements($maml + 'para') | ForEach-Object Value) -join "`n`n"
    $Element.ReplaceNodes([object[]]@(ConvertTo-Paragraph $text))
}

$temporary = Join-Path ([System.IO.Path]::GetTempPath()) "krabauth-help-$PID"
try {
    $pages = Get-ChildItem (Join-Path $PSScriptRoot 'en-US/*-*.md') | Sort-Object { $_.Name } -Culture ''
    $exported = $pages.FullName | Import-MarkdownCommandHelp | Export-MamlCommandHelp -OutputFolder $temporary
    $document = [System.Xml.Linq.XDocument]::Load($exported.FullName)
}
finally {
    Remove-Item -LiteralPath $temporary -Recurse -Force -ErrorAction Ignore
}

foreach ($page in $pages) {
    $help = $document.Root.Elements($command + 'command').Where({ $_.Element($command + 'details').Element($command + 'name').Value -eq $page.BaseName })[0]
    foreach ($name in 'description', 'alert') { @($help.Descendants($maml + $name)) | ForEach-Object { Format-Paragraph $_ } }

    # PlatyPS leaves an example as markdown in its introduction.
    $source = @(Get-PageExample $page.FullName)
    $examples = @($help.Descendants($command + 'example'))
    for ($i = 0; $i -lt $examples.Count; $i++) {
        $example = $examples[$i]
        # Get-Help shows an introduction as the prompt before the code, on its line; the text goes behind the code.
        $example.Element($maml + 'introduction').RemoveNodes()
        $example.Element($dev + 'code').Value = $source[$i].Code
        $behind = @(ConvertTo-Paragraph $source[$i].Introduction)
        if ($source[$i].Output[0] -eq ' ') {
            # A paragraph loses its first blanks, and so the first line of a table its place; the text before it keeps them.
            if (-not $behind) { throw "$($page.BaseName), $($source[$i].Title): an output that starts with a blank needs a text before the code." }
            $behind[-1].Value += "`n`n" + $source[$i].Output
        }
        else {
            $behind += [System.Xml.Linq.XElement]::new($maml + 'para', $source[$i].Output)
        }
        # The last one sets the example off from the next.
        $behind += @(ConvertTo-Paragraph $source[$i].Remarks) + [System.Xml.Linq.XElement]::new($maml + 'para')
        $example.Element($dev + 'remarks').ReplaceNodes([object[]]$behind)
    }

    # Types by the names that the syntax uses; defaults, which PlatyPS leaves out.
    $parameters = (Import-MarkdownCommandHelp $page.FullName).Parameters
    foreach ($element in $help.Element($command + 'parameters').Elements($command + 'parameter')) {
        $default = $parameters.Where({ $_.Name -eq $element.Element($maml + 'name').Value })[0].DefaultValue
        if ($default) { $element.Add([System.Xml.Linq.XElement]::new($dev + 'defaultValue', $default)) }
    }
    foreach ($value in $help.Element($command + 'parameters').Descendants($command + 'parameterValue')) {
        $value.Value = ($value.Value -replace '^System\.Nullable`1\[(.+)\]$', '$1') -replace '^.*\.', ''
    }

    # A link to a page beside this one is the name of a topic; only Get-Help -Online has a use for the other kind.
    foreach ($link in @($help.Descendants($maml + 'navigationLink'))) {
        $uri = $link.Element($maml + 'uri')
        if (-not $uri.Value -and $link.Element($maml + 'linkText').Value -eq 'Online Version') { $link.Remove() }
        elseif ($uri.Value -notmatch '^https?:') { $uri.Value = '' }
    }
}

$OutputPath = [System.IO.Path]::GetFullPath($OutputPath, $PWD.ProviderPath)
$folder = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($OutputPath)).FullName
$settings = [System.Xml.XmlWriterSettings]@{ Indent = $true; NewLineChars = "`n"; Encoding = [System.Text.UTF8Encoding]::new($false) }
$buffer = [System.IO.MemoryStream]::new()
$writer = [System.Xml.XmlWriter]::Create($buffer, $settings)
$document.Save($writer)
$writer.Dispose()
[System.IO.File]::WriteAllText($OutputPath, [System.Text.Encoding]::UTF8.GetString($buffer.ToArray()) + "`n")

# Get-Help shows a topic as it is: the marks of headings go, and those of words but in code and tables, which would lose their columns.
foreach ($topic in Get-Item (Join-Path $PSScriptRoot 'en-US/about_*.md')) {
    $text = [System.IO.File]::ReadAllText($topic.FullName).Replace("`r", '') -replace '(?m)^#+ |(?<!^(?: {4}|\|).*)`([^`\n]+)`', '$1'
    [System.IO.File]::WriteAllText((Join-Path $folder "$($topic.BaseName).help.txt"), $text)
}
