using System.Text;
using KrabAuth.Host;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.TestSupport;

/// <summary>A state directory of its own, with a home beside it; both go with the test.</summary>
public sealed class TempState : IDisposable
{
    private readonly string _base = Directory.CreateTempSubdirectory("krabauth-test-").FullName;

    public TempState()
    {
        // The system's temporary directory may be a link (macOS); Core tells the paths that it was given.
        Directory.CreateDirectory(Home);
        Directory.CreateDirectory(Root);
        Host.UserHomeDirectory = Home;
        Host.CurrentDirectory = Home;
    }

    /// <summary>The state directory.</summary>
    public string Root => Path.Combine(_base, "state");

    /// <summary>The home directory; the state directory is not in it.</summary>
    public string Home => Path.Combine(_base, "home");

    public string StorePath => InAgent("auth-profiles.json");

    public string StatePath => InAgent("auth-state.json");

    public string LockPath => StorePath + ".lock";

    public FakeHost Host { get; } = new();

    public FrozenClock Clock { get; init; } = new();

    public RecordingLog Log { get; } = new();

    /// <summary>A clock whose timers a test holds too; without it <see cref="Clock"/> counts.</summary>
    public TimeProvider? Timers { get; set; }

    /// <summary>The network. Without a fake server there is none.</summary>
    public HttpMessageHandler Http { get; set; } = new NoNetwork();

    /// <summary>The keychain; none, unless a test has one.</summary>
    public IKeychain? Keychain { get; set; }

    /// <summary>The vaults of the session; none unless a test gives some.</summary>
    public ISecretVault? Vault { get; set; }

    /// <summary>The login shell. Without one of the test's own it knows nothing.</summary>
    public ILoginShell Shell { get; set; } = new FakeLoginShell();

    /// <summary>The file systems; local ones, unless a test says otherwise.</summary>
    public IFileSystems FileSystems { get; set; } = new SystemFileSystems();

    /// <summary>The times of store locks; those that the peers use, unless a test says otherwise.</summary>
    public LockOptions Locks { get; set; } = new();

    /// <summary>A copy of what a real peer left behind.</summary>
    public static TempState FromFixture(string name)
    {
        var state = new TempState();
        string source = Path.Combine(AppContext.BaseDirectory, "Fixtures", name);
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            state.Write(Path.GetRelativePath(source, file), File.ReadAllBytes(file));
        }
        return state;
    }

    /// <summary>A state directory whose main agent has this store, and perhaps the second file.</summary>
    public static TempState WithStore(string profiles, string? state = null)
    {
        var temp = new TempState();
        temp.Write(Path.GetRelativePath(temp.Root, temp.StorePath), profiles);
        if (state is not null) temp.Write(Path.GetRelativePath(temp.Root, temp.StatePath), state);
        return temp;
    }

    /// <summary>A path in an agent's directory.</summary>
    public string InAgent(string name, string agent = "main") => Path.Combine(Root, "agents", agent, "agent", name);

    /// <summary>A path in the state directory.</summary>
    public string InState(string relative) => Path.Combine(Root, relative);

    /// <summary>Writes a file of another program, in the home directory.</summary>
    public string WriteHome(string relative, string content) => Path.GetFullPath(Write(Path.GetRelativePath(Root, Path.Combine(Home, relative)), content));

    public string Write(string relative, string content) => Write(relative, Encoding.UTF8.GetBytes(content));

    public string Write(string relative, byte[] content)
    {
        string path = InState(relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        // Old, so that nobody takes it for a file that is being written in this moment.
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));
        return path;
    }

    public string ReadStore() => File.ReadAllText(StorePath);

    public string ReadState() => File.ReadAllText(StatePath);

    /// <summary>Every file in the state directory, relative and with slashes, without what KrabAuth keeps for its own queue.</summary>
    public IReadOnlyList<string> Files() =>
        [.. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains(".queue/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    public AuthWorkspace Workspace(Product product = Product.OpenClaw) => new(new WorkspaceOptions
    {
        Product = product,
        StateDirectory = Root,
        Host = Host,
        Clock = Timers ?? Clock,
        Http = Http,
        Keychain = Keychain,
        Shell = Shell,
        Log = Log,
        Vault = Vault,
        Locks = Locks,
        FileSystems = FileSystems,
    });

    public AuthAgent Agent(string? id = null, Product product = Product.OpenClaw) => Workspace(product).OpenAgent(id);

    public void Dispose() => Directory.Delete(_base, recursive: true);

    private sealed class NoNetwork : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => throw new InvalidOperationException($"A test without a server asked {request.RequestUri}.");
    }
}
