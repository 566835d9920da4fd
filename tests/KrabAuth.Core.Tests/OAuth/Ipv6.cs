using System.Net;
using System.Net.Sockets;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>Whether this machine has the address ::1. A system that knows IPv6 can have it switched off, as many containers have.</summary>
internal static class Ipv6
{
    public static bool HasLoopback { get; } = CanBind();

    /// <summary>Skips a test of ::1 where there is none.</summary>
    public static void SkipWithout(IPAddress address)
        => Assert.SkipUnless(HasLoopback || address.AddressFamily == AddressFamily.InterNetwork, "There is no IPv6 here.");

    private static bool CanBind()
    {
        try
        {
            using var probe = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
        {
            return false;
        }
    }
}
