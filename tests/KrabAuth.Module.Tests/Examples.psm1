# What the help pages and their tests share: reading the examples of a page, a store to run them on, a console to run
# them in. An example is a heading "### Example" with one ```powershell block and one ```Output block, the latter being
# what a console of 76 columns shows (Get-Help indents an example by four). The pictures of the README use them too.

$ErrorActionPreference = 'Stop'
. "$PSScriptRoot/listener.ps1"

function Get-Later {
    param([DateTimeOffset] $Now, [double] $Hours)
    # Whole seconds, as no number of hours is exact.
    $Now.AddSeconds([Math]::Round($Hours * 3600))
}

function Get-PageExample {
    <#
    .SYNOPSIS
    Gives the examples of a page, in their parts.
    #>
    param([Parameter(Mandatory)] [string] $Path)

    $page = [System.IO.File]::ReadAllText($Path).Replace("`r", '')
    $section = [regex]::Match($page, '(?s)\n## EXAMPLES\n(?<body>.*?)\n## ').Groups['body'].Value
    foreach ($example in [regex]::Matches($section, '(?ms)^### (?<title>Example [^\n]*)\n(?<body>.*?)(?=^### Example |\z)')) {
        $parts = [regex]::Match($example.Groups['body'].Value, '(?s)^(?<intro>.*?)```powershell\n(?<code>.*?)\n```\n\n```Output\n(?<output>.*?)\n```(?<remarks>.*)$')
        [pscustomobject]@{
            Page         = [System.IO.Path]::GetFileNameWithoutExtension($Path)
            Title        = $example.Groups['title'].Value
            Introduction = $parts.Groups['intro'].Value.Trim()
            Code         = $parts.Groups['code'].Value
            Output       = $parts.Groups['output'].Value
            Remarks      = $parts.Groups['remarks'].Value.Trim()
        }
    }
}

function Initialize-ExampleState {
    <#
    .SYNOPSIS
    Writes the state directory that the examples speak of. Every credential in it is invented.
    #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', 'Now', Justification = 'The block below uses it.')]
    param([Parameter(Mandatory)] [string] $Path, [DateTimeOffset] $Now = [DateTimeOffset]::UtcNow)

    $after = { param([double] $hours) (Get-Later $Now $hours).ToUnixTimeMilliseconds() }
    $store = [ordered]@{
        version    = 1
        profiles   = [ordered]@{
            'anthropic:default'             = [ordered]@{ type = 'api_key'; provider = 'anthropic'; key = 'sk-ant-api03-EXAMPLEONLYexampleonly00' }
            'anthropic:work'                = [ordered]@{ type = 'token'; provider = 'anthropic'; token = 'sk-ant-oat01-' + 'EXAMPLEwork' * 8; expires = & $after 8000; email = 'work@example.com' }
            'github-copilot:github'         = [ordered]@{ type = 'token'; provider = 'github-copilot'; token = 'ghu_EXAMPLEONLY000000000000'; expires = & $after 12.2 }
            'mistral:trial'                 = [ordered]@{ type = 'token'; provider = 'mistral'; token = 'EXAMPLE-mistral-trial-0001'; expires = & $after -72 }
            'openai:default'                = [ordered]@{ type = 'api_key'; provider = 'openai'; key = 'sk-EXAMPLEONLY-openai-default-0001' }
            'openai:team'                   = [ordered]@{ type = 'api_key'; provider = 'openai'; key = 'sk-EXAMPLEONLY-openai-team-0002'; displayName = 'Team key' }
            'openai-codex:me@example.com'   = [ordered]@{ type = 'oauth'; provider = 'openai-codex'; access = 'EXAMPLE-access-me'; refresh = 'EXAMPLE-refresh-me'; expires = & $after 220; accountId = 'acct-1'; email = 'me@example.com' }
            'openai-codex:work@example.com' = [ordered]@{ type = 'oauth'; provider = 'openai-codex'; access = 'EXAMPLE-access-work'; refresh = 'EXAMPLE-refresh-work'; expires = & $after -8; accountId = 'acct-2'; email = 'work@example.com' }
        }
        order      = [ordered]@{
            anthropic = @('anthropic:default', 'anthropic:work')
            openai    = @('openai:team', 'openai:default')
        }
        usageStats = [ordered]@{
            'anthropic:default' = [ordered]@{ lastUsed = & $after -1; errorCount = 0 }
            'openai:team'       = [ordered]@{ errorCount = 2; failureCounts = @{ rate_limit = 2 }; lastFailureAt = & $after -0.01; cooldownUntil = & $after (5 / 60); cooldownReason = 'rate_limit' }
        }
    }
    $main = [System.IO.Directory]::CreateDirectory((Join-Path $Path 'agents/main/agent')).FullName
    $null = [System.IO.Directory]::CreateDirectory((Join-Path $Path 'agents/research/agent'))
    $file = Join-Path $main 'auth-profiles.json'
    [System.IO.File]::WriteAllText($file, (ConvertTo-Json $store -Depth 9) + "`n")
    if ($IsWindows) { return }
    [System.IO.File]::SetUnixFileMode($file, 'UserRead, UserWrite')
    foreach ($directory in @(Get-Item -LiteralPath $Path -Force) + (Get-ChildItem -LiteralPath $Path -Recurse -Directory -Force)) { [System.IO.File]::SetUnixFileMode($directory.FullName, 'UserRead, UserWrite, UserExecute') }
}

