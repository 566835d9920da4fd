BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Watch-KrabAuth' {
    BeforeEach {
        $script:at = Initialize-Store @{ 'openai:a' = Get-ApiKeyEntry openai 'sk-watch-0123456789'; 'groq:b' = Get-ApiKeyEntry groq 'sk-watch-9876543210' }
    }

    It 'gives a line for each profile at the first look, with the time' {
        $lines = Watch-KrabAuth -Count 1 @at
        $lines | Should -BeOfType ([string])
        $lines.Count | Should -Be 2
        $lines[0] | Should -Match '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ groq:b is static$'
    }

    It 'gives a line for what changed between two looks, and none for what did not' {
        $lines = Watch-KrabAuth 1s -Count 2 -Plain @at | ForEach-Object {
            $_
            if ($_ -match 'openai:a is static$') { $null = Disable-KrabAuthProfile openai:a @at }
        }
        $lines.Count | Should -Be 3
        $lines[2] | Should -Match 'openai:a was static, is static, disabled by the user$'
    }

    It 'shows no secret' {
        Watch-KrabAuth -Count 1 -Verbose @at 4>&1 | Out-String | Should -Not -Match 'sk-watch|0123456789'
    }

    It 'asks nobody without -Usage, and says why nothing is known with it' {
        (Watch-KrabAuth -Count 1 -Usage @at) -match 'groq:b: unknown: ' | Should -Not -BeNullOrEmpty
    }

    It 'reads a number as seconds, and refuses what is too short' {
        (Get-Command Watch-KrabAuth).Parameters.Interval.Attributes.Where({ $_ -is [KrabAuth.Parameters.DurationTransformationAttribute] })[0].Transform($null, 8) | Should -Be ([timespan]::FromSeconds(8))
        $null = Assert-SingleError { Watch-KrabAuth -Interval 500ms -Count 1 @at } IntervalInvalid
    }

    It 'fails at the first look as other cmdlets do' {
        $file = (Get-KrabAuthStore @at).StorePath
        Write-PrivateFile -Path $file -Text '{ broken'
        [IO.File]::SetLastWriteTimeUtc($file, [DateTime]::UtcNow.AddHours(-1))
        $null = Assert-SingleError { Watch-KrabAuth -Count 1 @at } StoreCorrupt
    }
}
