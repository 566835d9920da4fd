# What all measurements of Compare.ps1 share.

function Get-Median {
    param([Parameter(Mandatory)] [double[]] $Value)
    $sorted = $Value | Sort-Object
    $middle = [Math]::DivRem(@($sorted).Count, 2)
    if ($middle.Item2) { $sorted[$middle.Item1] } else { ($sorted[$middle.Item1 - 1] + $sorted[$middle.Item1]) / 2 }
}

function Format-Time {
    param([double] $Millisecond)
    if ($Millisecond -ge 1000) { '{0:0.0} s' -f ($Millisecond / 1000) } elseif ($Millisecond -ge 10) { '{0:0} ms' -f $Millisecond } else { '{0:0.##} ms' -f $Millisecond }
}

function Add-Figure {
    <# Met: whether the budget is met; nothing where there is none. #>
    param([string] $What, [string] $Figure, [string] $Against = '', [string] $Budget = '', [Nullable[bool]] $Met)
    $figures.Add([pscustomobject]@{ What = $What; Figure = $Figure; Against = $Against; Budget = $Budget; Met = if ($null -eq $Met) { '' } elseif ($Met) { 'yes' } else { 'no' } })
    Write-Verbose "${What}: $Figure $Against"
}

function Publish-Project {
    param([string] $Project, [string] $Name)
    $target = Join-Path $temp $Name
    $output = dotnet publish $Project -c Release -o $target --nologo -v quiet 2>&1
    if ($LASTEXITCODE) { throw "$Name could not be built: $output" }
    Join-Path $target "$Name$exe"
}

function Install-Peer {
    <# npm's peers, fetched once per user; gives the folder of their modules. #>
    $folder = Join-Path ([Environment]::GetFolderPath('LocalApplicationData', 'Create')) 'krabauth-tests/compare'
    $modules = Join-Path $folder 'node_modules'
    if (-not $NoInstall -and (Get-Command npm -ErrorAction Ignore)) {
        $wanted = @(@('proper-lockfile@4.1.2'; if (-not $OpenClaw) { 'openclaw@2026.5.28' }) | Where-Object { -not (Test-Path -LiteralPath (Join-Path $modules $_.Split('@')[0])) })
        if ($wanted) {
            $null = New-Item -ItemType Directory -Force -Path $folder
            $output = npm install @wanted --prefix $folder --ignore-scripts --no-audit --no-fund --fetch-retries=1 2>&1
            if ($LASTEXITCODE) { $absent.Add("npm could not install $($wanted -join ', '): $($output | Select-Object -Last 1)") }
        }
    }
    $modules
}

function Write-Store {
    <# A state directory with a store of so many profiles, as another program would have left it. #>
    param([int] $Count, [string] $Name)
    $directory = New-Item -ItemType Directory -Force -Path (Join-Path $temp "$Name/agents/main/agent")
    $profiles = [ordered]@{}
    foreach ($i in 1..$Count) {
        $provider = 'openai', 'anthropic', 'openrouter' | Select-Object -Index ($i % 3)
        $profiles["${provider}:account-$i"] = @{ type = 'api_key'; provider = $provider; key = "sk-benchmark-$i" }
    }
    $path = Join-Path $directory 'auth-profiles.json'
    @{ version = 1; profiles = $profiles } | ConvertTo-Json -Depth 5 | Set-Content -LiteralPath $path
    if (-not $IsWindows) { chmod 600 $path }
    Join-Path $temp $Name
}

function Invoke-Bench {
    <# Runs a mode of the benchmark program over commands: objects with a name, a program, arguments and an environment. #>
    param([string[]] $Mode, [object[]] $Command)
    $specification = Join-Path $temp 'commands.json'
    ConvertTo-Json -InputObject @($Command) -Depth 5 | Set-Content -LiteralPath $specification
    $output = & $tools.Bench @Mode $specification
    if ($LASTEXITCODE) { throw "The benchmark program failed at $Mode." }
    $output | ConvertFrom-Json
}

function ConvertTo-Command {
    param([string] $Name, [string] $Program, [string[]] $ArgumentList = @(), [hashtable] $Environment = @{})
    @{ name = $Name; program = $Program; arguments = @($ArgumentList); environment = $Environment }
}

function Use-Environment {
    <# Runs a block while variables of this process, which are those of what it starts, have other values. #>
    param([hashtable] $Environment, [scriptblock] $Block)
    $before = @{}
    foreach ($name in $Environment.Keys) { $before[$name] = [Environment]::GetEnvironmentVariable($name) }
    try {
        foreach ($name in $Environment.Keys) { [Environment]::SetEnvironmentVariable($name, $Environment[$name]) }
        & $Block
    }
    finally {
        foreach ($name in $before.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
    }
}
