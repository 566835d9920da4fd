BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Output' {
    BeforeAll {
        $script:longId = 'google-antigravity:a.person.with-a-long-name@department.example-company.com'
        $script:key = 'sk-test-NEVER-SHOWN-0123456789-tail'
        $script:at = Initialize-Store ([ordered]@{
                $longId                       = Get-OAuthEntry google-antigravity ([timespan]::FromMinutes(-5))
                'google-antigravity:second'   = Get-OAuthEntry google-antigravity ([timespan]::FromDays(30))
                'openai:key'                  = Get-ApiKeyEntry openai $key
                'openai:ends'                 = Get-TokenEntry openai ([timespan]::FromDays(10)) $key
                'openai:broken'               = @{ type = 'token'; provider = 'openai'; token = $key; expires = 'soon' }
            }) -Order @{ 'google-antigravity' = @($longId, 'google-antigravity:second', 'google-antigravity:gone') }
        $script:WarningPreference = 'SilentlyContinue'

        function Get-Everything {
            Get-KrabAuthProfile @at
            Get-KrabAuthOrder @at
            Resolve-KrabAuthProfile openai -Explain @at
            Resolve-KrabAuthProfile google-antigravity -Explain @at
            Test-KrabAuth @at
            Get-KrabAuthStatus @at
            Register-KrabAuthFailure openai:key -Reason format -PassThru @at
            Get-KrabAuthStore @at
            Get-KrabProvider openai, google-antigravity, anthropic-openai
        }
    }

    Context 'The table of <Name>' -ForEach @(
        @{ Name = 'Get-KrabAuthProfile'; Get = { Get-KrabAuthProfile @at }; Heads = 'ProfileId', 'Type', 'Status', 'Expires'; Shows = 'Provider: google-antigravity', 'expired (refreshable)', 'never', 'unknown', 'openai:key' }
        @{ Name = 'Get-KrabAuthOrder'; Get = { Get-KrabAuthOrder @at }; Heads = 'Provider', 'Source', 'Order'; Shows = 'Stored', 'Derived', 'google-antigravity:second', 'openai:ends, openai:key' }
        @{ Name = 'Resolve-KrabAuthProfile -Explain'; Get = { Resolve-KrabAuthProfile google-antigravity -Explain @at }; Heads = 'Rank', 'Candidate', 'Selected', 'Rule', 'Explanation'; Shows = 'usable', 'no such profile in the store', 'google-antigravity:second' }
        @{ Name = 'Test-KrabAuth'; Get = { Test-KrabAuth @at }; Heads = 'Result', 'Target', 'Status', 'Reason', 'Left'; Shows = 'Failed', 'Passed', 'refreshable', 'invalid_expires', 'never', '10d' }
        @{ Name = 'Get-KrabAuthStatus'; Get = { Get-KrabAuthStatus @at }; Heads = 'Provider', 'Status', 'From', 'Selected', 'Expires'; Shows = 'google-antigravity', 'profiles', 'Expired' }
        @{ Name = 'Get-KrabAuthCooldown'; Get = { Register-KrabAuthFailure openai:key -Reason auth_permanent @at; Register-KrabAuthFailure $longId -Reason billing @at; Get-KrabAuthCooldown @at; Clear-KrabAuthCooldown -Confirm:$false @at }; Heads = 'ProfileId', 'Kind', 'Reason', 'Left', 'Until'; Shows = 'openai:key', 'disabled', 'auth_permanent', '10m', 'department.example-company.com' }
        @{ Name = 'Register-KrabAuthFailure'; Get = { Register-KrabAuthFailure $longId -Reason model_not_found -Model some-model -PassThru @at; Clear-KrabAuthCooldown -Confirm:$false @at }; Heads = 'ProfileId', 'Reason', 'Recorded', 'Until'; Shows = 'model_not_found', 'True', 'department.example-company.com' }
        @{ Name = 'Get-KrabAuthStore'; Get = { Get-KrabAuthStore @at }; Heads = 'Agent', 'Product', 'Format', 'Profiles', 'Inherited', 'StorePath'; Shows = 'main', 'KrabKrab', 'OneFile', 'auth-profiles.json' }
        @{ Name = 'Get-KrabProvider'; Get = { Get-KrabProvider anthropic, anthropic-openai }; Heads = 'Provider', 'Label', 'Methods'; Shows = 'anthropic-openai', 'ApiKey, SetupToken', '(OpenAI-compatible)' }
    ) {
        BeforeAll {
            $script:screen = & $Get | Get-Screen
            $script:lines = $screen -split "`r?`n"
            # Cells that were wrapped, put together again.
            $script:joined = $screen -replace '\s', ''
        }

        It 'fits 80 columns' { ($lines | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 80 }

        It 'has its columns, whole' {
            $header = $lines | Where-Object { $_ -match "^\s*$($Heads[0])\b" } | Select-Object -First 1
            foreach ($head in $Heads) { $header | Should -Match "\b$head\b" }
        }

        It 'cuts nothing' { $screen | Should -Not -Match '\u2026|\.\.\.' }

        It 'shows what matters' {
            foreach ($text in $Shows) { $joined | Should -Match ([regex]::Escape(($text -replace '\s', ''))) -Because "$text is on:`n$screen" }
        }

        It 'shows no secret' { $joined | Should -Not -Match 'NEVER-SHOWN' }
    }

    It 'shows a long id whole in <Name>' -ForEach @(
        @{ Name = 'Get-KrabAuthProfile'; Get = { Get-KrabAuthProfile $longId @at } }
        @{ Name = 'Resolve-KrabAuthProfile -Explain'; Get = { Resolve-KrabAuthProfile google-antigravity -Explain @at | Select-Object -First 1 } }
        @{ Name = 'Test-KrabAuth'; Get = { Test-KrabAuth google-antigravity @at | Select-Object -First 1 } }
    ) {
        # The pieces of a wrapped cell stand under each other: one starts each line, in its column.
        $lines = (& $Get | Get-Screen) -split "`r?`n"
        $at = ($lines | Where-Object { $_ -match 'google-anti' -and $_ -notmatch 'Provider:' } | Select-Object -First 1).IndexOf('google-anti')
        $row = [array]::FindIndex([string[]]$lines, [Predicate[string]] { param($line) $line -match 'google-anti' -and $line -notmatch 'Provider:' })
        $whole = -join ($lines[$row..($lines.Count - 1)] | ForEach-Object { if ($_.Length -gt $at) { ($_.Substring($at) -split '\s')[0] } })
        $whole | Should -Be $longId
    }

    It 'shows a long order whole, although PowerShell shows four elements of an array' {
        $entries = [ordered]@{}
        1..9 | ForEach-Object { $entries["openai:profile$_"] = Get-ApiKeyEntry openai }
        $many = Initialize-Store $entries
        $screen = (Get-KrabAuthOrder openai @many | Get-Screen) -replace '\s', ''
        foreach ($id in $entries.Keys) { $screen | Should -Match $id }
    }

    It 'shows the end of time as never in tables and lists' {
        $forever = Get-KrabAuthProfile openai:key @at
        $forever.Expires | Should -Be ([DateTimeOffset]::MaxValue)
        foreach ($screen in ($forever | Get-Screen), ($forever | Format-List | Get-Screen), (Test-KrabAuth openai @at | Where-Object ProfileId -EQ openai:key | Format-List | Get-Screen), (Get-KrabAuthStatus @at | Format-List | Get-Screen)) {
            $screen | Should -Not -Match '9999'
        }
        $forever | Format-List | Get-Screen | Should -Match 'Expires +: never'
        Test-KrabAuth openai @at | Where-Object ProfileId -EQ openai:key | Format-List | Get-Screen | Should -Match 'Expires +: never'
    }

    It 'lists what a person asks of one profile' {
        $screen = Get-KrabAuthProfile $longId @at | Format-List | Get-Screen
        foreach ($label in 'ProfileId', 'Status', 'Refreshable', 'Expires', 'Enabled', 'Email', 'SecretHint', 'StateDirectory') { $screen | Should -Match "(?m)^$label +:" }
    }

    It 'has an Expires that is never null, in every object that has one' {
        $dated = Get-Everything | Where-Object { $_.PSObject.Properties['Expires'] }
        $dated.Count | Should -BeGreaterThan 10
        foreach ($object in $dated) { $object.Expires | Should -BeOfType ([DateTimeOffset]) }
    }

    It 'has types that are sealed and public' {
        foreach ($type in Get-Everything | ForEach-Object GetType | Sort-Object -Unique FullName) {
            $type.IsSealed | Should -BeTrue -Because $type.FullName
            $type.IsPublic | Should -BeTrue -Because $type.FullName
        }
    }

    It 'has a text that names the object' {
        "$(Get-KrabAuthProfile openai:key @at)" | Should -Be 'openai:key'
        "$(Get-KrabAuthStatus @at | Select-Object -First 1)" | Should -Be 'google-antigravity'
        "$(Get-KrabAuthStore @at)" | Should -Be (Get-StorePath $at)
    }

    It 'survives <Name>, useful and free of secrets' -ForEach @(
        @{ Name = 'Select-Object *'; Through = { $input | Select-Object * | Out-String -Width 300 } }
        @{ Name = 'ConvertTo-Json'; Through = { $input | ConvertTo-Json -Depth 5 -EnumsAsStrings } }
        @{ Name = 'ConvertTo-Csv'; Through = { $input | ConvertTo-Csv } }
        @{ Name = 'Format-List *'; Through = { $input | Format-List * -Force | Out-String -Width 300 } }
        @{ Name = 'ConvertTo-Xml'; Through = { ($input | ConvertTo-Xml -Depth 5).OuterXml } }
        @{ Name = 'Export-Clixml'; Through = { $file = Join-Path (Get-NewDirectory) 'out.xml'; $input | Export-Clixml -Depth 5 $file; Get-Content -Raw $file } }
    ) {
        $text = (Get-KrabAuthProfile @at | & $Through) -join "`n"
        $text | Should -Match 'openai:key'
        $text | Should -Match 'google-antigravity'
        $text | Should -Match 'Static'
        $text | Should -Not -Match 'NEVER-SHOWN|at-test-|rt-test-'
    }

    It 'can be read back from Clixml and CSV' {
        $file = Join-Path (Get-NewDirectory) 'profiles'
        $profiles = Get-KrabAuthProfile @at
        $profiles | Export-Clixml "$file.xml"
        $back = Import-Clixml "$file.xml"
        $back.ProfileId | Should -Be $profiles.ProfileId
        ($back | Where-Object { $_.Expires.UtcDateTime -lt [DateTime]::UtcNow }).ProfileId | Should -Contain $longId
        $profiles | Export-Csv "$file.csv"
        (Import-Csv "$file.csv").ProfileId | Should -Be $profiles.ProfileId
    }

    It 'holds no secret in any member, private ones included' {
        foreach ($object in Get-Everything) {
            foreach ($field in $object.GetType().GetFields('Instance, NonPublic, Public')) { "$($field.GetValue($object))" | Should -Not -Match 'NEVER-SHOWN|at-test-|rt-test-' }
        }
    }
}
