@{
    RootModule           = 'KrabAuth.Extension.psm1'
    ModuleVersion        = '1.0'
    GUID                 = '8c0e4f55-6f0e-4b0c-9a51-3f1b7a2f6d14'
    Author               = 'The KrabAuth maintainers'
    CompanyName          = 'KrabAuth'
    Copyright            = '(c) 2026 The KrabAuth maintainers. MIT licence.'
    Description          = 'KrabAuth as a vault of SecretManagement. Loaded by SecretManagement where KrabAuth is registered, and by nothing else.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    FunctionsToExport    = @('Get-Secret', 'Get-SecretInfo', 'Remove-Secret', 'Set-Secret', 'Test-SecretVault')
    CmdletsToExport      = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
}
