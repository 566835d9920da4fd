BeforeAll {
    . "$PSScriptRoot/common.ps1"
    function Get-Registered { (Get-PSSubsystem -Kind FeedbackProvider).Implementations.Name }
}
AfterAll { Exit-TestSession }

Describe 'Disable-KrabAuthFeedback' {
    It 'ends what Enable-KrabAuthFeedback began' {
        Enable-KrabAuthFeedback
        Get-Registered | Should -Contain KrabAuth
        Disable-KrabAuthFeedback
        Get-Registered | Should -Not -Contain KrabAuth
    }

    It 'does nothing where nothing was begun' { { Disable-KrabAuthFeedback; Disable-KrabAuthFeedback } | Should -Not -Throw }

    It 'is done by removing the module too' {
        $said = Invoke-NewSession "Import-Module '$ModulePath'; Enable-KrabAuthFeedback; Remove-Module KrabAuth; 'left: ' + ((Get-PSSubsystem -Kind FeedbackProvider).Implementations.Name -contains 'KrabAuth')"
        $said | Should -Be 'left: False'
    }
}
