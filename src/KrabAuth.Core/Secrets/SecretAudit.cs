using System.Text.Json;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Secrets;

/// <summary>
/// Looks for secrets that stand in files as they are, for references that lead to nothing and for what earlier versions left, in all files
/// of a state directory. It changes nothing.
/// </summary>
public sealed class SecretAudit
{
    private static readonly string[] SecretMembers = ["key", "token", "access", "refresh"];

    private readonly AuthWorkspace _workspace;
    private readonly List<SecretFinding> _findings = [];
    private readonly SortedSet<string> _files = new(StringComparer.Ordinal);
    private readonly List<Use> _uses = [];
    private readonly Dictionary<string, SortedSet<string>> _profileKinds = new(StringComparer.Ordinal);
    private readonly List<ConfigValue> _configReferences = [];

    private SecretAudit(AuthWorkspace workspace) => _workspace = workspace;

    /// <summary>A place where a reference stands.</summary>
    private sealed record Use(string File, string Path, SecretReference Reference, string? Provider, string? ProfileId);

    /// <summary>Looks at everything.</summary>
    /// <param name="workspace">The state directory.</param>
    /// <param name="allowExec">Whether programs may be run to see if their references lead to something.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<SecretAuditReport> RunAsync(AuthWorkspace workspace, bool allowExec, CancellationToken cancellationToken = default)
    {
        var audit = new SecretAudit(workspace);
        AuthConfig? config = audit.ScanConfig();
        audit.ScanAgents(config);
        audit.ScanEnvironmentFile();
        audit.ScanLegacy();
        return await audit.FollowAsync(config, allowExec, cancellationToken).ConfigureAwait(false);
    }

    private AuthConfig? ScanConfig()
    {
        string path = _workspace.State.ConfigPath;
        _files.Add(path);
        try
        {
            if (_workspace.ReadConfigTree() is not { } tree) return _workspace.Config;
            AuthConfig config = _workspace.Config;
            new ConfigScan(Plaintext, (value, reference) =>
            {
                _uses.Add(new Use(value.File, value.Place, reference, value.Provider, null));
                if (value.Provider is not null) _configReferences.Add(value);
            }).Scan(tree);
            return config;
        }
        catch (KrabAuthException e)
        {
            Unreadable(path, e.Message);
            return null;
        }
    }

    private void ScanAgents(AuthConfig? config)
    {
        // Without its configuration only the agents in their usual places are known.
        IEnumerable<AgentPaths> agents = config is null
            ? [AgentPaths.MainOf(_workspace.State)]
            : _workspace.AgentIds.Select(id => _workspace.OpenAgent(id).Paths).Append(AgentPaths.MainOf(_workspace.State));
        foreach (AgentPaths agent in agents.DistinctBy(paths => paths.Directory, StringComparer.Ordinal))
        {
            ScanJson(agent.StorePath, root => ScanStore(agent.StorePath, root));
            ScanJson(agent.LegacyPath, root => ScanResidue(agent.LegacyPath, root, "auth.json of an earlier version"));
            ScanModels(Path.Combine(agent.Directory, "models.json"));
        }
    }

