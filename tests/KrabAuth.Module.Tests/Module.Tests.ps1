BeforeDiscovery { $script:ExportedCommands = (Import-PowerShellDataFile "$(if ($env:KRABAUTH_MODULE) { $env:KRABAUTH_MODULE } else { "$PSScriptRoot/../../out/KrabAuth" })/KrabAuth.psd1").CmdletsToExport }
BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'The manifest' {
    BeforeAll { $script:manifest = Import-PowerShellDataFile "$ModulePath/KrabAuth.psd1" }

    It 'is valid, without warnings' {
        $said = Test-ModuleManifest "$ModulePath/KrabAuth.psd1" 3>&1 2>&1
        @($said).Count | Should -Be 1
        $said | Should -BeOfType ([psmoduleinfo])
    }

    It 'exports the classes that are cmdlets, by name, and nothing else' {
        $classes = [KrabAuth.Commands.KrabCmdlet].Assembly.GetExportedTypes() | ForEach-Object {
            $attribute = $_.GetCustomAttributes([Management.Automation.CmdletAttribute], $false)
            if ($attribute) { "$($attribute.VerbName)-$($attribute.NounName)" }
        }
        $manifest.CmdletsToExport | Should -Be ($classes | Sort-Object)
        (Get-Command -Module KrabAuth).Name | Sort-Object | Should -Be $manifest.CmdletsToExport
        foreach ($member in 'FunctionsToExport', 'AliasesToExport', 'VariablesToExport') {
            $manifest.ContainsKey($member) | Should -BeTrue -Because 'a member that is left out means a wildcard'
            $manifest[$member].Count | Should -Be 0
        }
    }

    It 'asks for PowerShell 7.6, Core edition, and says what the gallery wants' {
        $manifest.PowerShellVersion | Should -Be '7.6'
        $manifest.CompatiblePSEditions | Should -Be 'Core'
        $manifest.RootModule | Should -Be 'KrabAuth.dll'
        foreach ($text in $manifest.Description, $manifest.Author, $manifest.GUID, $manifest.PrivateData.PSData.LicenseUri, $manifest.PrivateData.PSData.ProjectUri) {
            $text | Should -Not -BeNullOrEmpty
        }
        $manifest.PrivateData.PSData.Tags | Should -Contain 'PSEdition_Core'
    }

    It 'has the version of the assemblies' {
        $version = [KrabAuth.Commands.KrabCmdlet].Assembly.GetName().Version
        "$($version.Major).$($version.Minor).$($version.Build)" | Should -Be $manifest.ModuleVersion
    }

    It 'lists what lies in the folder' {
        Join-Path $ModulePath $manifest.RootModule | Should -Exist
        foreach ($file in $manifest.FormatsToProcess + $manifest.TypesToProcess + $manifest.RequiredAssemblies) { Join-Path $ModulePath $file | Should -Exist }
        (Get-ChildItem $ModulePath -Filter *.dll).Name | Sort-Object | Should -Be @('KrabAuth.Core.dll', 'KrabAuth.dll')
    }
}

