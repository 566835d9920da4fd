# Dot-sourced where a suite needs a server on this machine.

function Open-FreeListener {
    <#
    .SYNOPSIS
    Listens at a free port of this machine. One that is free now can be taken a moment later, by any connection that is opened.
    #>
    for ($attempt = 1; ; $attempt++) {
        $probe = [Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
        $probe.Start()
        $port = $probe.LocalEndpoint.Port
        $probe.Stop()
        $listener = [Net.HttpListener]::new()
        $listener.Prefixes.Add("http://127.0.0.1:$port/")
        try {
            $listener.Start()
            return , $listener
        }
        catch [Net.HttpListenerException] {
            $listener.Close()
            if ($attempt -ge 20) { throw }
        }
    }
}