    private void ScanStore(string path, JsonElement root)
    {
        foreach (JsonMember entry in root.Object("profiles").Members())
        {
            if (CredentialReader.Read(entry.Name, entry.Value).Credential is not { } credential) continue;
            string place = $"profiles.{entry.Name}";
            if (credential is OAuthCredential oauth)
            {
                if (oauth.ReferenceMember is { } member)
                {
                    Add(new SecretFinding(SecretAuditCodes.Unresolved, "error", path, $"{place}.{member}", "A reference in an OAuth sign-in is not supported: its tokens are replaced at each refresh.") { Provider = credential.Provider, ProfileId = entry.Name });
                }
                else if (oauth.Access is not null || oauth.Refresh is not null)
                {
                    Add(new SecretFinding(SecretAuditCodes.Residue, "info", path, place, "An OAuth sign-in: its tokens are replaced at each refresh, so that no reference can stand for them.") { Provider = credential.Provider, ProfileId = entry.Name });
                }
                Know(credential);
                continue;
            }
            string field = credential is ApiKeyCredential ? "key" : "token";
            if (credential.Reference is { } reference)
            {
                _uses.Add(new Use(path, $"{place}.{field}", reference, credential.Provider, entry.Name));
                Know(credential);
            }
            if (credential.Secret is { } secret && SecretReference.FromInline(secret.Reveal()) is null)
            {
                string beside = credential.Reference is null ? string.Empty : "; the reference beside it is used instead";
                Add(new SecretFinding(SecretAuditCodes.Plaintext, "warn", path, $"{place}.{field}", $"{(field == "key" ? "An API key" : "A token")} is stored as plaintext ({secret}){beside}.") { Provider = credential.Provider, ProfileId = entry.Name });
                Know(credential);
            }
        }
    }

    private void Know(Credential credential)
    {
        string provider = ProviderId.Canonical(credential.Provider);
        if (!_profileKinds.TryGetValue(provider, out SortedSet<string>? kinds)) _profileKinds[provider] = kinds = new SortedSet<string>(StringComparer.Ordinal);
        kinds.Add(credential.Type.StoredName());
    }

    /// <summary>A file that gateways make of the configuration. Nothing in it includes or is expanded; it is read as the configuration is.</summary>
    private void ScanModels(string path)
    {
        try
        {
            if (ConfigTree.Load(path, _ => null, FileGuard.ReadAll) is not { } tree) return;
            _files.Add(path);
            var scan = new ConfigScan(Plaintext, (value, _) => Add(new SecretFinding(
                SecretAuditCodes.Unresolved, "error", path, value.Place, "A generated file holds a reference that nobody follows; let the gateway generate it anew.") { Provider = value.Provider }));
            foreach ((string provider, ConfigNode value) in tree.Find("providers")?.Members ?? []) scan.Walk(value, $"providers.{provider}", provider);
        }
        catch (KrabAuthException e)
        {
            _files.Add(path);
            Unreadable(path, e.Message);
        }
    }

    private void ScanLegacy()
    {
        string oauth = Path.Combine(_workspace.State.OAuthDirectory, "oauth.json");
        ScanJson(oauth, root => ScanResidue(oauth, root, "oauth.json of an earlier version"));
        string before = Path.Combine(_workspace.State.Root, "agent");
        string store = Path.Combine(before, "auth-profiles.json");
        ScanJson(store, root => ScanStore(store, root));
        string map = Path.Combine(before, "auth.json");
        ScanJson(map, root => ScanResidue(map, root, "auth.json of the time before there were agents"));
    }

    private void ScanResidue(string path, JsonElement root, string what)
    {
        foreach (JsonMember entry in ((JsonElement?)root).Members())
        {
            string? secret = SecretMembers.Select(name => ((JsonElement?)entry.Value).Text(name)).FirstOrDefault(text => !string.IsNullOrWhiteSpace(text));
            if (secret is null || SecretReference.FromInline(secret) is not null) continue;
            Add(new SecretFinding(SecretAuditCodes.Residue, "warn", path, entry.Name, $"A credential in {what} ({SecretMask.Apply(secret)}).") { Provider = entry.Name });
        }
    }

    private void ScanEnvironmentFile()
    {
        string path = Path.Combine(_workspace.State.Root, ".env");
        try
        {
            if (!File.Exists(path)) return;
            _files.Add(path);
            foreach ((string name, string value) in DotEnvFile.Read(path))
            {
                if (SecretMarker.IsKeyVariable(name) && value.Trim().Length > 0 && !value.StartsWith('$') && !SecretMarker.IsMarker(value)) Plaintext(new ConfigValue(path, $"$env.{name}", null), value);
            }
        }
        catch (KrabAuthException e)
        {
            Unreadable(path, e.Message);
        }
    }