Describe 'The import' {
    BeforeAll {
        $script:folder = Get-Fingerprint $ModulePath
        $script:state = Join-Path $TestDrive 'untouched'
        $script:session = Invoke-NewSession @"
`$env:KRABKRAB_STATE_DIR = '$state'
`$before = [AppDomain]::CurrentDomain.GetAssemblies().Location
`$said = Import-Module '$ModulePath' *>&1
'said: ' + @(`$said).Count
'new: ' + (([AppDomain]::CurrentDomain.GetAssemblies().Location | Where-Object { `$_ -and `$_ -notin `$before -and -not `$_.StartsWith(`$PSHOME) }) -join '|')
'errors: ' + `$Error.Count
'types: ' + (Get-Module KrabAuth).ExportedTypeFiles.Count
'formats: ' + (Get-FormatData -TypeName 'KrabAuth.*').TypeName.Count
"@
    }

    It 'prints nothing and fails nowhere' {
        $session | Should -Contain 'said: 0'
        $session | Should -Contain 'errors: 0'
    }

    It 'loads the module''s two assemblies and no third party''s' {
        $loaded = (@($session) -like 'new: *').Substring(5) -split '\|' | Where-Object { $_ } | Sort-Object
        Split-Path -Leaf $loaded | Should -BeIn @('KrabAuth.Core.dll', 'KrabAuth.dll')
        $loaded | Should -Contain (Join-Path $ModulePath 'KrabAuth.dll')
    }

    It 'writes nothing' {
        $state | Should -Not -Exist
        Get-Fingerprint $ModulePath | Should -Be $folder
    }

    It 'loads the views' { @($session) -like 'formats: *' | Should -Not -Be 'formats: 0' }
}

Describe 'The views' {
    It 'name properties that exist, and run no script' {
        foreach ($data in Get-FormatData -TypeName 'KrabAuth.*') {
            $type = [KrabAuth.AuthWorkspace].Assembly.GetType($data.TypeName) ?? [KrabAuth.Commands.KrabCmdlet].Assembly.GetType($data.TypeName)
            $entries = foreach ($control in $data.FormatViewDefinition.Control) {
                if ($control -is [Management.Automation.TableControl]) { $control.Rows.Columns.DisplayEntry }
                elseif ($control -is [Management.Automation.WideControl]) { $control.Entries.DisplayEntry }
                elseif ($control -is [Management.Automation.CustomControl]) { @($control.Entries.CustomItems) + @($control.Entries.CustomItems.CustomItems) | Where-Object { $_ -is [Management.Automation.CustomItemExpression] } | ForEach-Object Expression }
                else { $control.Entries.Items.DisplayEntry }
            }
            foreach ($entry in $entries) {
                $entry.ValueType | Should -Be 'Property'
                $type.GetProperty($entry.Value) ?? (Get-TypeData -TypeName $data.TypeName).Members[$entry.Value] | Should -Not -BeNullOrEmpty -Because "$($data.TypeName) shows $($entry.Value)"
            }
        }
    }
}

Describe '<_>' -ForEach $ExportedCommands {
    BeforeAll {
        $script:name = $_
        $script:command = Get-Command $name
    }

    It 'tells what it gives' { $command.OutputType.Count | Should -BeGreaterThan 0 }

    It 'has an approved verb and a singular noun with the prefix' {
        (Get-Verb $command.Verb).Verb | Should -Be $command.Verb
        $command.Noun | Should -Match '^Krab[A-Z]'
        $command.Noun | Should -Not -Match '(?<!s|Statu)s$'
    }

    It 'has help for each of its parameters at the prompt' {
        $common = [Management.Automation.Cmdlet]::CommonParameters + [Management.Automation.Cmdlet]::OptionalCommonParameters
        foreach ($parameter in $command.Parameters.Values | Where-Object Name -NotIn $common) {
            ($parameter.Attributes | Where-Object { $_ -is [Parameter] }).HelpMessage | Should -Not -BeNullOrEmpty -Because $parameter.Name
        }
    }

    It 'takes no secret as text under a name' {
        $command.Parameters.Values | Where-Object { $_.ParameterType -eq [string] -and $_.Name -match '(secret|key|token|password)(?!Variable$|Reference$)' } | Should -BeNullOrEmpty
    }

    It 'means the same by -Product, -StateDirectory and -Agent as the others' {
        # The feedback is the session's, and about no store.
        if ($command.Noun -eq 'KrabAuthFeedback') { return }
        # A provider is defined for all agents.
        $shared = @('Product', 'StateDirectory') + $(if ($name -notin 'Get-KrabProvider', 'Register-KrabProvider', 'Unregister-KrabProvider') { 'Agent' })
        foreach ($parameter in $shared) {
            $command.Parameters.Keys | Should -Contain $parameter
            ($command.Parameters[$parameter].Attributes | Where-Object { $_ -is [Parameter] }).ValueFromPipelineByPropertyName | Should -Not -Contain $false
        }
    }

    It 'supports -WhatIf if it writes, and only then' {
        $attribute = $command.ImplementingType.GetCustomAttributes([Management.Automation.CmdletAttribute], $false)
        $attribute.SupportsShouldProcess | Should -Be ($name -in $WritingCommands)
        $attribute.ConfirmImpact | Should -Be $(if ($command.Verb -in 'Remove', 'Clear', 'Disconnect') { 'High' } elseif ($name -in $WritingCommands) { 'Medium' } else { 'None' })
    }
}

Describe 'With -WhatIf' {
    BeforeDiscovery {
        $script:writes = @(
            @{ Name = 'Clear-KrabAuthCooldown'; Run = { param($at) Clear-KrabAuthCooldown anthropic:work -WhatIf @at } }
            @{ Name = 'Clear-KrabAuthOrder'; Run = { param($at) Clear-KrabAuthOrder anthropic -WhatIf @at } }
            @{ Name = 'Clear-KrabAuthSession'; Run = { param($at) Clear-KrabAuthSession main -WhatIf @at } }
            @{ Name = 'Connect-KrabProvider'; Run = { param($at) 'sk-0123456789' | Connect-KrabProvider openai -WhatIf @at } }
            @{ Name = 'Copy-KrabAuthProfile'; Run = { param($at) Copy-KrabAuthProfile anthropic:work other -WhatIf -PassThru @at } }
            @{ Name = 'Disable-KrabAuthProfile'; Run = { param($at) Disable-KrabAuthProfile anthropic:work -WhatIf -PassThru @at } }
            @{ Name = 'Disconnect-KrabProvider'; Run = { param($at) Disconnect-KrabProvider anthropic:work -WhatIf @at } }
            @{ Name = 'Enable-KrabAuthProfile'; Run = { param($at) Enable-KrabAuthProfile anthropic:work -WhatIf -PassThru @at } }
            @{ Name = 'Export-KrabAuthProfile'; Run = { param($at) Export-KrabAuthProfile (Join-Path $at.StateDirectory x.krab) -IncludeOAuth -Move -WhatIf @at } }
            @{ Name = 'Export-KrabAuthReport'; Run = { param($at) Export-KrabAuthReport (Join-Path $at.StateDirectory x.html) -WhatIf @at } }
            @{ Name = 'Import-KrabAuthProfile'; Run = { param($at) Import-KrabAuthProfile (Join-Path $at.StateDirectory agents/main/agent/auth-profiles.json) -IncludeOAuth -Agent main -WhatIf @at } }
            @{ Name = 'Initialize-KrabAuth'; Run = { param($at) 'sk-0123456789' | Initialize-KrabAuth openai-api-key -NonInteractive -SkipCheck -WhatIf @at } }
            @{ Name = 'New-KrabAgent'; Run = { param($at) New-KrabAgent work -WhatIf @at } }
            @{ Name = 'Register-KrabAuthFailure'; Run = { param($at) Register-KrabAuthFailure anthropic:work -StatusCode 429 -WhatIf -PassThru @at } }
            @{ Name = 'Register-KrabAuthSuccess'; Run = { param($at) Register-KrabAuthSuccess anthropic:work -WhatIf @at } }
            @{ Name = 'Register-KrabProvider'; Run = { param($at) Register-KrabProvider acme -Issuer https://login.example.com -ClientId c -WhatIf @at } }
            @{ Name = 'Remove-KrabAgent'; Run = { param($at) Remove-KrabAgent main -WhatIf @at } }
            @{ Name = 'Remove-KrabAuthProfile'; Run = { param($at) Remove-KrabAuthProfile anthropic:work -WhatIf @at } }
            @{ Name = 'Rename-KrabAuthProfile'; Run = { param($at) Rename-KrabAuthProfile anthropic:work other -WhatIf -PassThru @at } }
            @{ Name = 'Repair-KrabAuth'; Run = { param($at) $null = Repair-KrabAuth -WhatIf @at } }
            @{ Name = 'Set-KrabAuthOrder'; Run = { param($at) Set-KrabAuthOrder anthropic anthropic:default -WhatIf -PassThru @at } }
            @{ Name = 'Set-KrabAuthProfile'; Run = { param($at) Set-KrabAuthProfile anthropic:work -DisplayName x -WhatIf -PassThru @at } }
            @{ Name = 'Set-KrabAuthSession'; Run = { param($at) Set-KrabAuthSession main anthropic:work -WhatIf -PassThru @at } }
            @{ Name = 'Sync-KrabAuthProfile'; Run = {
                    param($at)
                    Write-PrivateFile (Join-Path $env:HOME '.qwen/oauth_creds.json') '{"access_token":"a","refresh_token":"r","expiry_date":4102444800000}'
                    Sync-KrabAuthProfile qwen -WhatIf @at
                    Remove-Item -LiteralPath (Join-Path $env:HOME '.qwen') -Recurse -Force -WhatIf:$false
                }
            }
            @{ Name = 'Unregister-KrabProvider'; Run = { param($at) Unregister-KrabProvider acme -WhatIf @at } }
            @{ Name = 'Update-KrabAuthToken'; Run = { param($at) Update-KrabAuthToken openai-codex:me@example.com -WhatIf @at } }
        )
    }

    It 'every writing cmdlet is tried' -ForEach @{ Names = $writes.Name } { $Names | Should -Be $WritingCommands }

    It '<Name> changes no byte and gives nothing' -ForEach $writes {
        $at = Copy-Fixture
        $before = Get-Fingerprint $at.StateDirectory -IncludeQueue
        @(& $Run $at).Count | Should -Be 0
        Get-Fingerprint $at.StateDirectory -IncludeQueue | Should -Be $before
    }

    It '<Name> with $WhatIfPreference changes no byte' -ForEach $writes {
        $at = Copy-Fixture
        $before = Get-Fingerprint $at.StateDirectory -IncludeQueue
        $Run = [scriptblock]::Create("$Run".Replace(' -WhatIf', ''))
        $WhatIfPreference = $true
        & $Run $at
        $WhatIfPreference = $false
        Get-Fingerprint $at.StateDirectory -IncludeQueue | Should -Be $before
    }

    It 'no directory is made where there is none' {
        $none = @{ StateDirectory = Join-Path $TestDrive 'no-home' }
        'sk-0123456789' | Connect-KrabProvider openai -WhatIf @none
        $none.StateDirectory | Should -Not -Exist
    }
}
