using System.Net;
using System.Net.Sockets;
using KrabAuth.OAuth;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>Who has a port, at either address of this machine.</summary>
public sealed class PortHolderTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void The_program_that_listens_is_named_as_long_as_it_does(string address)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells without asking for rights.");
        var wanted = IPAddress.Parse(address);
        Ipv6.SkipWithout(wanted);
        using var listener = new TcpListener(wanted, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Assert.Equal($" ({File.ReadAllText("/proc/self/comm").Trim()}, process {Environment.ProcessId})", PortHolder.Describe(port));
        listener.Stop();
        Assert.Equal(string.Empty, PortHolder.Describe(port));
    }

    // A connection has a port too; it keeps nobody from it.
    [Fact]
    public void Who_is_only_connected_holds_no_port()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        Assert.Equal(string.Empty, PortHolder.Describe(((IPEndPoint)client.Client.LocalEndPoint!).Port));
    }
}
