BeforeDiscovery {
    $script:manager = Get-Module -ListAvailable Microsoft.PowerShell.SecretManagement | Select-Object -First 1
    $script:why = if ($manager) { '' } else { ' (skipped: SecretManagement is not installed: Install-PSResource Microsoft.PowerShell.SecretManagement)' }
}
BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'The extension' {
    It 'is not loaded by the import of the module' {
        $session = Invoke-NewSession "Import-Module '$ModulePath'; (Get-Module -All).Name; 'commands: ' + @(Get-Command -Module KrabAuth.Extension -ErrorAction Ignore).Count"
        $session | Should -Contain 'KrabAuth'
        $session | Should -Not -Contain 'KrabAuth.Extension'
        $session | Should -Contain 'commands: 0'
    }

    It 'lies where SecretManagement looks, with a valid manifest' {
        $said = Test-ModuleManifest "$ModulePath/KrabAuth.Extension/KrabAuth.Extension.psd1" 3>&1 2>&1
        @($said).Count | Should -Be 1
        $said.ExportedFunctions.Keys | Sort-Object | Should -Be @('Get-Secret', 'Get-SecretInfo', 'Remove-Secret', 'Set-Secret', 'Test-SecretVault')
    }
}

# One session of a user's does it all, as SecretManagement remembers its vaults in the home directory.
Describe 'A vault<why>' -ForEach @(@{ Why = $why; Path = $manager.Path }) -Skip:(-not $manager) {
    BeforeAll {
        $at = Initialize-Store ([ordered]@{
                'groq:work'       = Get-ApiKeyEntry groq 'gsk-test-work-0123456789'
                'openai:ends'     = [ordered]@{ type = 'token'; provider = 'openai'; token = 'tok-test-0123456789'; expires = [DateTimeOffset]::UtcNow.AddDays(9).ToUnixTimeMilliseconds(); email = 'me@example.com' }
                'openai:over'     = Get-TokenEntry openai ([timespan]::FromHours(-1))
                'openai-codex:me' = Get-OAuthEntry openai-codex ([timespan]::FromHours(1))
                'groq:ref'        = @{ type = 'api_key'; provider = 'groq'; keyRef = @{ source = 'vault'; provider = 'Krab'; id = 'groq:work' } }
                'groq:[w]ork'     = Get-ApiKeyEntry groq 'gsk-test-odd-0123456789'
                'groq:self'       = @{ type = 'api_key'; provider = 'groq'; keyRef = @{ source = 'vault'; provider = 'Krab'; id = 'groq:self' } }
            })
        $script:place = $at
        $script:answers = @{}
        $file = Join-Path (Get-NewDirectory) 'answers.json'
        $script:said = Invoke-NewSession @"
`$ErrorActionPreference = 'Stop'
Import-Module '$Path'
`$answers = [ordered]@{}
function Save([string] `$Name, [scriptblock] `$What) { `$answers[`$Name] = try { & `$What } catch { "ERROR: `$_ | `$(`$_.Exception.InnerException.Message)" } }
Register-SecretVault -Name Krab -ModuleName '$ModulePath' -VaultParameters @{ Product = 'KrabKrab'; StateDirectory = '$($at.StateDirectory)'; Agent = 'main' }
Register-SecretVault -Name Typo -ModuleName '$ModulePath' -VaultParameters @{ StateDir = '$($at.StateDirectory)' }
Save test { Test-SecretVault Krab }
Save typo { Test-SecretVault Typo -ErrorAction SilentlyContinue -ErrorVariable said; "`$said" }
Save type { (Get-Secret groq:work -Vault Krab).GetType().Name }
Save text { Get-Secret groq:work -Vault Krab -AsPlainText }
Save any { Get-Secret groq:work -AsPlainText }
Save oauth { Get-Secret openai-codex:me -Vault Krab -AsPlainText }
Save over { Get-Secret openai:over -Vault Krab -AsPlainText }
Save none { Get-Secret groq:nobody -Vault Krab -AsPlainText }
Save ref { Get-Secret groq:ref -Vault Krab -AsPlainText }
Save self { Get-Secret groq:self -Vault Krab -AsPlainText }
Save infos { @(Get-SecretInfo -Vault Krab | ForEach-Object { "`$(`$_.Name) `$(`$_.Type) `$(`$_.VaultName)" }) }
Save filtered { @((Get-SecretInfo openai:* -Vault Krab).Name) }
Save metadata { `$found = (Get-SecretInfo openai:ends -Vault Krab).Metadata; "`$(`$found['Provider']) `$(`$found['Type']) `$(`$found['Status']) `$(`$found['Email']) `$(`$found['Expires'].GetType().Name)" }
Save changed { Set-Secret groq:work 'gsk-test-changed-0123456789' -Vault Krab; Get-Secret groq:work -Vault Krab -AsPlainText }
Save new { Set-Secret mistral:new (ConvertTo-SecureString 'key-test-new-0123456789' -AsPlainText -Force) -Vault Krab; Get-Secret mistral:new -Vault Krab -AsPlainText }
Save signIn { Set-Secret openai-codex:me 'x-0123456789-0123456789' -Vault Krab; 'stored' }
Save table { Set-Secret groq:work @{ a = 1 } -Vault Krab; 'stored' }
Save name { Set-Secret groq 'gsk-test-name-0123456789' -Vault Krab; 'stored' }
Save removed { Remove-Secret openai:over -Vault Krab; @((Get-SecretInfo openai:* -Vault Krab).Name) }
Save removeMany { Remove-Secret groq:* -Vault Krab; 'removed' }
Save removeOdd { Remove-Secret 'groq:[w]ork' -Vault Krab; @((Get-SecretInfo groq:* -Vault Krab).Name) }
Save typoSet { Set-Secret groq:typo 'gsk-test-typo-0123456789' -Vault Typo; 'stored' }
Save typoGet { @((Get-SecretInfo -Vault Typo).Name) }
Save removeNone { Remove-Secret groq:nobody -Vault Krab; 'removed' }
Unregister-SecretVault Krab, Typo
`$answers | ConvertTo-Json -Depth 5 | Set-Content -LiteralPath '$file'
"@
        if (Test-Path -LiteralPath $file) { $script:answers = Get-Content -Raw -LiteralPath $file | ConvertFrom-Json -AsHashtable }
    }

    It 'answers all' { $answers.Count | Should -Be 24 -Because "the session said: $($said -join "`n")" }

    It 'is in order, and says what is wrong with a parameter that it does not know' {
        $answers.test | Should -BeTrue
        $answers.typo[0] | Should -BeFalse
        $answers.typo[1] | Should -Match 'StateDir\. It knows: Agent, Product, StateDirectory'
    }

    It 'gives a fresh token, as SecureString, by the id of its profile' {
        $answers.type | Should -Be 'SecureString'
        $answers.text | Should -Be 'gsk-test-work-0123456789'
        $answers.any | Should -Be 'gsk-test-work-0123456789'
        $answers.oauth | Should -Be 'at-test-0123456789'
    }

    It 'gives nothing that is no use, and says why' {
        $answers.over | Should -Match '^ERROR: .*\| Auth profile "openai:over" cannot be used: it has expired \[expired\]\. Next: Connect-KrabProvider openai'
        $answers.none | Should -Match '^ERROR: .*not found'
    }

    # SecretManagement has one session for all vaults, and it is busy with this one.
    It 'does not look into another vault on behalf of a profile, and does not go round in circles' {
        $answers.ref | Should -Match '^ERROR: .*groq:ref'
        $answers.self | Should -Match '^ERROR: .*groq:self'
    }

    It 'lists the profiles with what is known of them' {
        $answers.infos | Should -Be @('groq:ref SecureString Krab', 'groq:self SecureString Krab', 'groq:work SecureString Krab', 'groq:[w]ork SecureString Krab', 'openai-codex:me SecureString Krab', 'openai:ends SecureString Krab', 'openai:over SecureString Krab')
        $answers.filtered | Should -Be @('openai:ends', 'openai:over')
        $answers.metadata | Should -Be 'openai Token ok me@example.com DateTime'
    }

    It 'stores keys: those of profiles that are there, and new ones' {
        $answers.changed | Should -Be 'gsk-test-changed-0123456789'
        $answers.new | Should -Be 'key-test-new-0123456789'
        (Read-Store $place).profiles.'mistral:new'.provider | Should -Be 'mistral'
    }

    It 'refuses what is no key, has no provider, or is a sign-in' {
        $answers.table | Should -Match '^ERROR: .*hashtable'
        $answers.name | Should -Match '^ERROR: .*<provider>:<name>'
        $answers.signIn | Should -Match '^ERROR: .*Next: '
        (Read-Store $place).profiles.'openai-codex:me'.access | Should -Be 'at-test-0123456789'
    }

    It 'removes profiles' {
        $answers.removed | Should -Be 'openai:ends'
        (Read-Store $place).profiles.Keys | Should -Not -Contain 'openai:over'
        $answers.removeNone | Should -Match '^ERROR: .*\| Auth profile "groq:nobody" not found'
    }

    It 'removes one profile, and none that its name would match as a pattern' {
        $answers.removeMany | Should -Match '^ERROR: .*not found'
        $answers.removeOdd | Should -Be @('groq:ref', 'groq:self', 'groq:work')
    }

    It 'puts nothing into the usual store because a parameter is misspelled' {
        $answers.typoSet, $answers.typoGet | Should -Match '^ERROR: .*StateDir\. It knows: Agent, Product, StateDirectory'
    }
}
