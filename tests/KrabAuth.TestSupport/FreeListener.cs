using System.Net;
using System.Net.Sockets;

namespace KrabAuth.TestSupport;

/// <summary>Listens at a free port of this machine. One that is free now can be taken a moment later, by any connection that is opened.</summary>
public static class FreeListener
{
    private const int Attempts = 20;

    /// <summary>Starts a listener.</summary>
    public static (HttpListener Listener, string Address) Start()
    {
        for (int attempt = 1; ; attempt++)
        {
            string address = $"http://127.0.0.1:{FreePort()}/";
            var listener = new HttpListener();
            listener.Prefixes.Add(address);
            try
            {
                listener.Start();
                return (listener, address);
            }
            catch (HttpListenerException) when (attempt < Attempts)
            {
                listener.Close();
            }
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
