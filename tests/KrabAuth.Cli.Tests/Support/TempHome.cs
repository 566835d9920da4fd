using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KrabAuth.Cli.Tests.Support;

/// <summary>A home directory of its own for one test, with the stores that the test puts there.</summary>
internal sealed class TempHome : IDisposable
{
    public TempHome() => Root = Directory.CreateTempSubdirectory("krabauth-cli-").FullName;

    public string Root { get; }

    public Dictionary<string, string> Variables { get; } = [];

    public string StateDirectory(string name = ".krabkrab") => Path.Combine(Root, name);

    public string AgentDirectory(string agent = "main", string state = ".krabkrab") => Path.Combine(StateDirectory(state), "agents", agent, "agent");

    public string StorePath(string agent = "main", string state = ".krabkrab") => Path.Combine(AgentDirectory(agent, state), "auth-profiles.json");

    public string StatePath(string agent = "main") => Path.Combine(AgentDirectory(agent), "auth-state.json");

    public string ConfigPath => Path.Combine(StateDirectory(), "krabkrab.json");

    public Outcome Run(params string[] args) => Program.Run(this, args);

    public Outcome RunWithInput(string input, params string[] args) => Program.Run(this, args, Encoding.UTF8.GetBytes(input));

    /// <summary>Runs a command that is to succeed, and gives its JSON.</summary>
    public JsonElement Json(params string[] args)
    {
        Outcome outcome = Run(args);
        Assert.Equal(string.Empty, outcome.Error);
        Assert.Equal(0, outcome.ExitCode);
        return ParseJson(outcome.Output);
    }

    /// <summary>Reads JSON as the program prints it: two spaces, no byte-order mark, a newline at the end.</summary>
    public static JsonElement ParseJson(string output)
    {
        Assert.StartsWith("{\n  \"", output, StringComparison.Ordinal);
        Assert.EndsWith("\n}\n", output, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    public void WriteStore(string json, string agent = "main", string state = ".krabkrab") => Write(StorePath(agent, state), json);

    /// <summary>Writes a store of the profiles and whatever goes beside them.</summary>
    public void WriteStore(JsonObject profiles, JsonObject? order = null, JsonObject? usage = null, string state = ".krabkrab")
    {
        var store = new JsonObject { ["version"] = 1, ["profiles"] = profiles };
        if (order is not null) store["order"] = order;
        if (usage is not null) store["usageStats"] = usage;
        WriteStore(store.ToJsonString(), state: state);
    }

    public static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public JsonNode Store(string agent = "main", string state = ".krabkrab") => JsonNode.Parse(File.ReadAllText(StorePath(agent, state)))!;

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
