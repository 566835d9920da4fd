using System.Security.Cryptography;
using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Transfer;

/// <summary>Writes profiles to a protected file.</summary>
internal sealed class ProfileExport(
    AuthAgent agent,
    ExportRequest request,
    int iterations,
    Func<IReadOnlyList<(TransferEntry Entry, TransferDecision Decision)>> read,
    Func<TransferEntry, string, TransferDecision, TransferResult> result)
{
    public static TransferDecision Decide(TransferEntry entry, bool isInherited, ExportRequest request) => entry.Credential switch
    {
        null => new TransferDecision(TransferAction.Skipped, entry.Problem!),
        OAuthCredential when !request.IncludeOAuth => new TransferDecision(TransferAction.Skipped, "an OAuth sign-in has one owner, and a copy would be a second one; it goes along only if you say so"),
        OAuthCredential when isInherited => new TransferDecision(TransferAction.Skipped, "it belongs to the main agent; export it there"),
        { Reference: { } reference } => new TransferDecision(TransferAction.Exported, $"its secret stays at {reference}, which the other machine must have too"),
        _ => new TransferDecision(TransferAction.Exported, "with its secret"),
    };

    public async Task<IReadOnlyList<TransferResult>> RunAsync(CancellationToken cancellationToken)
    {
        // What can be wrong is said before the password costs a second, and before anything is locked.
        if (!request.Force && Path.Exists(request.Path)) throw AuthErrors.TransferFileExists(request.Path);
        if (request.Password.Reveal().Length < ProtectedFile.ShortestPassword) throw AuthErrors.ExportPasswordWeak();
        List<TransferEntry> signIns = [.. read().Where(pair => pair.Decision.Action == TransferAction.Exported).Select(pair => pair.Entry).Where(entry => entry.Credential is OAuthCredential)];
        if (signIns.Count == 0) return Write(null);
        if (!request.Move) agent.Workspace.Log.Warning($"{string.Join(", ", signIns.Select(entry => entry.Id))} will have two owners. Use it in one place alone: each refresh signs the other one out.");
        var renewals = new List<StoreLock>();
        try
        {
            // In one order, so that two exports cannot wait for each other.
            foreach (TransferEntry entry in signIns.OrderBy(entry => entry.Id, StringComparer.Ordinal))
            {
                renewals.Add(await agent.Tokens.LockProfileAsync(entry.Id, entry.Credential!.Provider, cancellationToken).ConfigureAwait(false));
            }
            return await agent.HoldAsync(held => Task.FromResult(Write(held)), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (StoreLock renewal in renewals) renewal.Dispose();
        }
    }

    private IReadOnlyList<TransferResult> Write(StoreFiles.HeldStore? held)
    {
        // Read again: nobody renews what is locked now.
        IReadOnlyList<(TransferEntry Entry, TransferDecision Decision)> wanted = read();
        List<TransferEntry> exported = [.. wanted.Where(pair => pair.Decision.Action == TransferAction.Exported).Select(pair => pair.Entry)];
        List<string> moved = request.Move ? [.. exported.Where(entry => entry.Credential is OAuthCredential).Select(entry => entry.Id)] : [];
        if (exported.Count == 0)
        {
            agent.Workspace.Log.Warning("There is nothing to export, and no file was written.");
            return [.. wanted.Select(pair => result(pair.Entry, agent.Paths.StorePath, pair.Decision))];
        }
        byte[] content = JsonText.Serialize(new JsonObject
        {
            ["version"] = 1,
            ["product"] = agent.Workspace.Product.ToString(),
            ["agent"] = agent.Id,
            ["moved"] = new JsonArray([.. moved.Select(id => (JsonNode?)id)]),
            ["profiles"] = new JsonObject(exported.Select(entry => KeyValuePair.Create(entry.Id, (JsonNode?)entry.Entry!.DeepClone()))),
        });
        try
        {
            AtomicFile.Write(request.Path, ProtectedFile.Seal(content, request.Password, iterations), overwrite: request.Force);
        }
        catch (IOException) when (!request.Force && Path.Exists(request.Path))
        {
            throw AuthErrors.TransferFileExists(request.Path);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
        if (moved.Count > 0)
        {
            held!.Change((_, editor) =>
            {
                foreach (string id in moved) editor.Remove(id);
                return true;
            });
        }
        return [.. wanted.Select(pair => result(pair.Entry, agent.Paths.StorePath, pair.Decision) with { Moved = moved.Contains(pair.Entry.Id) && pair.Decision.Action == TransferAction.Exported })];
    }
}
