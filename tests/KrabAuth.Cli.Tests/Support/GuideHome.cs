using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using KrabAuth.TestSupport;

namespace KrabAuth.Cli.Tests.Support;

/// <summary>A machine on which one of the products is installed, as far as its guide goes: its name, its state directory, its providers.</summary>
internal sealed class GuideHome : IDisposable
{
    private readonly string _link;

    public GuideHome(string product)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making a link needs a privilege on Windows.");
        Product = product;
        State = product switch
        {
            "openclaw" => ".openclaw",
            "krabkrab" => ".krabkrab",
            _ => ".clawdbot",
        };
        _link = Path.Combine(Home.Root, product);
        File.CreateSymbolicLink(_link, Program.FilePath);
    }

    public TempHome Home { get; } = new();

    public string Product { get; }

    /// <summary>The name of the state directory.</summary>
    public string State { get; }

    public string ConfigPath => Path.Combine(Home.StateDirectory(State), $"{Product}.json");

    public JsonNode Config => JsonNode.Parse(File.ReadAllText(ConfigPath))!;

    public JsonNode Profile(string id, string agent = "main") => Home.Store(agent, State)["profiles"]![id]!;

    public Outcome Run(params string[] args) => Program.Run(Home, args, file: _link);

    public Outcome RunWithInput(string input, params string[] args) => Program.Run(Home, args, Encoding.UTF8.GetBytes(input), _link);

    /// <summary>Runs a command line that is to succeed and say nothing on standard error, and gives what it printed.</summary>
    public string Succeed(params string[] args)
    {
        Outcome outcome = Run(args);
        Assert.Equal((0, string.Empty), (outcome.ExitCode, outcome.Error));
        return outcome.Output;
    }

    public (int ExitCode, string Screen) OnTerminal(string command, params ReadOnlySpan<(string Prompt, string Keys)> steps) => ScriptTerminal.Run(Home, $"'{_link}' {command}", steps);

    public void Dispose() => Home.Dispose();

    /// <summary>Puts a provider's endpoints on this machine, with a person at the authorization server who agrees.</summary>
    public void Define(LoopbackApi api, string provider)
    {
        string accessToken = Jwt.Text("""{"email":"me@example.com","sub":"user-1"}""");
        api.Serve("/token", _ => (200, $$"""{"access_token":"{{accessToken}}","refresh_token":"refresh-0123456789","token_type":"Bearer","expires_in":864000}"""));
        api.Serve("/usage", _ => (200, "{}"));
        var definition = new JsonObject
        {
            ["id"] = provider,
            ["label"] = "Here",
            ["defaultModel"] = $"{provider}/model-1",
            ["oauth"] = new JsonObject
            {
                ["authorizationEndpoint"] = api.Address + "authorize",
                ["tokenEndpoint"] = api.Address + "token",
                ["clientId"] = "krab",
                ["redirectUri"] = "http://localhost:0/auth/callback",
                ["emailClaim"] = new JsonArray("email"),
            },
            ["probe"] = new JsonObject { ["method"] = "GET", ["url"] = api.Address + "usage" },
        };
        TempHome.Write(Path.Combine(Home.StateDirectory(State), "providers", $"{provider}.json"), definition.ToJsonString());
    }

    /// <summary>Runs a sign-in; the person opens the address that it prints, agrees, and is sent back.</summary>
    public async Task<Outcome> SignInAsync(params string[] args)
    {
        using Process process = Program.Start(Home, _link, args);
        Task<string> error = process.StandardError.ReadToEndAsync();
        var output = new StringBuilder();
        string? line;
        while ((line = await process.StandardOutput.ReadLineAsync()) is not null && !line.StartsWith("http", StringComparison.Ordinal)) output.Append(line).Append('\n');
        if (line is null) return new Outcome(process.ExitCode, output.ToString(), await error);
        var query = new Uri(line).Query.TrimStart('?').Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
        using var browser = new HttpClient();
        using HttpResponseMessage page = await browser.GetAsync(new Uri($"{query["redirect_uri"]}?code=code-1&state={Uri.EscapeDataString(query["state"])}"));
        page.EnsureSuccessStatusCode();
        output.Append(await process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new Outcome(process.ExitCode, output.ToString(), await error);
    }
}
