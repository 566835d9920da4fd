# What the suites share. Dot-sourced in BeforeAll; every file ends with AfterAll { Exit-TestSession }.
# Nothing here touches the user's own files: HOME leads into Pester's TestDrive, and no variable of a product is set.

$script:ModulePath = [IO.Path]::GetFullPath($(if ($env:KRABAUTH_MODULE) { $env:KRABAUTH_MODULE } else { "$PSScriptRoot/../../out/KrabAuth" }))
if (-not (Test-Path -LiteralPath "$script:ModulePath/KrabAuth.psd1")) { throw "There is no module in $script:ModulePath. Build first: dotnet build" }
if (-not (Get-Module KrabAuth)) { Import-Module $script:ModulePath -ErrorAction Stop }
$script:RepositoryRoot = [IO.Path]::GetFullPath("$PSScriptRoot/../..")
. "$PSScriptRoot/listener.ps1"
$script:WritingCommands = @(
    'Clear-KrabAuthCooldown'
    'Clear-KrabAuthOrder'
    'Clear-KrabAuthSession'
    'Connect-KrabProvider'
    'Copy-KrabAuthProfile'
    'Disable-KrabAuthProfile'
    'Disconnect-KrabProvider'
    'Enable-KrabAuthProfile'
    'Export-KrabAuthProfile'
    'Export-KrabAuthReport'
    'Import-KrabAuthProfile'
    'Initialize-KrabAuth'
    'New-KrabAgent'
    'Register-KrabAuthFailure'
    'Register-KrabAuthSuccess'
    'Register-KrabProvider'
    'Remove-KrabAgent'
    'Remove-KrabAuthProfile'
    'Rename-KrabAuthProfile'
    'Repair-KrabAuth'
    'Set-KrabAuthOrder'
    'Set-KrabAuthProfile'
    'Set-KrabAuthSession'
    'Sync-KrabAuthProfile'
    'Unregister-KrabProvider'
    'Update-KrabAuthToken'
)
# A setup-token has a prefix and at least 80 characters.
$script:SetupToken = 'sk-ant-oat01-' + ('SetupTokenOfATest' * 5)

# When the fixtures were written: their times are moved so that this moment is now.
$script:FixtureTime = 1795228815030

function Enter-TestSession {
    $script:SavedEnvironment = @{}
    $names = @('HOME', 'USERPROFILE', 'PI_CODING_AGENT_DIR', 'KRABAUTH_PRODUCT', 'CLAUDE_CONFIG_DIR', 'CODEX_HOME') + (Get-KrabProvider).EnvironmentVariables
    $names += [Environment]::GetEnvironmentVariables().Keys | Where-Object { $_ -match '^(KRABKRAB|OPENCLAW|CLAWDBOT|MOLTBOT)_' }
    foreach ($name in $names | Sort-Object -Unique) {
        $script:SavedEnvironment[$name] = [Environment]::GetEnvironmentVariable($name)
        [Environment]::SetEnvironmentVariable($name, $null)
    }
    $testHome = (New-Item -ItemType Directory -Force -Path (Join-Path $TestDrive 'home')).FullName
    $env:HOME = $testHome
    $env:USERPROFILE = $testHome
}

function Exit-TestSession {
    foreach ($entry in $script:SavedEnvironment.GetEnumerator()) { [Environment]::SetEnvironmentVariable($entry.Key, $entry.Value) }
}

# Makes a new directory of this test's own.
function Get-NewDirectory {
    $path = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
    [IO.Directory]::CreateDirectory($path).FullName
}

