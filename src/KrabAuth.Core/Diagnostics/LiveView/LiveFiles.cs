using KrabAuth.Agents;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics;

/// <summary>What the files that a view shows looked like, so that they are read again only when they look different.</summary>
internal sealed record LiveFiles(string Stamp)
{
    public static LiveFiles Of(AuthAgent agent)
    {
        StateDirectory state = agent.Workspace.State;
        var main = AgentPaths.MainOf(state);
        string[] paths = [agent.Paths.StorePath, agent.Paths.StatePath, agent.Paths.LegacyPath, main.StorePath, main.StatePath, state.ConfigPath, Path.Combine(state.Root, OwnSettings.FileName)];
        return new LiveFiles(string.Join('|', paths.Distinct(StringComparer.Ordinal).Select(Describe)));
    }

    private static string Describe(string path)
    {
        try
        {
            FileSystemInfo file = new FileInfo(path);
            file = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
            return file is FileInfo { Exists: true } there ? $"{path} {there.LastWriteTimeUtc.Ticks} {there.Length}" : $"{path} -";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Reading it tells what is wrong.
            return $"{path} ?";
        }
    }
}
