using System.Text;
using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Providers;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Transfer;

/// <summary>Profiles that can be imported, and where they are.</summary>
/// <param name="Label">Where, for people.</param>
/// <param name="Kind">How it stands to its sign-ins.</param>
/// <param name="Entries">The profiles.</param>
internal sealed record TransferSource(string Label, SourceKind Kind, IReadOnlyList<TransferEntry> Entries)
{
    private static readonly string[] SecretMembers = ["access", "refresh", "key", "apiKey", "token"];

    /// <summary>The agent whose store it is, out of which can be moved.</summary>
    public AuthAgent? Agent { get; init; }

    /// <summary>The sign-ins that are gone where they were exported.</summary>
    public IReadOnlyList<string> Moved { get; init; } = [];

    /// <summary>Another agent's own profiles.</summary>
    public static TransferSource OfAgent(AuthAgent agent)
        => new(agent.Paths.StorePath, SourceKind.InUse, TransferEntry.ReadAll(agent.ReadNodes().Store)) { Agent = agent };

    /// <summary>A file: an export, a store, what earlier versions wrote, or variables.</summary>
    /// <exception cref="KrabAuthException">
    /// <c>TransferSourceMissing</c>, <c>TransferSourceUnknown</c>, <c>StoreUnreadable</c>, <c>StoreCorrupt</c>, <c>ExportPasswordRequired</c>, <c>ExportUnreadable</c>, <c>ExportUnsupported</c>.
    /// </exception>
    public static TransferSource OfFile(string path, Secret? password, int fewestIterations, AuthWorkspace workspace, string? provider)
    {
        byte[] bytes = FileGuard.ReadAll(Resolve(path)) ?? throw AuthErrors.TransferSourceMissing(path);
        if (password is not null) return OfExport(ProtectedFile.Open(bytes, password, path, fewestIterations), path);
        if (ProtectedFile.IsOne(bytes)) throw AuthErrors.ExportPasswordRequired(path);
        (StrictJson? json, JsonProblem? problem) = StrictJson.Check(bytes);
        if (json is not null) return OfJson(json.ToNode(), path);
        Dictionary<string, string> variables = DotEnvFile.Parse(Encoding.UTF8.GetString(bytes));
        if (Path.GetExtension(path) == ".json" || variables.Count == 0) throw AuthErrors.StoreCorrupt(path, problem!);
        return new TransferSource(path, SourceKind.InUse, FoundSecrets.InVariables(variables.GetValueOrDefault, workspace, provider));
    }

    /// <summary>The variables of this process.</summary>
    public static TransferSource OfEnvironment(AuthWorkspace workspace, string? provider)
        => new("environment", SourceKind.InUse, FoundSecrets.InVariables(workspace.Options.Host.GetVariable, workspace, provider));

    /// <summary>The link may be another's; what is read is only judged as content.</summary>
    public static string Resolve(string path) => new FileInfo(path).LinkTarget is null ? path : new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;

    private static TransferSource OfExport(byte[] content, string path)
    {
        try
        {
            JsonObject root = StrictJson.Check(content).Json?.ToNode() as JsonObject ?? throw AuthErrors.TransferSourceUnknown(path);
            return new TransferSource(path, SourceKind.Export, TransferEntry.ReadAll(root))
            {
                Moved = root["moved"] is JsonArray moved ? [.. moved.Select(id => id?.GetValue<string>()).OfType<string>()] : [],
            };
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(content);
        }
    }

    private static TransferSource OfJson(JsonNode? node, string path)
    {
        if (node is not JsonObject root) throw AuthErrors.TransferSourceUnknown(path);
        if (root["profiles"] is JsonObject) return new TransferSource(path, SourceKind.InUse, TransferEntry.ReadAll(root));
        List<(string Id, JsonObject Entry)> found = [.. LegacyImport.LegacyEntries(root)];
        // An oauth.json does not say what it holds. What says it wrongly is told.
        found.AddRange(LegacyImport.OAuthEntries(root).Where(entry => !found.Exists(one => one.Id == entry.Id) && SecretMembers.Any(entry.Entry.ContainsKey)));
        return found.Count == 0
            ? throw AuthErrors.TransferSourceUnknown(path)
            : new TransferSource(path, SourceKind.InUse, [.. found.Select(entry => TransferEntry.Read(entry.Id, entry.Entry))]);
    }
}