function Connect-ExampleProvider {
    <#
    .SYNOPSIS
    Starts the providers of the examples on this machine, and defines them in the state directory as the catalog has them.
    #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', 'Now', Justification = 'The block below uses it.')]
    param([Parameter(Mandatory)] [string] $StateDirectory, [DateTimeOffset] $Now = [DateTimeOffset]::UtcNow)

    if (-not ('KrabAuth.Examples.ProviderServer' -as [type])) { Add-Type -Path (Join-Path $PSScriptRoot 'ProviderServer.cs') }
    $server = [KrabAuth.Examples.ProviderServer]::new((Open-FreeListener))
    $in = { param([double] $hours) Get-Later $Now $hours }
    $codex = { param($hours, $short, $long)
        ConvertTo-Json -Depth 5 @{
            plan_type  = 'plus'
            rate_limit = @{
                limit_reached    = $short -ge 100
                primary_window   = @{ used_percent = $short; limit_window_seconds = 18000; reset_at = (& $in $hours).ToUnixTimeSeconds() }
                secondary_window = @{ used_percent = $long; limit_window_seconds = 604800; reset_at = (& $in 96.2).ToUnixTimeSeconds() }
            }
        }
    }
    $server.Answer('/oauth/token', '', 200, '{"access_token":"EXAMPLE-access-new","refresh_token":"EXAMPLE-refresh-new","token_type":"Bearer","expires_in":861840}')
    $server.Answer('/backend-api/wham/usage', 'EXAMPLE-access-me', 200, (& $codex 2.2 42 18))
    $server.Answer('/backend-api/wham/usage', 'EXAMPLE-access-new', 200, (& $codex 0.7 100 63))
    $server.Answer('/copilot_internal/user', '', 200, (ConvertTo-Json -Depth 5 @{
                copilot_plan    = 'individual_pro'; quota_reset_date = (& $in 240.2).ToString('o')
                quota_snapshots = @{ premium_interactions = @{ unlimited = $false; percent_remaining = 70.26; remaining = 1054; entitlement = 1500 } }
            }))
    $server.Answer('/v1/messages', '', 200, '{}')
    $server.Answer('/v1/responses', 'team', 429, '{"error":{"code":"rate_limit_exceeded","message":"Slow down."}}')
    $server.Answer('/v1/responses', 'default', 401, '{"error":{"code":"invalid_api_key","message":"Incorrect API key provided."}}')
    $catalog = Get-Content -Raw -LiteralPath (Join-Path $PSScriptRoot '../../src/KrabAuth.Core/Providers/catalog.json') | ConvertFrom-Json -AsHashtable
    $folder = [System.IO.Directory]::CreateDirectory((Join-Path $StateDirectory 'providers')).FullName
    foreach ($provider in $catalog.providers | Where-Object id -in anthropic, github-copilot, mistral, openai, openai-codex) {
        $definition = (ConvertTo-Json $provider -Depth 9) -replace 'https://[^/"{]+', $server.Address
        [System.IO.File]::WriteAllText((Join-Path $folder "$($provider.id).json"), $definition)
    }
    $server
}

