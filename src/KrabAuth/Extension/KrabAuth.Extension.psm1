# The profiles of KrabAuth as secrets of SecretManagement. Its names are profile ids. SecretManagement loads this module into a
# session of its own, where it has imported KrabAuth, and calls the five functions; all that is decided is decided by the cmdlets
# that they call.

[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Justification = 'SecretManagement passes all of them, and some are used in the script blocks that are run plainly.')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'SecretManagement asks, before it calls.')]
param()

$ErrorActionPreference = 'Stop'

$script:KnownParameters = 'Agent', 'Product', 'StateDirectory'

# The vault parameters that say where to work. One that is not known may be one of them misspelled: what is meant for another store
# would go into the usual one. SecretManagement adds Verbose.
function Get-Place {
    param([string] $VaultName, [hashtable] $AdditionalParameters)
    $unknown = @($AdditionalParameters.Keys | Where-Object { $_ -notin $script:KnownParameters + 'Verbose' })
    if ($unknown) { throw "The vault '$VaultName' has parameters that KrabAuth does not know: $($unknown -join ', '). It knows: $($script:KnownParameters -join ', ')." }
    $place = @{}
    foreach ($name in $script:KnownParameters) {
        if ($AdditionalParameters -and $AdditionalParameters[$name]) { $place[$name] = $AdditionalParameters[$name] }
    }
    $place
}

# SecretManagement tells the message of what is thrown, so it says what to do next too.
function Invoke-Plainly {
    param([scriptblock] $Work)
    try { & $Work }
    catch { throw "$_$(if ($_.ErrorDetails.RecommendedAction) { " Next: $($_.ErrorDetails.RecommendedAction)" })" }
}

function Get-ProfileDetail {
    param([KrabAuth.Profiles.AuthProfile] $Source)
    $metadata = [Collections.Generic.Dictionary[string, object]]::new()
    $metadata['Provider'] = $Source.Provider
    $metadata['Type'] = "$($Source.Type)"
    $metadata['Status'] = $Source.StatusText
    # SecretManagement takes dates; the first and the last one there is mean that there is none.
    if ($Source.ExpiresText -notin 'never', 'unknown') { $metadata['Expires'] = $Source.Expires.LocalDateTime }
    foreach ($name in 'Email', 'DisplayName') {
        if ($Source.$name) { $metadata[$name] = $Source.$name }
    }
    [Collections.ObjectModel.ReadOnlyDictionary[string, object]]::new($metadata)
}

function Get-Secret {
    [CmdletBinding()]
    param([string] $Name, [string] $VaultName, [hashtable] $AdditionalParameters)
    $place = Get-Place $VaultName $AdditionalParameters
    # Nothing at all means that there is no such secret: another vault may have it.
    Invoke-Plainly { if (Find-Profile $Name $place) { KrabAuth\Get-KrabAuthToken -ProfileId $Name @place } }
}

function Get-SecretInfo {
    [CmdletBinding()]
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseOutputTypeCorrectly', '', Justification = 'It is declared by its name: the type is there only where SecretManagement is.')]
    [OutputType('Microsoft.PowerShell.SecretManagement.SecretInformation')]
    param([string] $Filter, [string] $VaultName, [hashtable] $AdditionalParameters)
    $place = Get-Place $VaultName $AdditionalParameters
    $pattern = [WildcardPattern]::new($(if ($Filter) { $Filter } else { '*' }), 'IgnoreCase')
    foreach ($found in Invoke-Plainly { KrabAuth\Get-KrabAuthProfile @place } | Where-Object { $pattern.IsMatch($_.ProfileId) }) {
        [Microsoft.PowerShell.SecretManagement.SecretInformation]::new($found.ProfileId, 'SecureString', $VaultName, (Get-ProfileDetail $found))
    }
}

function Set-Secret {
    [CmdletBinding()]
    param([string] $Name, [object] $Secret, [string] $VaultName, [hashtable] $AdditionalParameters)
    $place = Get-Place $VaultName $AdditionalParameters
    $key = ConvertTo-Key $Secret
    Invoke-Plainly {
        if (Find-Profile $Name $place) {
            KrabAuth\Set-KrabAuthProfile $Name -Secret $key @place
            return
        }
        $provider, $rest = $Name -split ':', 2
        if (-not $rest) { throw "A new secret of this vault is named <provider>:<name>, such as groq:work, and not '$Name'." }
        $null = KrabAuth\Connect-KrabProvider $provider -Method ApiKey -ProfileId $Name -Secret $key @place
    }
}

function Remove-Secret {
    [CmdletBinding()]
    param([string] $Name, [string] $VaultName, [hashtable] $AdditionalParameters)
    $place = Get-Place $VaultName $AdditionalParameters
    # A name of SecretManagement is no pattern, and must not take with it what it would match as one.
    Invoke-Plainly { KrabAuth\Remove-KrabAuthProfile ([WildcardPattern]::Escape($Name)) -Confirm:$false @place }
}

function Test-SecretVault {
    [CmdletBinding()]
    [OutputType([bool])]
    param([string] $VaultName, [hashtable] $AdditionalParameters)
    try {
        $place = Get-Place $VaultName $AdditionalParameters
        $null = Invoke-Plainly { KrabAuth\Get-KrabAuthProfile @place }
        $true
    }
    catch {
        Write-Error -ErrorRecord $_ -ErrorAction Continue
        $false
    }
}

function Find-Profile {
    param([string] $Name, [hashtable] $Place)
    KrabAuth\Get-KrabAuthProfile @Place | Where-Object ProfileId -CEQ $Name
}

# SecretManagement takes five kinds of secrets; a key is one text.
function ConvertTo-Key {
    param([object] $Secret)
    switch ($Secret) {
        { $_ -is [securestring] } { return $_ }
        { $_ -is [pscredential] } { return $_.Password }
        { $_ -is [string] } { return [Net.NetworkCredential]::new('', $_).SecurePassword }
    }
    throw 'KrabAuth stores keys and tokens: give a SecureString, a string or a PSCredential, and no byte array or hashtable.'
}
