using System.Text.Json;
using KrabAuth.Diagnostics;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Providers;

/// <summary>The catalog, and the providers that the user defined in the state directory. A definition of the user's wins.</summary>
public sealed class ProviderRegistry
{
    private readonly StateDirectory _state;
    private readonly ProviderCatalog _catalog;

    internal ProviderRegistry(StateDirectory state, ProviderCatalog catalog)
    {
        _state = state;
        _catalog = catalog;
    }

    /// <summary>Where definitions are.</summary>
    public string Directory => Path.Combine(_state.Root, "providers");

    /// <summary>Finds a provider by id or alias.</summary>
    /// <exception cref="KrabAuthException"><c>ProviderDefinitionInvalid</c>.</exception>
    public ProviderDefinition? Find(string provider)
    {
        string id = ProviderId.Normalize(provider);
        if (IsOwn(id)) return Load(PathOf(id));
        // An alias of the catalog's means a provider that the user may have defined anew.
        string canonical = ProviderId.Canonical(id);
        return IsOwn(canonical) ? Load(PathOf(canonical)) : _catalog.Find(provider);
    }

    /// <summary>All providers: the user's own first, then those of the catalog that they do not replace.</summary>
    /// <exception cref="KrabAuthException"><c>ProviderDefinitionInvalid</c>.</exception>
    public IReadOnlyList<ProviderDefinition> List()
    {
        List<ProviderDefinition> own = [.. OwnFiles().Select(Load)];
        return [.. own, .. _catalog.Providers.Where(known => own.TrueForAll(mine => mine.Id != known.Id))];
    }

    /// <summary>The ids of the user's own definitions, which are not read.</summary>
    internal IEnumerable<string> OwnIds() => OwnFiles().Select(Path.GetFileNameWithoutExtension).OfType<string>();

    /// <summary>The files of the user's own definitions.</summary>
    internal IEnumerable<string> OwnFiles() => System.IO.Directory.Exists(Directory) ? System.IO.Directory.EnumerateFiles(Directory, "*.json").Order(StringComparer.Ordinal) : [];

    /// <summary>Defines a provider.</summary>
    /// <param name="definition">What is known of it: an issuer, or endpoints, or a program.</param>
    /// <param name="replace">Whether a definition of the same id, the user's or the catalog's, may be replaced.</param>
    /// <returns>The path of the file.</returns>
    /// <exception cref="KrabAuthException"><c>ProviderExists</c>, <c>ProviderDefinitionInvalid</c>.</exception>
    public string Add(ProviderDefinition definition, bool replace = false)
    {
        RequireId(definition.Id);
        string path = PathOf(definition.Id);
        if (!replace && File.Exists(path)) throw AuthErrors.ProviderExists(definition.Id, path);
        // A definition of a known provider decides where its stored tokens are sent: not by accident.
        if (!replace && _catalog.Find(definition.Id) is not null) throw AuthErrors.ProviderExists(definition.Id, "the catalog");
        byte[] content = JsonText.Serialize(ProviderWriter.Write(definition));
        // What cannot be read back is not written.
        Parse(content, path);
        PrivateDirectory.Ensure(Directory);
        AtomicFile.Write(path, content);
        return path;
    }

    /// <summary>Refuses an id that cannot be a file name: it begins profile ids, and a definition is kept under it.</summary>
    /// <exception cref="KrabAuthException"><c>ProviderDefinitionInvalid</c>.</exception>
    public void RequireId(string id)
    {
        if (!IsFileName(id)) throw AuthErrors.ProviderDefinitionInvalid(PathOf(id), "an id has lower-case letters, digits, dots, underscores and hyphens");
    }

    /// <summary>Removes an own definition. Profiles stay.</summary>
    /// <exception cref="KrabAuthException"><c>ProviderUndefined</c>.</exception>
    public void Remove(string provider)
    {
        string id = ProviderId.Normalize(provider);
        string path = PathOf(id);
        if (!IsFileName(id) || !File.Exists(path)) throw AuthErrors.ProviderUndefined(id, path);
        File.Delete(path);
    }

    /// <summary>Whether the user defined it.</summary>
    public bool IsOwn(string provider) => IsFileName(ProviderId.Normalize(provider)) && File.Exists(PathOf(ProviderId.Normalize(provider)));

    private string PathOf(string id) => Path.Combine(Directory, id + ".json");

    /// <summary>The id becomes a file name: nothing that could lead elsewhere.</summary>
    private static bool IsFileName(string id)
        => id.Length is > 0 and <= 64 && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.') && id[0] != '.';

    /// <summary>Reads a definition, if its file can be trusted.</summary>
    /// <exception cref="KrabAuthException"><c>ProviderDefinitionInvalid</c>, <c>UnsafePath</c>.</exception>
    internal static ProviderDefinition Load(string path)
    {
        string target = FileGuard.ResolveTarget(path);
        // It says where stored tokens are sent, or what is run with them.
        if (PathTrust.Check(target, new PathRules("the definition") { AllowLink = true, AllowReaders = true }).Problem is not null) throw AuthErrors.WritableByOthers(target);
        ProviderDefinition definition = Parse(FileGuard.ReadAll(target) ?? [], path);
        return definition.Id == Path.GetFileNameWithoutExtension(path)
            ? definition
            : throw AuthErrors.ProviderDefinitionInvalid(path, $"its id is \"{definition.Id}\", which is not the name of the file");
    }

    /// <summary>Reads the content of a definition's file.</summary>
    /// <exception cref="KrabAuthException"><c>ProviderDefinitionInvalid</c>.</exception>
    internal static ProviderDefinition Parse(byte[] content, string path)
    {
        (StrictJson? json, JsonProblem? problem) = StrictJson.Check(content);
        if (json is null) throw AuthErrors.ProviderDefinitionInvalid(path, $"line {problem!.Line}, column {problem.Column}: {problem.Description}");
        using JsonDocument document = json.ToDocument();
        try
        {
            ProviderDefinition definition = ProviderReader.Read(document.RootElement);
            // They say where a credential is sent: what is wrong with them is told before anything is.
            _ = definition.ReadProbe();
            _ = definition.ReadUsage();
            // Tokens are refreshed where the provider's file says: one under another name would send them elsewhere.
            if (definition.Id != Path.GetFileNameWithoutExtension(path)) throw new FormatException($"its id is \"{definition.Id}\", which is not the name of the file");
            if (Problem(definition) is { } fault) throw new FormatException(fault);
            bool canSignIn = definition.Command.Count > 0 || definition.OAuth is { HasBrowserFlow: true } or { HasDeviceFlow: true } || definition.EnvironmentVariables.Count > 0
                || definition.Methods.Any(method => method != SignInMethod.OAuth);
            return canSignIn ? definition with { OAuth = definition.OAuth?.WithOpenIdDefaults() } : throw new FormatException("it needs an issuer, endpoints, or a command");
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw AuthErrors.ProviderDefinitionInvalid(path, e.Message);
        }
    }

    /// <summary>What would go wrong at the first sign-in.</summary>
    private static string? Problem(ProviderDefinition definition) => definition switch
    {
        { Command: [var program, ..] } when !Path.IsPathFullyQualified(program) => $"\"command\" begins with {program}, which is no absolute path",
        { OAuth: { Issuer: null, TokenEndpoint: null } } => "it needs an issuer or a \"tokenEndpoint\"",
        { OAuth: { } oauth } when !Uri.TryCreate(oauth.RedirectUri, UriKind.Absolute, out _) => "\"redirectUri\" is no absolute address",
        _ => null,
    };
}