function Invoke-Example {
    <#
    .SYNOPSIS
    Runs the statements of an example one by one, as somebody at a prompt would, in a console of its own.
    .DESCRIPTION
    Gives what the console showed, the error lines among that, and the home directory that it had. Nobody is there to be asked: Read-Host, Get-Secret,
    Get-Credential and the network are stood in for, and prompts are answered by the host.
    #>
    param(
        [Parameter(Mandatory)] [string] $Code,
        [Parameter(Mandatory)] [string] $StateDirectory,
        [Parameter(Mandatory)] [string] $ModulePath,
        [string] $Prompt,
        # What the providers' answers count from.
        [DateTimeOffset] $Now = [DateTimeOffset]::UtcNow,
        [int] $Width = 76,
        # Colours are kept, as the codes that a terminal takes.
        [switch] $Ansi
    )

    if (-not ('KrabAuth.Examples.ExampleHost' -as [type])) { Add-Type -Path (Join-Path $PSScriptRoot 'ExampleHost.cs') }
    $console = [KrabAuth.Examples.ExampleHost]::new($Width, $Ansi)
    $session = [System.Management.Automation.Runspaces.InitialSessionState]::CreateDefault2()
    $session.ImportPSModule([string[]]$ModulePath)
    $runspace = [runspacefactory]::CreateRunspace($console, $session)
    # One thread, so that it keeps its culture: dates and line breaks are those of en-US wherever this runs.
    $runspace.ThreadOptions = 'ReuseThread'
    # As long as the home directory that is shown in its place, where directories for temporary files have short names.
    do { $scratch = Join-Path ([System.IO.Path]::GetTempPath()) ('{0:x3}' -f [System.Random]::Shared.Next(4096)) } while (Test-Path -LiteralPath $scratch)
    $null = [System.IO.Directory]::CreateDirectory($scratch)
    $saved = @{}
    $run = {
        param([string] $text)
        $shell = [powershell]::Create($runspace)
        try {
            $null = $shell.AddScript($text, $false).AddCommand('Out-Default')
            $shell.Commands.Commands[0].MergeMyResults('Error', 'Output')
            $null = $shell.Invoke()
        }
        catch {
            $console.UI.WriteErrorLine($_.Exception.InnerException.Message)
        }
        finally {
            $shell.Dispose()
        }
    }
    $server = if ($Code -match 'Get-KrabAuthUsage|-(?:Probe|Usage)\b') { Connect-ExampleProvider $StateDirectory $Now }
    $rendering = $PSStyle.OutputRendering
    try {
        if ($Ansi) { $PSStyle.OutputRendering = 'Ansi' }
        # Keys in the variables of whoever runs this, and a product or an agent chosen there, are not part of the example.
        foreach ($name in [string[]][Environment]::GetEnvironmentVariables().Keys -match '(?i)_(KEY|TOKEN|AGENT_DIR|STATE_DIR|OAUTH_DIR|CONFIG_PATH|CONFIG_DIR|READONLY|PRODUCT)$|^CODEX_HOME$') {
            $saved[$name] = [Environment]::GetEnvironmentVariable($name)
            [Environment]::SetEnvironmentVariable($name, $null)
        }
        $saved['KRABKRAB_STATE_DIR'] ??= $null
        $env:KRABKRAB_STATE_DIR = $StateDirectory
        # Other programs' sign-ins lie in the home directory; the examples have their own.
        foreach ($name in 'HOME', 'USERPROFILE') {
            $saved[$name] ??= [Environment]::GetEnvironmentVariable($name)
            [Environment]::SetEnvironmentVariable($name, $scratch)
        }
        $runspace.Open()
        & $run @"
[cultureinfo]::CurrentCulture = 'en-US'
Set-Location -LiteralPath '$scratch'
Set-Content -LiteralPath token.txt -Value @('sk-ant-oat01-$('E' * 47)', '$('E' * 40)')
Set-Content -LiteralPath keys.csv -Value 'Provider,Name,Vault', 'groq,default,groq', 'xai,team,xai'
Set-Content -LiteralPath acme-login -Value '#!/bin/sh', 'read -r request', 'echo ''{"protocolVersion":1,"credential":{"access":"EXAMPLE-access-2","refresh":"EXAMPLE-refresh-2","expires":4102444800000,"email":"me@example.com"}}'''
`$null = New-Item -ItemType Directory -Path .claude
Set-Content -LiteralPath .claude/.credentials.json -Value '{"claudeAiOauth":{"accessToken":"sk-ant-oat01-EXAMPLE","refreshToken":"sk-ant-ort01-EXAMPLE","expiresAt":4102444800000,"scopes":["user:inference"]}}'
if (-not `$IsWindows) { [System.IO.File]::SetUnixFileMode((Resolve-Path acme-login).Path, 'UserRead, UserWrite, UserExecute') }
function Protect([string] `$text) { `$secret = [securestring]::new(); foreach (`$c in `$text.ToCharArray()) { `$secret.AppendChar(`$c) }; `$secret }
function Read-Host([string] `$Prompt, [switch] `$AsSecureString) { if (`$Prompt) { `$Host.UI.WriteLine("`${Prompt}: ************") }; Protect 'EXAMPLE-key-from-the-prompt-1234' }
function Get-Secret([string] `$Name) { Protect "EXAMPLE-`$Name-from-a-vault-5678" }
function Get-Credential([string] `$UserName, [string] `$Message) { [pscredential]::new(`$UserName, (Protect 'EXAMPLE-key-from-a-credential-90')) }
function Invoke-RestMethod { [pscustomobject]@{ object = 'list'; data = 1..3 } }
"@
        if ($console.Errors.Count) { throw "The example could not be prepared: $($console.Errors)" }
        $console.Clear()
        $errors = $null
        $ast = [System.Management.Automation.Language.Parser]::ParseInput($Code, [ref]$null, [ref]$errors)
        if ($errors) { throw "The example does not parse: $errors" }
        $shown = foreach ($statement in $ast.EndBlock.Statements) {
            $console.Clear()
            & $run $statement.Extent.Text
            # Behind a prompt everything is as it stands on the screen; without one, empty lines are between statements alone.
            if ($Prompt) { $Prompt + $statement.Extent.Text.Replace("`n", "`n" + '>>' + ' ') }
            $text = if ($Prompt) { $console.Text -replace '\n\z' } else { $console.Text.Trim("`n") }
            if ($text) { $text }
        }
        [pscustomobject]@{ Text = ($shown -join $(if ($Prompt) { "`n" } else { "`n`n" })).Replace($scratch, '/home/me'); Home = $scratch; Errors = @($console.Errors) }
    }
    finally {
        $PSStyle.OutputRendering = $rendering
        $runspace.Dispose()
        if ($server) { $server.Dispose() }
        foreach ($name in $saved.Keys) { [Environment]::SetEnvironmentVariable($name, $saved[$name]) }
        Remove-Item -LiteralPath $scratch -Recurse -Force
    }
}

Export-ModuleMember -Function Get-PageExample, Initialize-ExampleState, Invoke-Example, Connect-ExampleProvider
