using System.ComponentModel;
using System.Diagnostics;
using KrabAuth.OAuth;

namespace KrabAuth.Host;

/// <summary>The user's browser. No shell is involved, so nothing in an address can become a command.</summary>
public sealed class SystemBrowser : IBrowser
{
    private static readonly string[] RemoteVariables = ["SSH_CLIENT", "SSH_TTY", "SSH_CONNECTION", "REMOTE_CONTAINERS", "CODESPACES"];

    /// <inheritdoc/>
    public bool TryOpen(Uri address)
    {
        // An authorization endpoint can come from a server's metadata; nothing but a web page is ever opened.
        bool isWebPage = address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && ServerMetadata.IsLoopback(address));
        if (!isWebPage) return false;
        string text = address.AbsoluteUri;
        try
        {
            if (OperatingSystem.IsWindows()) return Start(new ProcessStartInfo(text) { UseShellExecute = true });
            if (OperatingSystem.IsMacOS()) return Start(new ProcessStartInfo("/usr/bin/open", [text]));
            string here = Environment.CurrentDirectory;
            return ProgramPath.Find("wslview", here) is { } wsl ? Start(new ProcessStartInfo(wsl, [text]))
                : ProgramPath.Find("xdg-open", here) is { } xdg && Start(new ProcessStartInfo(xdg, [text]));
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Whether a browser opened here would be in front of the user: not in a remote session, a container or a system without a screen.</summary>
    public static bool IsLikelyHere(IHostEnvironment host)
    {
        if (RemoteVariables.Any(IsSet)) return false;
        return !OperatingSystem.IsLinux() || IsSet("DISPLAY") || IsSet("WAYLAND_DISPLAY") || IsSet("WSL_DISTRO_NAME");

        bool IsSet(string name) => !string.IsNullOrEmpty(host.GetVariable(name));
    }

    private static bool Start(ProcessStartInfo start)
    {
        if (!start.UseShellExecute)
        {
            // What the browser prints is not for the user's terminal.
            start.RedirectStandardOutput = true;
            start.RedirectStandardError = true;
        }
        using Process? process = Process.Start(start);
        return true;
    }
}
