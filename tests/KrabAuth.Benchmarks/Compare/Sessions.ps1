# What is felt in PowerShell. Each sample is a PowerShell of its own; they take turns.

function Publish-EmptyModule {
    <# Binary modules with one cmdlet that does nothing: one without, one with a view and a type of its own. #>
    $source = 'using System.Management.Automation; [Cmdlet(VerbsCommon.Get, "Nothing")] public sealed class GetNothingCommand : Cmdlet { } public sealed class Nothing { public string Name { get; set; } }'
    $list = @{ FunctionsToExport = @(); CmdletsToExport = 'Get-Nothing'; AliasesToExport = @(); VariablesToExport = @() }
    $plain = Join-Path (New-Item -ItemType Directory -Path (Join-Path $temp 'EmptyModule')) 'EmptyModule'
    Add-Type -TypeDefinition $source -OutputAssembly "$plain.dll" -OutputType Library
    New-ModuleManifest -Path "$plain.psd1" -RootModule EmptyModule.dll @list
    $viewed = Join-Path (New-Item -ItemType Directory -Path (Join-Path $temp 'ViewModule')) 'ViewModule'
    Copy-Item -LiteralPath "$plain.dll" -Destination "$viewed.dll"
    '<Types><Type><Name>Nothing</Name><Members><AliasProperty><Name>Title</Name><ReferencedMemberName>Name</ReferencedMemberName></AliasProperty></Members></Type></Types>' | Set-Content -LiteralPath "$viewed.types.ps1xml"
    '<Configuration><ViewDefinitions><View><Name>Nothing</Name><ViewSelectedBy><TypeName>Nothing</TypeName></ViewSelectedBy><ListControl><ListEntries><ListEntry><ListItems><ListItem><PropertyName>Name</PropertyName></ListItem></ListItems></ListEntry></ListEntries></ListControl></View></ViewDefinitions></Configuration>' | Set-Content -LiteralPath "$viewed.format.ps1xml"
    New-ModuleManifest -Path "$viewed.psd1" -RootModule ViewModule.dll -TypesToProcess ViewModule.types.ps1xml -FormatsToProcess ViewModule.format.ps1xml @list
    "$plain.psd1", "$viewed.psd1"
}

function Get-Sample {
    <# What a script tells as JSON, from a PowerShell of its own. #>
    param([string] $Script, [hashtable] $Environment = @{})
    $prelude = '
        function Watch-Time([scriptblock] $Block) { $watch = [Diagnostics.Stopwatch]::StartNew(); $null = . $Block; $watch.Elapsed.TotalMilliseconds }
        function Watch-Both([scriptblock] $Block) {
            $before = [Environment]::CpuUsage.TotalTime
            $time = Watch-Time $Block
            @{ Time = $time; Processor = ([Environment]::CpuUsage.TotalTime - $before).TotalMilliseconds }
        }
        $null = Watch-Both { }
        '
    $command = "`$ErrorActionPreference = 'Stop'; $prelude$Script"
    Use-Environment $Environment { pwsh -NoProfile -NonInteractive -Command $command | ConvertFrom-Json }
}

function Get-Both {
    <# The medians of times and of processor times, and both as a text. #>
    param([object[]] $Sample)
    $time, $processor = (Get-Median $Sample.Time), (Get-Median $Sample.Processor)
    @{ Time = $time; Processor = $processor; Text = "$(Format-Time $time) ($(Format-Time $processor))" }
}

function Initialize-SecretStore {
    <# A vault without a password in a home of its own; gives that home, or nothing where the modules are not there. #>
    if (@(Get-Module -ListAvailable -Name Microsoft.PowerShell.SecretManagement, Microsoft.PowerShell.SecretStore).Count -lt 2) {
        $absent.Add('SecretManagement and SecretStore are not installed.')
        return
    }
    $secretHome = (New-Item -ItemType Directory -Path (Join-Path $temp 'secrets')).FullName
    $null = Get-Sample -Environment @{ HOME = $secretHome } -Script '
        $null = Reset-SecretStore -Authentication None -Interaction None -Force -WarningAction Ignore
        Register-SecretVault -Name Store -ModuleName Microsoft.PowerShell.SecretStore -DefaultVault
        1..10 | ForEach-Object { Set-Secret -Name "account-$_" -Secret "sk-benchmark-$_" }'
    $secretHome
}

