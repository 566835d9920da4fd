BeforeDiscovery {
    $script:isRoot = -not $IsWindows -and (id -u) -eq '0'
    $valid = '{ "version": 1, "profiles": { "openai:a": { "type": "api_key", "provider": "openai", "key": "sk-0123456789" } } }'
    # Make gets the path at which the store is to be.
    $script:stores = @(
        @{ What = 'a truncated store'; Expected = 'StoreCorrupt'; Message = '\(1,\d+\)'; Make = { param($path) Write-PrivateFile $path $valid.Substring(0, 70) } }
        @{ What = 'an empty store'; Expected = 'StoreCorrupt'; Message = 'the file is empty'; Make = { param($path) Write-PrivateFile $path '' } }
        @{ What = 'a store of white space'; Expected = 'StoreCorrupt'; Message = 'the file is empty'; Make = { param($path) Write-PrivateFile $path "  `n" } }
        @{ What = 'a directory-shaped store'; Expected = 'StoreUnreadable'; Message = 'it is a directory'; Make = { param($path) $null = [IO.Directory]::CreateDirectory("$path/inside") } }
        @{ What = 'a sparse store of 200 MB'; Expected = 'StoreUnreadable'; Message = '190 MiB, more than the 64 MiB'; Make = {
                param($path)
                Write-PrivateFile $path $valid
                $stream = [IO.File]::OpenWrite($path)
                $stream.SetLength(200000000)
                $stream.Dispose()
            }
        }
        @{ What = 'a deeply nested store'; Expected = 'StoreCorrupt'; Message = 'stand in one another'; Make = { param($path) Write-PrivateFile $path ('{ "profiles": ' + '{"a":' * 100000 + '1' + '}' * 100001) } }
        @{ What = 'a store with a member twice'; Expected = 'StoreCorrupt'; Message = '\(2,3\).*"openai:a" stands twice'; Make = { param($path) Write-PrivateFile $path "{ `"profiles`": { `"openai:a`": {},`n  `"openai:a`": {} } }" } }
        @{ What = 'a store that is a list'; Expected = 'StoreCorrupt'; Message = 'one JSON object'; Make = { param($path) Write-PrivateFile $path '[]' } }
        @{ What = 'a store whose profiles are a list'; Expected = 'StoreCorrupt'; Message = '"profiles" must be an object'; Make = { param($path) Write-PrivateFile $path '{ "profiles": [] }' } }
        @{ What = 'a store that is no UTF-8'; Expected = 'StoreCorrupt'; Message = 'UTF-8'; Make = { param($path) Write-PrivateFile $path ''; [IO.File]::WriteAllBytes($path, [byte[]](0x7b, 0xff, 0xfe, 0x7d)) } }
        @{ What = 'a link that leads nowhere'; Expected = 'StoreUnreadable'; Message = 'leads to nothing'; Skip = [bool]$IsWindows; Make = {
                param($path)
                $null = [IO.Directory]::CreateDirectory((Split-Path $path))
                $null = [IO.File]::CreateSymbolicLink($path, "$path.gone")
            }
        }
        @{ What = 'a linked store that another user owns'; Expected = 'UnsafePath'; Message = 'belongs to another user'; Skip = [bool]$IsWindows; Make = {
                param($path)
                $null = [IO.Directory]::CreateDirectory((Split-Path $path))
                $target = '/etc/hosts'
                if ((id -u) -eq '0') {
                    $target = Join-Path (Get-NewDirectory) 'other.json'
                    Write-PrivateFile $target $valid
                    chown 65534 $target
                }
                $null = [IO.File]::CreateSymbolicLink($path, $target)
            }
        }
        @{ What = 'a store that another user owns'; Expected = 'UnsafePath'; Message = 'belongs to another user'; Skip = -not $isRoot; Make = { param($path) Write-PrivateFile $path $valid; chown 65534 $path } }
        @{ What = 'a pipe in the place of the store'; Expected = 'StoreUnreadable'; Message = 'not an ordinary file'; Skip = [bool]$IsWindows; Make = { param($path) $null = [IO.Directory]::CreateDirectory((Split-Path $path)); mkfifo $path } }
        @{ What = 'an unreadable store'; Expected = 'StoreUnreadable'; Message = 'permission denied'; Skip = [bool]$IsWindows; NotForRoot = $true; Make = { param($path) Write-PrivateFile $path $valid; chmod 000 $path } }
    )
    # Root reads everything: for it, the test with another user is below.
    $script:stores = $stores | Where-Object { -not ($isRoot -and $_.NotForRoot) }
    foreach ($store in $stores) {
        $store.Valid = $valid
        $store.Skip = [bool]$store.Skip
        $store.HasContent = $store.What -notmatch 'directory|pipe|leads nowhere'
    }
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"

    # The store's file, what it links to, and what lies beside it; a pipe or a link to nothing has no content to be read.
    function Get-StoreFingerprint {
        param([string] $Path, [bool] $HasContent)
        $item = Get-Item -Force -LiteralPath $Path
        $hash = if ($HasContent) { (Get-FileHash -LiteralPath $Path).Hash }
        $beside = (Get-ChildItem -Force -LiteralPath (Split-Path $Path) | Where-Object Name -NotLike '*.queue').Name -join ' '
        '{0} {1} {2} {3:o} {4}' -f $item.Mode, $item.LinkTarget, $hash, $item.LastWriteTimeUtc, $beside
    }
}

AfterAll { Exit-TestSession }