    /// <summary>Reads a file whose damage is a finding and not the end of the audit.</summary>
    private void ScanJson(string path, Action<JsonElement> scan)
    {
        try
        {
            if (FileGuard.ReadAll(FileGuard.ResolveTarget(path)) is not { } bytes) return;
            _files.Add(path);
            (StrictJson? json, JsonProblem? problem) = StrictJson.Check(bytes);
            if (json is null)
            {
                Unreadable(path, $"line {problem!.Line}, column {problem.Column}: {problem.Description}.");
                return;
            }
            using JsonDocument document = json.ToDocument();
            if (document.RootElement.ValueKind == JsonValueKind.Object) scan(document.RootElement);
        }
        catch (KrabAuthException e)
        {
            _files.Add(path);
            Unreadable(path, e.Message);
        }
    }

    private void Plaintext(ConfigValue value, string secret)
        => Add(new SecretFinding(SecretAuditCodes.Plaintext, "warn", value.File, value.Place, $"A secret is stored as plaintext ({SecretMask.Apply(secret)}).") { Provider = value.Provider });

    private void Unreadable(string path, string reason)
        => Add(new SecretFinding(SecretAuditCodes.Unresolved, "error", path, "<root>", $"The file cannot be judged: {reason}"));

    private void Add(SecretFinding finding) => _findings.Add(finding);

    private async Task<SecretAuditReport> FollowAsync(AuthConfig? config, bool allowExec, CancellationToken cancellationToken)
    {
        bool IsFollowed(SecretReference reference) => reference.Source switch
        {
            SecretReferenceSource.Exec => allowExec,
            SecretReferenceSource.Vault => _workspace.Options.Vault is not null,
            _ => true,
        };
        // Where the configuration cannot be read, nobody knows where references lead: that is a finding already.
        List<SecretReference> all = config is null ? [] : [.. _uses.Select(use => use.Reference).Distinct()];
        List<SecretReference> followed = [.. all.Where(IsFollowed)];
        IReadOnlyDictionary<SecretReference, ResolvedReference> results = followed.Count == 0 ? new Dictionary<SecretReference, ResolvedReference>() : await _workspace.References.ResolveAsync(followed, cancellationToken).ConfigureAwait(false);
        foreach (Use use in config is null ? [] : _uses)
        {
            string? problem = results.TryGetValue(use.Reference, out ResolvedReference? result)
                ? result.Problem
                : use.Reference.Problem ?? (use.Reference.Source == SecretReferenceSource.Vault ? null : config!.Secrets.Find(use.Reference).Problem);
            if (problem is null) continue;
            Add(new SecretFinding(SecretAuditCodes.Unresolved, "error", use.File, use.Path, $"{use.Reference} has no value: {problem}.") { Provider = use.Provider, ProfileId = use.ProfileId });
        }
        foreach (ConfigValue value in _configReferences)
        {
            if (!_profileKinds.TryGetValue(ProviderId.Canonical(value.Provider), out SortedSet<string>? kinds)) continue;
            Add(new SecretFinding(SecretAuditCodes.Shadowed, "warn", value.File, value.Place, $"Profiles of {value.Provider} ({string.Join(", ", kinds)}) come first, so that this reference may never be used.") { Provider = value.Provider });
        }
        return new SecretAuditReport
        {
            Findings = [.. _findings.OrderBy(finding => finding.File, StringComparer.Ordinal).ThenBy(finding => finding.JsonPath, StringComparer.Ordinal)],
            FilesScanned = [.. _files],
            ReferencesChecked = followed.Count,
            SkippedExecReferences = all.Count(reference => reference.Source == SecretReferenceSource.Exec && !IsFollowed(reference)),
            SkippedVaultReferences = all.Count(reference => reference.Source == SecretReferenceSource.Vault && !IsFollowed(reference)),
        };
    }
}
