using System.Text.Json.Nodes;

namespace KrabAuth.Benchmarks.Compare;

/// <summary>Writes the store of a state directory as another program would have left it.</summary>
internal static class StoreText
{
    public static string Write(string stateDirectory, JsonObject store)
    {
        string directory = Path.Combine(stateDirectory, "agents", "main", "agent");
        Directory.CreateDirectory(directory);
        string path = Path.Combine(directory, "auth-profiles.json");
        File.WriteAllText(path, store.ToJsonString());
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
