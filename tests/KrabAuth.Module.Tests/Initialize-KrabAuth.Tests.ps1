BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Initialize-KrabAuth' {
    BeforeEach {
        $script:at = @{ Product = 'KrabKrab'; StateDirectory = Get-NewDirectory }
        $script:config = Join-Path $at.StateDirectory 'krabkrab.json'
        $env:GROQ_API_KEY = $null
    }

    It 'stores a key from the pipeline under the usual id, and checks it' {
        $result = 'sk-0123456789-key' | Initialize-KrabAuth openai-api-key @at
        $result.ProfileId | Should -Be 'openai:default'
        $result.Action | Should -Be 'Store'
        $result.Check | Should -Be 'Passed'
        $result.Checks.Target | Should -Be 'openai:default'
        $result.DefaultModel.State | Should -Be 'Available'
        (Read-Store $at).profiles['openai:default'].key | Should -Be 'sk-0123456789-key'
        $config | Should -Not -Exist
        (Get-KrabAuthProfile openai:default @at).Type | Should -Be 'ApiKey'
    }

    It 'takes a secret as <Name>' -ForEach @(
        @{ Name = 'SecureString'; Parameters = { @{ Secret = ConvertTo-Secret $SetupToken } } }
        @{ Name = 'PSCredential'; Parameters = { @{ Credential = [pscredential]::new('x', (ConvertTo-Secret $SetupToken)) } } }
    ) {
        $secret = & $Parameters
        (Initialize-KrabAuth setup-token @secret -ExpiresIn 365d @at).ProfileId | Should -Be 'anthropic:default'
        $entry = (Read-Store $at).profiles['anthropic:default']
        $entry.token | Should -Be $SetupToken
        [DateTimeOffset]::FromUnixTimeMilliseconds($entry.expires) | Should -BeGreaterThan ([DateTimeOffset]::UtcNow.AddDays(364))
    }

    It 'takes a token that a terminal wrapped' {
        $SetupToken.Substring(0, 40), $SetupToken.Substring(40) | Initialize-KrabAuth setup-token @at | Out-Null
        (Read-Store $at).profiles['anthropic:default'].token | Should -Be $SetupToken
    }

    It 'uses a variable, and what is there, where nobody is asked' {
        Assert-SingleError -Id KeyMissing { Initialize-KrabAuth groq-api-key -NonInteractive @at } | Should -Not -BeNullOrEmpty
        $env:GROQ_API_KEY = 'gsk-0123456789-key'
        try {
            (Initialize-KrabAuth groq-api-key -NonInteractive @at).Variable | Should -Be 'GROQ_API_KEY'
            $before = Get-Content -Raw -LiteralPath (Get-StorePath $at)
            (Initialize-KrabAuth groq-api-key -NonInteractive @at).Action | Should -Be 'StoreVariable'
            Get-Content -Raw -LiteralPath (Get-StorePath $at) | Should -Be $before
        }
        finally { $env:GROQ_API_KEY = $null }
        (Initialize-KrabAuth groq-api-key -NonInteractive @at).Action | Should -Be 'KeepProfile'
    }

    It 'stores the name of the variable on request' {
        $env:GROQ_API_KEY = 'gsk-0123456789-key'
        try {
            (Initialize-KrabAuth groq-api-key -NonInteractive -SecretInputMode Ref @at).Action | Should -Be 'ReferToVariable'
            Get-KrabAuthToken groq -AsPlainText @at | Should -Be 'gsk-0123456789-key'
        }
        finally { $env:GROQ_API_KEY = $null }
        Get-Content -Raw -LiteralPath (Get-StorePath $at) | Should -Not -Match 'gsk-0123456789'
    }

    It 'sets the default model on request alone' {
        'sk-0123456789-key' | Initialize-KrabAuth openai-api-key -SetDefault -InformationVariable said @at | Out-Null
        $said.MessageData | Should -Be 'Default model set to openai/gpt-5.2'
        (Get-Content -Raw -LiteralPath $config | ConvertFrom-Json).agents.defaults.model.primary | Should -Be 'openai/gpt-5.2'
        'sk-0123456789-key' | Initialize-KrabAuth xai-api-key -InformationVariable said @at | Out-Null
        $said.MessageData | Should -Be 'Default model available: xai/grok-4.3 (use -SetDefault to apply)'
        (Get-Content -Raw -LiteralPath $config | ConvertFrom-Json).agents.defaults.model.primary | Should -Be 'openai/gpt-5.2'
    }

    It 'refuses <Choice>: <Id>' -ForEach @(
        @{ Choice = 'openai-codex'; Id = 'InteractionRequired' }, @{ Choice = 'setup-token'; Id = 'InteractionRequired' }
        @{ Choice = 'opnai-api-key'; Id = 'AuthChoiceUnknown' }, @{ Choice = 'oauth'; Id = 'AuthChoiceUnavailable' }
    ) {
        Assert-SingleError -Id $Id { Initialize-KrabAuth $Choice -NonInteractive @at } | Should -Not -BeNullOrEmpty
        Get-StorePath $at | Should -Not -Exist
    }

    It 'adds nothing for skip, and nothing with -WhatIf' {
        (Initialize-KrabAuth skip @at).Action | Should -Be 'Skip'
        'sk-0123456789-key' | Initialize-KrabAuth openai-api-key -SetDefault -WhatIf @at
        Get-ChildItem -LiteralPath $at.StateDirectory | Should -BeNullOrEmpty
    }

    It 'says that it needs a choice where there is no prompt' {
        $said = Invoke-NewSession "Import-Module '$ModulePath'; Initialize-KrabAuth -StateDirectory '$($at.StateDirectory)' -ErrorVariable e -ErrorAction SilentlyContinue; `$e[0].FullyQualifiedErrorId"
        $said | Select-Object -Last 1 | Should -BeLike 'AuthChoiceRequired,*'
    }

    It 'completes choices, those of own providers among them' {
        Write-PrivateFile -Path "$($at.StateDirectory)/providers/acme.json" -Text '{ "id": "acme", "label": "Acme", "oauth": { "issuer": "https://acme.test", "clientId": "x" } }'
        (Get-Completion "Initialize-KrabAuth -StateDirectory $($at.StateDirectory) -AuthChoice ac").CompletionText | Should -Be 'acme'
        (Get-Completion 'Initialize-KrabAuth setup').CompletionText | Should -Be 'setup-token'
    }
}

Describe 'Connect-KrabProvider -SetDefault' {
    BeforeEach { $script:at = @{ Product = 'OpenClaw'; StateDirectory = Get-NewDirectory } }

    It 'makes the configuration, and says so' {
        $stored = 'sk-0123456789-key' | Connect-KrabProvider openai -SetDefault -InformationVariable said @at
        $stored.ProfileId | Should -Be 'openai:manual'
        $said.MessageData | Should -Be 'Default model set to openai/gpt-5.2'
        (Get-Content -Raw -LiteralPath (Join-Path $at.StateDirectory 'openclaw.json') | ConvertFrom-Json).agents.defaults.model.primary | Should -Be 'openai/gpt-5.2'
    }

    It 'refuses before anything is stored where no model is known' {
        Assert-SingleError -Id DefaultModelUnknown { 'sk-0123456789-key' | Connect-KrabProvider exa -SetDefault @at } | Should -Not -BeNullOrEmpty
        Get-StorePath $at | Should -Not -Exist
    }
}
