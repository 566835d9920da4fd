using System.CommandLine;

namespace KrabAuth.Cli.Commands;

/// <summary>The options of <c>onboard</c> that set up a gateway. A command line of its guide is taken as it stands; they are left to the gateway, and said to be.</summary>
internal static class GatewayFlags
{
    private static readonly string[] WithValue =
    [
        "--mode", "--flow", "--workspace", "--gateway-port", "--gateway-bind", "--gateway-auth", "--gateway-token", "--gateway-password", "--remote-url", "--remote-token",
        "--tailscale", "--daemon-runtime", "--node-manager",
    ];

    private static readonly string[] Alone =
    [
        "--accept-risk", "--install-daemon", "--no-install-daemon", "--skip-daemon", "--skip-channels", "--skip-skills", "--skip-search", "--skip-ui", "--skip-bootstrap", "--tailscale-reset-on-exit",
    ];

    public static IEnumerable<Option<string>> Create()
        => WithValue.Select(name => GlobalOptions.Value(name, "value", "The gateway's.")).Concat(Alone.Select(name => GlobalOptions.Flag(name, "The gateway's.")));
}