Describe '<What>' -ForEach $stores {
    BeforeAll {
        if ($Skip) { return }
        $script:root = Get-NewDirectory
        $script:at = @{ StateDirectory = $root }
        $script:path = Get-StorePath $at
        & $Make $path
        $script:before = Get-StoreFingerprint $path $HasContent
    }

    It 'gives <Command> exactly one error with an id, a place and a next step, and stays untouched' -Skip:$Skip -ForEach @(
        @{ Command = 'Get-KrabAuthProfile'; Run = { Get-KrabAuthProfile @at } }
        @{ Command = 'Set-KrabAuthOrder'; Run = { Set-KrabAuthOrder openai openai:a @at } }
        @{ Command = 'Connect-KrabProvider'; Run = { 'sk-0123456789' | Connect-KrabProvider openai @at } }
        @{ Command = 'Remove-KrabAuthProfile'; Run = { Remove-KrabAuthProfile openai:a -Confirm:$false @at } }
        @{ Command = 'Get-KrabAuthToken'; Run = { Get-KrabAuthToken openai @at } }
        @{ Command = 'Get-KrabAuthStore'; Run = { Get-KrabAuthStore @at } }
        @{ Command = 'Test-KrabAuth -Quiet'; Run = { Test-KrabAuth -Quiet @at } }
    ) {
        $record = Assert-SingleError -Id $Expected $Run
        $record.ErrorDetails.Message | Should -Match $Message
        $record.ErrorDetails.Message | Should -Match 'auth-profiles\.json|other\.json|/etc/hosts'
        $record.ErrorDetails.Message | Should -Not -Match 'sk-0123456789'
        Get-StoreFingerprint $path $HasContent | Should -Be $before
    }

    It 'fails Test-KrabAuth -Quiet with one false' -Skip:$Skip {
        $answer = @(Test-KrabAuth -Quiet @at -ErrorAction SilentlyContinue)
        $answer.Count | Should -Be 1
        $answer[0] | Should -BeFalse
    }
}

Describe 'A store that root has and another user may not read' -Skip:(-not $isRoot) {
    It 'gives that user exactly one error from each cmdlet, and stays untouched' {
        $powershell = (Get-Process -Id $PID).Path
        if (-not (Get-Command setpriv -CommandType Application -ErrorAction Ignore)) { Set-ItResult -Skipped -Because 'there is no setpriv' }
        $as = 'setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'env', "HOME=$TestDrive"
        $null = & $as[0] $as[1..9] $powershell -Version 2>&1
        if ($LASTEXITCODE -ne 0) { Set-ItResult -Skipped -Because 'another user cannot run PowerShell here' }

        $root = Get-NewDirectory
        $at = @{ StateDirectory = $root }
        Write-PrivateFile (Get-StorePath $at) '{ "version": 1, "profiles": {} }'
        Copy-Item -Recurse -LiteralPath $ModulePath -Destination (Join-Path $root 'module')
        $file = Join-Path $root 'script.ps1'
        Set-Content -LiteralPath $file -Value @"
Import-Module '$root/module/KrabAuth.psd1'
`$at = @{ StateDirectory = '$root' }
foreach (`$run in { Get-KrabAuthProfile @at }, { Set-KrabAuthOrder openai openai:a @at }, { 'sk-0123456789' | Connect-KrabProvider openai @at }, { Test-KrabAuth -Quiet @at }) {
    `$said = @(& `$run 2>&1)
    `$errors = @(`$said | Where-Object { `$_ -is [Management.Automation.ErrorRecord] })
    '{0} {1} {2} {3} {4}' -f `$errors.Count, `$errors[0].FullyQualifiedErrorId, `$errors[0].CategoryInfo.Category, [bool]`$errors[0].ErrorDetails.RecommendedAction, "`$(`$said | Where-Object { `$_ -is [bool] })"
}
"@
        chown -R 65534 $root
        chmod 755 $TestDrive
        chmod 000 (Get-StorePath $at)
        $before = (Get-FileHash (Get-StorePath $at)).Hash
        $lines = @(& $as[0] $as[1..9] $powershell -NoProfile -NonInteractive -File $file)
        $lines | Should -Be @(
            '1 StoreUnreadable,KrabAuth.Commands.GetKrabAuthProfileCommand PermissionDenied True '
            '1 StoreUnreadable,KrabAuth.Commands.SetKrabAuthOrderCommand PermissionDenied True '
            '1 StoreUnreadable,KrabAuth.Commands.ConnectKrabProviderCommand PermissionDenied True '
            '1 StoreUnreadable,KrabAuth.Commands.TestKrabAuthCommand PermissionDenied True False'
        )
        (Get-FileHash (Get-StorePath $at)).Hash | Should -Be $before
    }
}

Describe 'A configuration that cannot be read' {
    It 'gives one error that names file, line and column: <What>' -ForEach @(
        @{ What = 'broken'; Text = "{`n  auth: { order: }`n}"; Expected = 'ConfigCorrupt' }
        @{ What = 'a list'; Text = '[]'; Expected = 'ConfigCorrupt' }
        @{ What = 'with a member twice'; Text = '{ auth: { order: { openai: [], openai: [] } } }'; Expected = 'ConfigCorrupt' }
    ) {
        $at = Initialize-Store @{ 'openai:a' = Get-ApiKeyEntry openai }
        Write-PrivateFile "$($at.StateDirectory)/krabkrab.json" $Text
        $record = Assert-SingleError -Id $Expected { Get-KrabAuthProfile @at }
        $record.ErrorDetails.Message | Should -Match 'krabkrab\.json\(\d+,\d+\)'
        Test-KrabAuth -Quiet @at -ErrorAction SilentlyContinue | Should -BeFalse
    }
}
