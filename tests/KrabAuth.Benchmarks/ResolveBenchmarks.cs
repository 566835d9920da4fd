using System.Text;
using System.Text.Json.Nodes;
using BenchmarkDotNet.Attributes;
using KrabAuth.Agents;
using KrabAuth.Host;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Benchmarks;

/// <summary>How choosing grows with the number of profiles, each with ten records of use beside it.</summary>
[InProcess]
[MemoryDiagnoser]
public class ResolveBenchmarks
{
    private const long Now = 1_770_000_000_000;

    private readonly AuthConfig _config = AuthConfig.Load(Path.Combine(Path.GetTempPath(), "krabauth-there-is-no-such-file.json"), static _ => null, NullAuthLog.Instance);
    private AuthStore _store = AuthStore.Empty;
    private StrictJson _json = null!;

    /// <summary>The number of profiles; ten times as many records of use.</summary>
    [Params(100, 1_000, 10_000, 40_000)]
    public int Profiles { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _json = StrictJson.Check(Encoding.UTF8.GetBytes(Text(Profiles))).Json!;
        _store = AuthStoreReader.Read("store", _json, "state", null);
    }

    /// <summary>Puts the profiles in order and explains each.</summary>
    [Benchmark]
    public ResolvedOrder Resolve() => ProfileOrder.Resolve(_store, _config, "openai", Now);

    /// <summary>Reads the text of the store first.</summary>
    [Benchmark]
    public ResolvedOrder ReadAndResolve() => ProfileOrder.Resolve(AuthStoreReader.Read("store", _json, "state", null), _config, "openai", Now);

    private static string Text(int count)
    {
        var profiles = new JsonObject();
        var usage = new JsonObject();
        for (int i = 0; i < count; i++) profiles[$"openai:{i}"] = new JsonObject { ["type"] = "api_key", ["provider"] = "openai", ["key"] = $"sk-benchmark-{i:D8}" };
        for (int i = 0; i < count * 10; i++)
        {
            usage[$"openai:{i}"] = new JsonObject { ["lastUsed"] = Now - i % 997 * 1000, ["errorCount"] = i % 3, ["cooldownUntil"] = i % 4 == 0 ? Now + i : Now - i };
        }
        return new JsonObject { ["version"] = 1, ["profiles"] = profiles, ["usageStats"] = usage }.ToJsonString();
    }
}