function Measure-Session {
    $plain, $viewed = Publish-EmptyModule
    $secretHome = Initialize-SecretStore
    $ten = @{ KRABKRAB_STATE_DIR = Write-Store -Count 10 -Name ten }
    $hundred = @{ KRABKRAB_STATE_DIR = Write-Store -Count 100 -Name hundred }
    $samples = @{}
    $scripts = [ordered]@{
        Plain = "@{ Import = Watch-Both { Import-Module '$plain' } } | ConvertTo-Json"
        Viewed = "@{ Import = Watch-Both { Import-Module '$viewed' } } | ConvertTo-Json"
        Ours = "
            `$before = [Diagnostics.Process]::GetCurrentProcess().WorkingSet64
            `$import = Watch-Both { Import-Module '$module' }
            `$first = Watch-Both { Get-KrabAuthProfile }
            `$memory = [Diagnostics.Process]::GetCurrentProcess().WorkingSet64 - `$before
            `$later = 1..20 | ForEach-Object { Watch-Time { Get-KrabAuthProfile } } | Sort-Object
            1..50 | ForEach-Object { `$null = Resolve-KrabAuthProfile -Provider openai; `$null = Get-KrabAuthToken -Provider openai }
            `$use = 1..100 | ForEach-Object { Watch-Time { Resolve-KrabAuthProfile -Provider openai; Get-KrabAuthToken -Provider openai } } | Sort-Object
            @{ Import = `$import; First = `$first; Later = `$later[10]; Use = `$use[50]; Memory = `$memory } | ConvertTo-Json"
        Completion = "
            `$null = TabExpansion2 'Get-Item -Path '
            Import-Module '$module'
            `$first = Watch-Both { `$script:found = TabExpansion2 'Get-KrabAuthProfile -ProfileId ' }
            `$later = 1..20 | ForEach-Object { Watch-Time { TabExpansion2 'Get-KrabAuthProfile -ProfileId ' } } | Sort-Object
            @{ First = `$first; Later = `$later[10]; Count = `$found.CompletionMatches.Count } | ConvertTo-Json"
    }
    if ($secretHome) {
        $scripts.Management = '@{ Import = Watch-Both { Import-Module Microsoft.PowerShell.SecretManagement } } | ConvertTo-Json'
        $scripts.Secret = '
            Import-Module Microsoft.PowerShell.SecretManagement
            $first = Watch-Both { Get-Secret -Name account-1 -AsPlainText }
            $later = 1..20 | ForEach-Object { Watch-Time { Get-Secret -Name account-1 -AsPlainText } } | Sort-Object
            @{ First = $first; Later = $later[10] } | ConvertTo-Json'
    }
    foreach ($round in 0..$Rounds) {
        foreach ($name in $scripts.Keys) {
            $environment = switch ($name) { Ours { $ten } Completion { $hundred } { $_ -in 'Management', 'Secret' } { @{ HOME = $secretHome } } default { @{} } }
            $sample = Get-Sample -Script $scripts[$name] -Environment $environment
            # The first round brings files into memory.
            if ($round) { $samples[$name] += @($sample) }
        }
    }
    $import = Get-Both $samples.Ours.Import
    foreach ($row in @(
            @{ Name = 'Plain'; Text = 'an empty binary module'; Budget = "1.3 $($tools.Cross)"; Limit = 1.3 }
            @{ Name = 'Viewed'; Text = 'an empty binary module with one view and one type'; Budget = '' }
            @{ Name = 'Management'; Text = 'SecretManagement'; Budget = 'below'; Limit = 1.0 })) {
        if (-not $samples[$row.Name]) { continue }
        $other = Get-Both $samples[$row.Name].Import
        $ratio = $import.Time / $other.Time
        Add-Figure 'Import-Module' $import.Text ('{0}: {1}, {2:0.00} {4} ({3:0.00} {4})' -f $row.Text, $other.Text, $ratio, ($import.Processor / $other.Processor), $tools.Cross) $row.Budget $(if ($row.Limit) { $ratio -le $row.Limit })
    }
    $first = Get-Both $samples.Ours.First
    $later = Get-Median $samples.Ours.Later
    if ($secretHome) {
        $secret = Get-Both $samples.Secret.First
        Add-Figure 'First `Get-KrabAuthProfile`, 10 profiles' $first.Text ('first Get-Secret of SecretStore: {0}, 1/{1:0.0} (1/{2:0.0})' -f $secret.Text, ($secret.Time / $first.Time), ($secret.Processor / $first.Processor)) '1/10' ($first.Time * 10 -le $secret.Time)
        Add-Figure 'Later `Get-KrabAuthProfile`, 10 profiles' (Format-Time $later) "later Get-Secret: $(Format-Time (Get-Median $samples.Secret.Later))"
    }
    else {
        Add-Figure 'First `Get-KrabAuthProfile`, 10 profiles' $first.Text
        Add-Figure 'Later `Get-KrabAuthProfile`, 10 profiles' (Format-Time $later)
    }
    $completion = Get-Both $samples.Completion.First
    if ($samples.Completion[0].Count -ne 100) { throw "100 profiles completed to $($samples.Completion[0].Count)." }
    Add-Figure 'Completion of 100 profiles, the first in a session' $completion.Text '' '50 ms' ($completion.Time -le 50)
    $again = Get-Median $samples.Completion.Later
    Add-Figure 'Completion of 100 profiles, later' (Format-Time $again) '' '50 ms' ($again -le 50)
    $use = Get-Median $samples.Ours.Use
    Add-Figure '`Resolve-KrabAuthProfile` and `Get-KrabAuthToken`, store unchanged' (Format-Time $use) '' '1 ms' ($use -le 1)
    Add-Figure 'Memory that the module and a first read add to a session' ('{0:0.0} MiB' -f ((Get-Median $samples.Ours.Memory) / 1MB))
}
