# Makes a picture of what a terminal shows: an SVG whose text is text, so that it is small, can be compared line by line, and can be
# read aloud. Each cell of a table is a text of its own at its own column, and as wide as its columns: no font moves what is beside it.

$script:Cell = 8.4
$script:Line = 19
$script:Margin = 16
$script:Bar = 34

# What a code of SGR (ECMA-48) changes; the colours have the names of the classes below.
$script:Codes = @{ 0 = 'reset'; 1 = 'bold'; 2 = 'dim'; 3 = 'italic'; 31 = 'red'; 32 = 'green'; 33 = 'yellow'; 36 = 'cyan'; 39 = 'plain' }

$script:Style = @'
.back{fill:#0d1117;stroke:#3d444d}.line{stroke:#3d444d}
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;fill:#e6edf3;white-space:pre}
.dim{fill:#9198a1}.red{fill:#ff7b72}.green{fill:#56d364}.yellow{fill:#e3b341}.cyan{fill:#56d4dd}
.bold{font-weight:700}.italic{font-style:italic}
'@

function ConvertTo-TerminalPicture {
    <#
    .SYNOPSIS
    Makes an SVG of a text with the colours of a terminal.
    .DESCRIPTION
    Takes the codes for colours that KrabAuth and the tables of PowerShell use. Another one is an error: it would be missing in
    the picture.
    #>
    [OutputType([string])]
    param(
        [Parameter(Mandatory)] [string] $Text,
        # What is in the bar above: the program, or the command.
        [Parameter(Mandatory)] [string] $Title,
        # What the picture shows, for those who do not see it.
        [Parameter(Mandatory)] [string] $Description,
        [int] $Columns = 80
    )

    $lines = $Text.Replace("`r", '').TrimEnd("`n") -split "`n"
    $width = [int]($Columns * $script:Cell + 2 * $script:Margin)
    $height = $script:Bar + $lines.Count * $script:Line + 2 * $script:Margin
    $escape = { param([string] $raw) [System.Security.SecurityElement]::Escape($raw) }
    $svg = [System.Collections.Generic.List[string]]@(
        "<svg xmlns=`"http://www.w3.org/2000/svg`" width=`"$width`" height=`"$height`" viewBox=`"0 0 $width $height`" role=`"img`" aria-labelledby=`"title`">"
        "<title id=`"title`">$(& $escape $Description)</title>"
        "<style>`n$($script:Style.Replace("`r", ''))`n</style>"
        "<rect class=`"back`" x=`"0.5`" y=`"0.5`" width=`"$($width - 1)`" height=`"$($height - 1)`" rx=`"8`"/>"
        "<line class=`"line`" x1=`"1`" y1=`"$($script:Bar)`" x2=`"$($width - 1)`" y2=`"$($script:Bar)`"/>"
        "<text class=`"dim`" x=`"$($script:Margin)`" y=`"22`">$(& $escape $Title)</text>"
    )
    $tone = @{ Colour = ''; Bold = $false; Dim = $false; Italic = $false }
    for ($row = 0; $row -lt $lines.Count; $row++) {
        $y = $script:Bar + $script:Margin + $row * $script:Line + 14
        foreach ($piece in Split-TerminalLine $lines[$row] $tone) {
            $end = $piece.Column + $piece.Text.Length
            if ($end -gt $Columns) { throw "The line is wider than $Columns columns: $($lines[$row])" }
            $svg.Add(('<text{0} x="{1}" y="{2}" textLength="{3}" lengthAdjust="spacingAndGlyphs">{4}</text>' -f
                    $(if ($piece.Class) { " class=`"$($piece.Class)`"" }), (Format-Length ($script:Margin + $piece.Column * $script:Cell)), $y,
                    (Format-Length ($piece.Text.Length * $script:Cell)), (& $escape $piece.Text)))
        }
    }
    $svg.Add("</svg>`n")
    $svg -join "`n"
}

function Split-TerminalLine {
    # The cells of a line: texts of one tone without wide gaps, each with its column. What the codes change stays in $Tone.
    param([string] $Line, [hashtable] $Tone)

    $column = 0
    foreach ($part in [regex]::Matches($Line, '\e\[(?<codes>[0-9;]*)m|(?<text>[^\e]+)|\e')) {
        if ($part.Groups['text'].Success) {
            foreach ($cell in [regex]::Matches($part.Value, '\S+(?: \S+)*')) {
                [pscustomobject]@{ Text = $cell.Value; Column = $column + $cell.Index; Class = Get-ToneClass $Tone }
            }
            $column += $part.Length
        }
        elseif ($part.Groups['codes'].Success) {
            foreach ($code in $part.Groups['codes'].Value -split ';') { Set-Tone $Tone ([int]$code) }
        }
        else {
            throw "There is a code in the text that is none for colours: $($Line.Replace("`e", '\e'))"
        }
    }
}

function Set-Tone {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'It changes a variable of its caller.')]
    param([hashtable] $Tone, [int] $Code)

    switch ($script:Codes[$Code]) {
        'reset' { $Tone.Colour = ''; $Tone.Bold = $Tone.Dim = $Tone.Italic = $false }
        'plain' { $Tone.Colour = '' }
        { $_ -in 'bold', 'dim', 'italic' } { $Tone[$_] = $true }
        $null { throw "The colour code $Code is not known." }
        default { $Tone.Colour = $_ }
    }
}

function Get-ToneClass {
    param([hashtable] $Tone)
    @($Tone.Colour; 'bold', 'dim', 'italic' | Where-Object { $Tone[$_] }) -ne '' -join ' '
}

function Format-Length {
    param([double] $Length)
    $Length.ToString('0.#', [cultureinfo]::InvariantCulture)
}

Export-ModuleMember -Function ConvertTo-TerminalPicture
