BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Get-KrabAuthStore' {
    It 'tells where the files are: one file' {
        $at = Copy-Fixture
        $info = Get-KrabAuthStore @at
        $info | Should -BeOfType ([KrabAuth.Storage.AuthStoreInfo])
        $info.Format | Should -Be 'OneFile'
        $info.StorePath | Should -Be (Get-StorePath $at)
        $info.StatePath | Should -Be $info.StorePath
        $info.ProfileCount | Should -Be 8
        $info.IsPrivate | Should -BeTrue
        $info.LockedBy | Should -BeNullOrEmpty
        $info.LastWriteTime | Should -Not -BeNullOrEmpty
    }

    It 'tells where the files are: two files' {
        $at = Copy-Fixture 'openclaw-2026.5.28'
        $info = Get-KrabAuthStore @at
        $info.Format | Should -Be 'TwoFiles'
        $info.StatePath | Should -BeLike '*auth-state.json'
        $info.ConfigPath | Should -BeLike '*openclaw.json'
    }

    It 'tells that there is none yet, and makes none' {
        $none = @{ StateDirectory = Join-Path $TestDrive 'none' }
        $info = Get-KrabAuthStore @none
        $info.Format | Should -Be 'None'
        $info.ProfileCount | Should -Be 0
        $info.LastWriteTime | Should -BeNullOrEmpty
        $none.StateDirectory | Should -Not -Exist
    }

    It 'lists agents by wildcard, with what they inherit' {
        $at = Initialize-Store @{ 'openai:a' = Get-ApiKeyEntry openai; 'openai:b' = Get-ApiKeyEntry openai }
        $null = Initialize-Store @{ 'openai:c' = Get-ApiKeyEntry openai } -Agent helper -StateDirectory $at.StateDirectory
        $infos = Get-KrabAuthStore '*' @at
        $infos.Agent | Should -Be @('main', 'helper')
        $infos.ProfileCount | Should -Be @(2, 1)
        $infos.InheritedCount | Should -Be @(0, 2)
        (Get-KrabAuthStore -Agent help* @at).Agent | Should -Be 'helper'
    }

    It 'tells of a link, of an open file and of entries that are no profiles' -Skip:$IsWindows {
        $at = Initialize-Store @{ 'openai:a' = Get-ApiKeyEntry openai; 'openai:bad' = 'text' }
        $shared = Join-Path (Get-NewDirectory) 'shared.json'
        [IO.File]::Move((Get-StorePath $at), $shared)
        [IO.File]::SetUnixFileMode($shared, 'UserRead, UserWrite, GroupRead, OtherRead')
        $null = [IO.File]::CreateSymbolicLink((Get-StorePath $at), $shared)
        $info = Get-KrabAuthStore @at -WarningAction SilentlyContinue
        $info.LinkTarget | Should -Be $shared
        $info.IsPrivate | Should -BeFalse
        $info.RejectedCount | Should -Be 1
    }

    It 'tells who holds the lock' {
        $at = Copy-Fixture
        $null = New-Item -ItemType Directory "$(Get-StorePath $at).lock"
        (Get-KrabAuthStore @at).LockedBy | Should -Not -BeNullOrEmpty
    }

    It 'goes on after an agent that is not there' {
        $at = Copy-Fixture
        Assert-SingleError -Id AgentNotFound { Get-KrabAuthStore nobody, main @at }
        (Get-KrabAuthStore nobody, main @at -ErrorAction SilentlyContinue).Agent | Should -Be 'main'
    }
}
