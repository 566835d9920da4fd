using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using KrabAuth.OAuth;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>The port of the listener: where it is open, for how long, and whose it is.</summary>
public sealed class LoopbackPortTests : LoopbackTestBase
{
    // RFC 8252 §7.3, §8.3; unkey #6034 listened on every interface.
    [Fact]
    public void It_listens_on_the_two_loopback_addresses_and_nowhere_else()
    {
        IEnumerable<IPAddress> addresses = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(end => end.Port == _port).Select(end => end.Address);
        IPAddress[] wanted = Ipv6.HasLoopback ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback];
        Assert.Equal(wanted.Select(address => address.ToString()).Order(), addresses.Select(address => address.ToString()).Order());
    }

    // RFC 8252 §8.3: the port is open only while a sign-in waits.
    [Fact]
    public async Task The_port_is_closed_afterwards_and_can_be_had_again_at_once()
    {
        Task<string> request = Ask(RawHttp.Get(_port, $"{Callback}?code=C&state={Right}"));
        await _listener.Answer.WaitAsync(Cancellation);
        Task shown = _listener.ShowAsync(CallbackPages.Success("Acme", null));
        await request;
        await Ask(RawHttp.Get(_port, "/done"));
        await shown;
        await _listener.DisposeAsync();
        await Assert.ThrowsAsync<SocketException>(() => Ask(RawHttp.Get(_port, "/")));
        // Connections that have ended linger in the system; they must not keep the next sign-in from the port.
        LoopbackListener? next = LoopbackListener.TryStart($"http://localhost:{_port}{Callback}", _clock);
        Assert.NotNull(next);
        await next.DisposeAsync();
    }

    [Fact]
    public async Task Connections_that_are_open_are_closed_with_it()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port, Cancellation);
        await client.GetStream().WriteAsync("GET "u8.ToArray(), Cancellation);
        await _clock.NextWaitAsync(TimeSpan.FromSeconds(5), Cancellation);
        await _listener.DisposeAsync();
        Assert.Equal(string.Empty, await RawHttp.ReadAsync(client.GetStream(), Cancellation));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _listener.Answer);
    }

    // RFC 8252 §8.3: a program that shares the port would get every other redirect, and the code in it.
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void No_other_program_can_share_the_port(string address)
    {
        var wanted = IPAddress.Parse(address);
        Ipv6.SkipWithout(wanted);
        using var other = new Socket(wanted.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        other.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        SocketException refused = Assert.Throws<SocketException>(() =>
        {
            other.Bind(new IPEndPoint(wanted, _port));
            other.Listen();
        });
        // Windows denies the access to a port that is held for one program alone.
        SocketError[] taken = OperatingSystem.IsWindows() ? [SocketError.AddressAlreadyInUse, SocketError.AccessDenied] : [SocketError.AddressAlreadyInUse];
        Assert.Contains(refused.SocketErrorCode, taken);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void A_port_of_which_another_program_has_a_half_is_not_taken(string address)
    {
        Ipv6.SkipWithout(IPAddress.IPv6Loopback);
        using var other = new TcpListener(IPAddress.Parse(address), 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        Assert.Null(LoopbackListener.TryStart($"http://localhost:{port}/callback", _clock));
        // The half that was free is given back at once.
        IPAddress half = other.LocalEndpoint.AddressFamily == AddressFamily.InterNetwork ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        using var owner = new TcpListener(half, port);
        owner.Start();
    }

    [Theory]
    [InlineData("http://localhost:1455/auth/callback", true)]
    [InlineData("http://127.0.0.1:0/callback", true)]
    [InlineData("http://[::1]:0/callback", true)]
    [InlineData("https://localhost:1/callback", false)]
    [InlineData("https://console.example/code", false)]
    [InlineData("http://console.example/code", false)]
    [InlineData("app:/callback", false)]
    public void Only_a_redirect_to_this_machine_is_listened_for(string redirectUri, bool served) => Assert.Equal(served, LoopbackListener.CanServe(redirectUri));

    private Task<string> Ask(string request) => RawHttp.SendAsync(_port, request, Cancellation);
}
