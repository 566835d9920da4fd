using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Storage;

namespace KrabAuth.Agents;

/// <summary>
/// The configuration of a state directory, read and changed. The other programs take no lock for it: what is replaced is compared
/// first with what was read, and each version goes to a backup as theirs does.
/// </summary>
internal sealed class ConfigFile(StateDirectory state, WorkspaceOptions options, Func<string, string?> variable)
{
    private const int Attempts = 8;

    /// <summary>How many earlier versions the gateways keep: <c>.bak</c>, then <c>.bak.1</c> and on.</summary>
    private const int Backups = 5;

    private string Path => state.ConfigPath;

    /// <summary>The configuration as it is written; null where there is none.</summary>
    public ConfigTree? Tree() => ConfigTree.Load(Path, variable, FileGuard.ReadAll);

    public AuthConfig Load() => AuthConfig.Load(Path, variable, options.Log, System.IO.Path.Combine(state.Root, OwnSettings.FileName));

    /// <summary>Changes members of the configuration, under a lock of KrabAuth's own. An unchanged text is not written.</summary>
    /// <returns>Whether anything was written.</returns>
    /// <exception cref="KrabAuthException"><c>ConfigCorrupt</c>, <c>ConfigReadOnly</c>, <c>ConfigUnwritable</c>, <c>ConfigBusy</c>, <c>StoreLocked</c>, <c>UnsafePath</c>.</exception>
    public Task<bool> ChangeAsync(Action<ConfigEditor> change, CancellationToken cancellationToken) => ChangeAsync((editor, _) => change(editor), cancellationToken);

    /// <summary>Moves a setting of KrabAuth alone to the file of its own; one that is there already wins and stays.</summary>
    /// <returns>Whether anything was written.</returns>
    /// <exception cref="KrabAuthException">As for <see cref="ChangeAsync(Action{ConfigEditor}, CancellationToken)"/>.</exception>
    public Task<bool> MoveOwnSettingAsync(string name, CancellationToken cancellationToken)
        => ChangeAsync(
            (editor, held) =>
            {
                string[] path = OwnSettings.PathInConfig(name);
                if (editor.Tree.Find(path) is not { Parts: [{ } part] }) return;
                string ownPath = System.IO.Path.Combine(state.Root, OwnSettings.FileName);
                var own = new ConfigEditor(ownPath, variable);
                // There first: a setting that stands in neither file would be lost.
                if (own.Tree.Find(name) is null)
                {
                    own.AddAsWritten(JsonNode.Parse(part.Place.Value.GetRawText())!, name);
                    if (!TryWrite(own, held)) throw AuthErrors.ConfigBusy(ownPath);
                }
                editor.Remove(path);
                if (editor.Tree.Find(path.AsSpan(..^1)) is { Members.Count: 0 }) editor.Remove(path.AsSpan(..^1));
            },
            cancellationToken);

    private async Task<bool> ChangeAsync(Action<ConfigEditor, StoreLock> change, CancellationToken cancellationToken)
    {
        if ((state.ReadOnlyVariable ?? state.ManagedVariable) is { } forbidding) throw AuthErrors.ConfigReadOnly(Path, forbidding);
        string directory = System.IO.Path.Combine(state.Root, "locks");
        try
        {
            PrivateDirectory.Ensure(directory);
            using StoreLock held = await StoreLock.AcquireAsync(System.IO.Path.Combine(directory, "config"), PeerLockForm.File, options.Locks, options.Log, cancellationToken).ConfigureAwait(false);
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                var editor = new ConfigEditor(Path, variable);
                change(editor, held);
                if (editor.Tree.Find("auth", "profiles", AuthConfig.ClaudeCliProfile, "mode")?.Text == "token") editor.Set("oauth", "auth", "profiles", AuthConfig.ClaudeCliProfile, "mode");
                if (!editor.Changes.Any()) return false;
                if (TryWrite(editor, held)) return true;
                options.Log.Verbose($"{Path} was changed by another program meanwhile; changing what it says now.");
            }
            throw AuthErrors.ConfigBusy(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AuthErrors.ConfigUnwritable(Path, e);
        }
    }

    /// <summary>Replaces each file that is still what was read.</summary>
    /// <returns>Whether all were; a change that is left is made again from what is there then.</returns>
    private bool TryWrite(ConfigEditor editor, StoreLock held)
    {
        foreach ((string path, byte[]? before, byte[] after) in editor.Changes)
        {
            string target = FileGuard.ResolveTarget(path);
            PrivateDirectory.Ensure(System.IO.Path.GetDirectoryName(target)!);
            options.Log.Verbose($"Writing {target}.");
            try
            {
                AtomicFile.Write(target, after, () =>
                {
                    held.ThrowIfLost();
                    if (!FileGuard.ReadAll(target).AsSpan().SequenceEqual(before)) throw new ChangedMeanwhileException();
                    if (before is not null) Keep(target, before);
                });
            }
            catch (ChangedMeanwhileException)
            {
                return false;
            }
        }
        return true;
    }

    private static void Keep(string target, byte[] content)
    {
        string newest = target + ".bak";
        for (int older = Backups - 2; older >= 1; older--)
        {
            if (File.Exists($"{newest}.{older}")) File.Move($"{newest}.{older}", $"{newest}.{older + 1}", overwrite: true);
        }
        if (File.Exists(newest)) File.Move(newest, $"{newest}.1", overwrite: true);
        AtomicFile.Write(newest, content);
    }

    private sealed class ChangedMeanwhileException : Exception;
}
