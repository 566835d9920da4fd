#if ENGINE
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace KrabAuth.EngineTests;

/// <summary>PowerShell in this process, with the module imported, and a state directory of its own.</summary>
internal sealed class Engine : IDisposable
{
    private readonly RunspacePool _pool;

    public Engine(string store, int runspaces = 1)
    {
        Root = Directory.CreateTempSubdirectory("krabauth-engine-").FullName;
        StorePath = Path.Combine(Root, "agents", "main", "agent", "auth-profiles.json");
        Directory.CreateDirectory(Path.GetDirectoryName(StorePath)!);
        File.WriteAllText(StorePath, store);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(StorePath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Path.Combine(ModuleDirectory, "KrabAuth.psd1")]);
        state.ThrowOnRunspaceOpenError = true;
        if (OperatingSystem.IsWindows()) state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
        _pool = RunspaceFactory.CreateRunspacePool(state);
        _pool.SetMaxRunspaces(runspaces);
        _pool.Open();
    }

    public string Root { get; }

    public string StorePath { get; }

    private static string ModuleDirectory => typeof(Engine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == "ModuleDirectory").Value!;

    /// <summary>A cmdlet of the module, for this state directory.</summary>
    public PowerShell Command(string name, params (string Name, object? Value)[] parameters)
    {
        var shell = PowerShell.Create();
        shell.RunspacePool = _pool;
        shell.AddCommand(name).AddParameter("StateDirectory", Root);
        foreach ((string parameter, object? value) in parameters) shell.AddParameter(parameter, value);
        return shell;
    }

    public void Dispose()
    {
        _pool.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
#endif