# Copies what a real OpenClaw wrote, with its times moved to now; gives the parameters that mean it.
function Copy-Fixture {
    param([string] $Name = 'openclaw-2026.2.1')
    $root = Get-NewDirectory
    $shift = [DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds() - $script:FixtureTime
    $source = Join-Path $PSScriptRoot "Fixtures/$Name"
    foreach ($file in Get-ChildItem -LiteralPath $source -Recurse -File) {
        $text = [regex]::Replace([IO.File]::ReadAllText($file.FullName), '(?<=: )\d{13}\b', { param($time) [string]([long]$time.Value + $shift) })
        Write-PrivateFile -Path (Join-Path $root ([IO.Path]::GetRelativePath($source, $file.FullName))) -Text $text
    }
    @{ Product = 'OpenClaw'; StateDirectory = $root }
}

# Makes a store of the given profiles; gives the parameters that mean it.
function Initialize-Store {
    param(
        [Collections.IDictionary] $Profiles = @{},
        [Collections.IDictionary] $Order,
        [Collections.IDictionary] $UsageStats,
        [Collections.IDictionary] $Config,
        [string] $Agent = 'main',
        [string] $StateDirectory = (Get-NewDirectory)
    )
    $store = [ordered]@{ version = 1; profiles = $Profiles }
    if ($Order) { $store.order = $Order }
    if ($UsageStats) { $store.usageStats = $UsageStats }
    Write-PrivateFile -Path "$StateDirectory/agents/$Agent/agent/auth-profiles.json" -Text ($store | ConvertTo-Json -Depth 10)
    if ($Config) { Write-PrivateFile -Path "$StateDirectory/krabkrab.json" -Text ($Config | ConvertTo-Json -Depth 10) }
    @{ Product = 'KrabKrab'; StateDirectory = $StateDirectory }
}

function Write-PrivateFile {
    param([string] $Path, [string] $Text)
    $null = [IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($Path))
    [IO.File]::WriteAllText($Path, $Text)
    if (-not $IsWindows) { [IO.File]::SetUnixFileMode($Path, 'UserRead, UserWrite') }
}

function Get-StorePath {
    param([Collections.IDictionary] $At, [string] $Agent = 'main')
    Join-Path $At.StateDirectory "agents/$Agent/agent/auth-profiles.json"
}

function Read-Store {
    param([Collections.IDictionary] $At, [string] $Agent = 'main')
    Get-Content -Raw -LiteralPath (Get-StorePath $At $Agent) | ConvertFrom-Json -AsHashtable
}

# A key, a token without an end, one that ends, and a sign-in, as they stand in a store.
function Get-ApiKeyEntry { param([string] $Provider, [string] $Key = 'sk-test-0123456789-key') [ordered]@{ type = 'api_key'; provider = $Provider; key = $Key } }

function Get-TokenEntry {
    param([string] $Provider, [Nullable[timespan]] $ExpiresIn, [string] $Token = 'tok-test-0123456789')
    $entry = [ordered]@{ type = 'token'; provider = $Provider; token = $Token }
    if ($null -ne $ExpiresIn) { $entry.expires = [DateTimeOffset]::UtcNow.Add($ExpiresIn).ToUnixTimeMilliseconds() }
    $entry
}

function Get-OAuthEntry {
    param([string] $Provider, [timespan] $ExpiresIn, [string] $Refresh = 'rt-test-0123456789')
    $entry = [ordered]@{ type = 'oauth'; provider = $Provider; access = 'at-test-0123456789'; expires = [DateTimeOffset]::UtcNow.Add($ExpiresIn).ToUnixTimeMilliseconds() }
    if ($Refresh) { $entry.refresh = $Refresh }
    $entry
}

function ConvertTo-Secret { param([string] $Text) [Net.NetworkCredential]::new('', $Text).SecurePassword }

function ConvertFrom-Secret { param([securestring] $Secret) [Net.NetworkCredential]::new('', $Secret).Password }

# The errors of a command, terminating ones included, and nothing of its other streams.
function Get-CommandError {
    param([scriptblock] $Command)
    $ErrorActionPreference = 'Continue'
    try { & $Command 2>&1 3>$null | Where-Object { $_ -is [Management.Automation.ErrorRecord] } }
    catch { $_ }
}

function Get-CommandWarning {
    param([scriptblock] $Command)
    & $Command 3>&1 | Where-Object { $_ -is [Management.Automation.WarningRecord] } | ForEach-Object Message
}

# A module that answers as SecretManagement does; it is found by its name until Exit-FakeVault. Gives what it remembers.
function Enter-FakeVault {
    param([hashtable] $Secrets = @{}, [hashtable] $Metadata = @{})
    $state = @{ Secrets = $Secrets; Metadata = $Metadata; Reads = 0; Vault = $null }
    New-Module -Name Microsoft.PowerShell.SecretManagement -ArgumentList $state {
        param($Remembered)
        $script:State = $Remembered
        function Get-Secret {
            [CmdletBinding()] param([string] $Name, [string] $Vault)
            $script:State.Reads++
            $script:State.Vault = $Vault
            if (-not $script:State.Secrets.ContainsKey($Name)) { Write-Error -ErrorId GetSecretNotFound -Message "The secret $Name was not found."; return }
            $secret = $script:State.Secrets[$Name]
            if ($secret -is [scriptblock]) { & $secret } elseif ($secret -is [string]) { [Net.NetworkCredential]::new('', $secret).SecurePassword } else { $secret }
        }
        function Get-SecretInfo {
            [CmdletBinding()] param([string] $Vault)
            foreach ($name in $script:State.Secrets.Keys | Sort-Object) { [pscustomobject]@{ Name = $name; VaultName = $Vault; Metadata = $script:State.Metadata[$name] } }
        }
    } | Import-Module -Global
    $state
}

function Exit-FakeVault { Remove-Module Microsoft.PowerShell.SecretManagement -ErrorAction Ignore }

# Exactly one error, with a stable id, a text and a next step; gives it. The long names keep the command's own variables visible.
function Assert-SingleError {
    param([scriptblock] $Command, [Alias('Id')] [string] $ExpectedErrorId)
    $foundErrors = @(Get-CommandError $Command)
    $foundErrors.Count | Should -Be 1 -Because "one error was expected, not: $($foundErrors -join '; ')"
    ($foundErrors[0].FullyQualifiedErrorId -split ',')[0] | Should -Be $ExpectedErrorId
    $foundErrors[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    $foundErrors[0].ErrorDetails.Message | Should -Not -BeNullOrEmpty
    $foundErrors[0]
}

# Every entry below a directory with the hash of its content: two that are equal mean that nothing was touched.
# The directory in which KrabAuth's processes queue for a lock may come by itself.
function Get-Fingerprint {
    param([string] $Path, [switch] $IncludeQueue)
    $found = Get-ChildItem -LiteralPath $Path -Recurse -Force | Where-Object { $IncludeQueue -or $_.FullName -notmatch '\.queue\b' }
    $entries = foreach ($entry in $found | Sort-Object FullName) {
        $isFile = $entry -is [IO.FileInfo] -and ($null -eq $entry.LinkTarget)
        $hash = if ($isFile) { (Get-FileHash -LiteralPath $entry.FullName).Hash } else { $entry.LinkTarget }
        '{0} {1} {2:o} {3}' -f $entry.FullName, $entry.Mode, $(if ($isFile) { $entry.LastWriteTimeUtc }), $hash
    }
    $entries -join "`n"
}

function Get-Completion {
    param([string] $Line)
    (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches
}

# As a person sees it, in a window of 80 columns, without colours.
function Get-Screen {
    param([Parameter(ValueFromPipeline)] $InputObject)
    begin { $objects = [Collections.Generic.List[object]]::new() }
    process { $objects.Add($InputObject) }
    end {
        $rendering = $PSStyle.OutputRendering
        $PSStyle.OutputRendering = 'PlainText'
        try { $objects | Out-String -Width 80 } finally { $PSStyle.OutputRendering = $rendering }
    }
}

# Runs a script in a new PowerShell and gives everything that it printed.
function Invoke-NewSession {
    param([string] $Script, [string[]] $Prefix = @())
    $file = Join-Path (Get-NewDirectory) 'script.ps1'
    Set-Content -LiteralPath $file -Value $Script
    $command = @($Prefix) + @((Get-Process -Id $PID).Path, '-NoProfile', '-NonInteractive', '-File', $file)
    & $command[0] $command[1..($command.Count - 1)] 2>&1 | ForEach-Object { "$_" }
}

Enter-TestSession
