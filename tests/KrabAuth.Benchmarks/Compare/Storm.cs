using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace KrabAuth.Benchmarks.Compare;

/// <summary>
/// Starts processes that all want the token of one expired sign-in at once, against a token endpoint on this machine, and tells how many
/// requests reached it, how many different tokens the processes got, and how long all of it took, in milliseconds.
/// </summary>
internal static class Storm
{
    private const string Profile = "storm:alice";

    public static int Run(string program, int count, string stateDirectory)
    {
        using var listener = new HttpListener();
        int port = FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        int requests = 0;
        Task serving = Task.Run(async () =>
        {
            while (true)
            {
                HttpListenerContext context = await listener.GetContextAsync().ConfigureAwait(false);
                int number = Interlocked.Increment(ref requests);
                context.Response.ContentType = "application/json";
                await using Stream body = context.Response.OutputStream;
                await body.WriteAsync(System.Text.Encoding.UTF8.GetBytes($$"""{"access_token":"access-{{number}}","refresh_token":"refresh-{{number}}","token_type":"Bearer","expires_in":3600}""")).ConfigureAwait(false);
            }
        });
        Write(stateDirectory, port);
        long start = Stopwatch.GetTimestamp();
        var command = new Command("storm", program, ["models", "auth", "token", "--profile-id", Profile, "--state-dir", stateDirectory], []);
        List<Process> processes = [.. Enumerable.Range(0, count).Select(_ => Process.Start(command.StartInfo())!)];
        List<string> tokens = [.. processes.Select(process => process.StandardOutput.ReadToEnd().Trim())];
        foreach (Process process in processes) process.WaitForExit();
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        int failed = processes.Count(process => process.ExitCode != 0);
        if (serving.IsFaulted) throw serving.Exception;
        Command.Write(new { Requests = requests, Tokens = tokens.Distinct().Count(), Failed = failed, Milliseconds = milliseconds });
        return 0;
    }

    private static void Write(string stateDirectory, int port)
    {
        Directory.CreateDirectory(Path.Combine(stateDirectory, "providers"));
        File.WriteAllText(Path.Combine(stateDirectory, "providers", "storm.json"), $$"""
            { "id": "storm", "label": "Storm", "methods": ["oauth"], "oauth": { "clientId": "benchmark", "authorizationEndpoint": "http://127.0.0.1:{{port}}/authorize", "tokenEndpoint": "http://127.0.0.1:{{port}}/token" } }
            """);
        StoreText.Write(stateDirectory, new JsonObject
        {
            ["version"] = 1,
            ["profiles"] = new JsonObject
            {
                [Profile] = new JsonObject { ["type"] = "oauth", ["provider"] = "storm", ["access"] = "access-0", ["refresh"] = "refresh-0", ["expires"] = DateTimeOffset.UtcNow.AddMinutes(-5).ToUnixTimeMilliseconds() },
            },
        });
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
