BeforeAll { . "$PSScriptRoot/common.ps1" }
AfterAll { Exit-TestSession }

Describe 'Get-KrabAuthHeader' {
    BeforeAll { $script:at = Copy-Fixture }

    It 'gives a hashtable that Invoke-RestMethod takes' {
        $headers = Get-KrabAuthHeader openrouter @at
        $headers | Should -BeOfType ([hashtable])
        $headers.Count | Should -Be 1
        $headers.Authorization | Should -BeExactly 'Bearer sk-or-v1-EXAMPLE0123456789'
        $headers['authorization'] | Should -Not -BeNullOrEmpty -Because 'names of headers have no case'
    }

    It 'gives the headers of the provider''s own: <Id>' -ForEach @(
        @{ Id = 'anthropic:default'; Name = 'x-api-key'; Value = 'sk-ant-api03-*' }
        @{ Id = 'anthropic:default'; Name = 'anthropic-version'; Value = '2023-06-01' }
        @{ Id = 'anthropic:manual'; Name = 'Authorization'; Value = 'Bearer sk-ant-oat01-*' }
        @{ Id = 'z.ai:default'; Name = 'Authorization'; Value = 'Bearer EXAMPLE.zai' }
    ) {
        (Get-KrabAuthHeader -ProfileId $Id @at)[$Name] | Should -BeLike $Value
    }

    It 'names the account of a ChatGPT sign-in' {
        $headers = Get-KrabAuthHeader openai-codex @at
        $headers['chatgpt-account-id'] | Should -Be 'acct-1'
        $headers['Authorization'] | Should -BeLike 'Bearer eyJ*'
    }

    It 'takes a profile from the pipeline' {
        (Get-KrabAuthProfile openrouter:default @at | Get-KrabAuthHeader).Authorization | Should -BeLike 'Bearer *'
    }

    It 'writes an error and gives nothing where nothing is usable' {
        Assert-SingleError -Id NoUsableProfile { Get-KrabAuthHeader groq @at }
        Get-KrabAuthHeader groq @at -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
    }
}
