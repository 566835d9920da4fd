@{
    RootModule           = 'KrabAuth.dll'
    # The one place where the version stands; the build reads it from here.
    ModuleVersion        = '0.1.0'
    GUID                 = '5d0b7c3e-8a41-4f0d-9d52-6a1c3f7e9b20'
    Author               = 'The KrabAuth maintainers'
    CompanyName          = 'KrabAuth'
    Copyright            = '(c) 2026 The KrabAuth maintainers. MIT licence.'
    Description          = 'One place for the accounts of language-model providers: API keys, setup-tokens and OAuth sign-ins, several per provider, in the store that KrabKrab, OpenClaw, Moltbot and Clawdbot share.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    RequiredAssemblies   = @('KrabAuth.dll')
    TypesToProcess       = @('KrabAuth.types.ps1xml')
    FormatsToProcess     = @('KrabAuth.format.ps1xml')
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    CmdletsToExport      = @(
        'Clear-KrabAuthCooldown'
        'Clear-KrabAuthOrder'
        'Clear-KrabAuthSession'
        'Connect-KrabProvider'
        'Copy-KrabAuthProfile'
        'Disable-KrabAuthFeedback'
        'Disable-KrabAuthProfile'
        'Disconnect-KrabProvider'
        'Enable-KrabAuthFeedback'
        'Enable-KrabAuthProfile'
        'Export-KrabAuthProfile'
        'Export-KrabAuthReport'
        'Get-KrabAgent'
        'Get-KrabAuthCooldown'
        'Get-KrabAuthHeader'
        'Get-KrabAuthOrder'
        'Get-KrabAuthProfile'
        'Get-KrabAuthSession'
        'Get-KrabAuthStatus'
        'Get-KrabAuthStore'
        'Get-KrabAuthToken'
        'Get-KrabAuthUsage'
        'Get-KrabProvider'
        'Import-KrabAuthProfile'
        'Initialize-KrabAuth'
        'Invoke-KrabAuthCommand'
        'New-KrabAgent'
        'Register-KrabAuthFailure'
        'Register-KrabAuthSuccess'
        'Register-KrabProvider'
        'Remove-KrabAgent'
        'Remove-KrabAuthProfile'
        'Rename-KrabAuthProfile'
        'Repair-KrabAuth'
        'Resolve-KrabAuthProfile'
        'Set-KrabAuthOrder'
        'Set-KrabAuthProfile'
        'Set-KrabAuthSession'
        'Sync-KrabAuthProfile'
        'Test-KrabAuth'
        'Unregister-KrabProvider'
        'Update-KrabAuthToken'
        'Watch-KrabAuth'
    )
    PrivateData          = @{
        PSData = @{
            Tags         = @('PSEdition_Core', 'Windows', 'Linux', 'MacOS', 'OAuth', 'Authentication', 'Credential', 'APIKey', 'Token', 'Secret', 'Vault', 'SecretManagement', 'LLM', 'OpenAI', 'Anthropic', 'OpenClaw')
            LicenseUri   = 'https://opensource.org/license/mit'
            ProjectUri   = 'https://github.com/krabauth/krabauth'
            IconUri      = 'https://raw.githubusercontent.com/krabauth/krabauth/main/assets/icon.png'
            ReleaseNotes = 'https://github.com/krabauth/krabauth/blob/main/CHANGELOG.md'
        }
    }
}
