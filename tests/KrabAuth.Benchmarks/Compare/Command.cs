using System.Diagnostics;
using System.Text.Json;

namespace KrabAuth.Benchmarks.Compare;

/// <summary>A command that is measured: <c>{ "name", "program", "arguments", "environment" }</c>.</summary>
internal sealed record Command(string Name, string Program, string[] Arguments, Dictionary<string, string> Environment)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    /// <summary>Reads a list of them from a file.</summary>
    public static List<Command> Read(string path) => JsonSerializer.Deserialize<List<Command>>(File.ReadAllBytes(path), Format)!;

    /// <summary>Writes a result to standard output.</summary>
    public static void Write<T>(T result) => Console.WriteLine(JsonSerializer.Serialize(result, Format));

    /// <summary>How it is started, with its streams in our hand.</summary>
    public ProcessStartInfo StartInfo(params IEnumerable<string> more)
    {
        var start = new ProcessStartInfo(Program, [.. Arguments, .. more]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach ((string name, string value) in Environment) start.Environment[name] = value;
        return start;
    }
}
