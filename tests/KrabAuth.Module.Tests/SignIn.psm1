# An authorization server on this machine, for the suites that sign in: it serves discovery, the code flow with PKCE, refresh
# tokens that work once, and revocation, from a thread of its own.

$ErrorActionPreference = 'Stop'
. "$PSScriptRoot/listener.ps1"

function Open-AuthorizationServer {
    <#
    .SYNOPSIS
    Starts the server. Whoever signs in is the next of the accounts. Gives its issuer and what it has seen.
    #>
    param([string[]] $Account = 'me@example.com')

    $listener = Open-FreeListener
    $issuer = ([string] $listener.Prefixes).TrimEnd('/')
    $state = [hashtable]::Synchronized(@{
            Issuer = $issuer; Accounts = [System.Collections.Queue]::new($Account); Codes = @{}; Tokens = @{}; Life = 3600
            Requests = [System.Collections.ArrayList]::Synchronized([System.Collections.ArrayList]::new()); Listener = $listener
        })
    $state.Job = Start-ThreadJob {
        $state = $using:state
        $encode = { [Convert]::ToBase64String([byte[]]@($args | ForEach-Object { $_ })).TrimEnd('=').Replace('+', '-').Replace('/', '_') }
        $text = [System.Text.Encoding]::UTF8
        while ($state.Listener.IsListening) {
            try { $context = $state.Listener.GetContext() } catch { return }
            $request, $response = $context.Request, $context.Response
            $form = [System.Web.HttpUtility]::ParseQueryString([System.IO.StreamReader]::new($request.InputStream).ReadToEnd())
            $path = $request.Url.AbsolutePath
            $null = $state.Requests.Add([pscustomobject]@{ Path = $path; Query = $request.QueryString; Form = $form })
            $answer = $null
            switch ($path) {
                '/.well-known/openid-configuration' {
                    $answer = @{
                        issuer = $state.Issuer; authorization_endpoint = "$($state.Issuer)/authorize"
                        token_endpoint = "$($state.Issuer)/token"; revocation_endpoint = "$($state.Issuer)/revoke"
                    }
                }
                '/authorize' {
                    $code = [guid]::NewGuid().ToString('n')
                    $state.Codes[$code] = @{ Challenge = $request.QueryString['code_challenge']; Account = $state.Accounts.Dequeue() }
                    $response.Redirect("$($request.QueryString['redirect_uri'])?code=$code&state=$([uri]::EscapeDataString($request.QueryString['state']))")
                }
                '/token' {
                    $account = $null
                    if ($form['grant_type'] -eq 'refresh_token') {
                        $account = $state.Tokens[$form['refresh_token']]
                        $state.Tokens.Remove($form['refresh_token'])
                    }
                    elseif ($state.Codes.ContainsKey($form['code'])) {
                        $issued = $state.Codes[$form['code']]
                        $state.Codes.Remove($form['code'])
                        $hash = [System.Security.Cryptography.SHA256]::HashData($text.GetBytes($form['code_verifier']))
                        if ((& $encode @hash) -ceq $issued.Challenge) { $account = $issued.Account }
                    }
                    if ($account) {
                        $refresh = 'rt-' + [guid]::NewGuid().ToString('n')
                        $state.Tokens[$refresh] = $account
                        $claims = & $encode $($text.GetBytes((@{ email = $account } | ConvertTo-Json -Compress)))
                        $answer = @{
                            access_token = 'at-' + [guid]::NewGuid().ToString('n'); refresh_token = $refresh
                            id_token = "e30.$claims.x"; token_type = 'Bearer'; expires_in = $state.Life
                        }
                    }
                    else {
                        $response.StatusCode = 400
                        $answer = @{ error = 'invalid_grant'; error_description = 'unknown token' }
                    }
                }
                '/revoke' { $state.Tokens.Remove($form['token']); $answer = @{} }
                default { $response.StatusCode = 404; $answer = @{ error = 'not_found' } }
            }
            if ($answer) {
                $response.ContentType = 'application/json'
                $body = $text.GetBytes((ConvertTo-Json $answer -Compress))
                $response.OutputStream.Write($body, 0, $body.Length)
            }
            $response.Close()
        }
    }
    $state
}

function Close-AuthorizationServer {
    param([Parameter(Mandatory)] $Server)
    $Server.Listener.Close()
    $null = $Server.Job | Wait-Job -Timeout 5
    $Server.Job | Remove-Job -Force
}

function Enter-HostedSignIn {
    <#
    .SYNOPSIS
    Starts Connect-KrabProvider in a session of its own and waits for the address that it shows. Gives shell, result and address.
    #>
    param([Parameter(Mandatory)] [string] $Module, [Parameter(Mandatory)] [hashtable] $Parameters)

    $shell = [powershell]::Create()
    $null = $shell.AddCommand('Import-Module').AddArgument($Module).AddStatement().AddCommand('Connect-KrabProvider').AddParameters($Parameters)
    $result = $shell.BeginInvoke()
    $until = [datetime]::UtcNow.AddSeconds(20)
    $address = $null
    while (-not $address -and -not $result.IsCompleted -and [datetime]::UtcNow -lt $until) {
        $address = @($shell.Streams.Information).MessageData.Message | Where-Object { $_ -match '^\s*http\S+\s*$' } | ForEach-Object Trim | Select-Object -First 1
        if (-not $address) { Start-Sleep -Milliseconds 20 }
    }
    if (-not $address) { throw "No address was shown: $($shell.Streams.Error)" }
    @{ Shell = $shell; Result = $result; Address = [uri]$address }
}

function Complete-HostedSignIn {
    <#
    .SYNOPSIS
    Visits the address as a browser would, and gives the profile and the page that the browser shows at last.
    #>
    param([Parameter(Mandatory)] $SignIn)
    try {
        $page = Invoke-WebRequest $SignIn.Address -SkipHttpErrorCheck -TimeoutSec 20
        @{ Profile = $SignIn.Shell.EndInvoke($SignIn.Result); Page = $page.Content; Errors = @($SignIn.Shell.Streams.Error) }
    }
    finally { $SignIn.Shell.Dispose() }
}

Export-ModuleMember -Function *-AuthorizationServer, *-HostedSignIn
