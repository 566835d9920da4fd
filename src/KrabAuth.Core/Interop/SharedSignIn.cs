using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using KrabAuth.Diagnostics;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Interop;

/// <summary>
/// A sign-in with two owners, held for as long as it is renewed: the other program's locks are taken in its own order, what it
/// holds is looked at again before anything is asked or written, and it gets the new tokens before anybody uses them. A program
/// that takes no locks leaves a window between our look and its request; it is as short as it can be, and no shorter.
/// </summary>
internal sealed class SharedSignIn : IDisposable
{
    /// <summary>A sign of life at this pace, as the programs themselves give it.</summary>
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(5);

    /// <summary>Between KrabAuth's own processes, where the program has no lock that they could meet at.</summary>
    private const string OwnSuffix = ".krabauth";

    private static readonly TimeSpan OwnStale = TimeSpan.FromSeconds(60);

    private readonly AuthAgent _agent;
    private readonly ExternalTool _tool;
    private readonly string _id;
    private readonly List<StoreLock> _locks;

    private SharedSignIn(AuthAgent agent, ExternalTool tool, string id, List<StoreLock> locks)
        => (_agent, _tool, _id, _locks) = (agent, tool, id, locks);

    /// <summary>
    /// Finds out whether a profile shares its sign-in, and takes the other owner's locks. A profile does if it stands for the
    /// program, or holds the very refresh token that the program holds.
    /// </summary>
    /// <returns>Null for a sign-in that nobody else has.</returns>
    /// <exception cref="KrabAuthException"><c>OwnerUnreadable</c>, <c>OwnerUnwritable</c>, <c>StoreLocked</c>.</exception>
    public static async Task<SharedSignIn?> HoldAsync(AuthAgent agent, string id, OAuthCredential credential, CancellationToken cancellationToken)
    {
        foreach (ExternalTool tool in ExternalTool.All)
        {
            if (!ProviderId.Same(tool.Provider, credential.Provider)) continue;
            ExternalReading reading = agent.ExternalLogins.Reader.Read(tool, mayAsk: true);
            bool standsForIt = id == tool.ProfileId && !reading.IsNobody;
            if (!standsForIt && !reading.Holds(credential.Refresh)) continue;
            return new SharedSignIn(agent, tool, id, await LockAsync(agent, tool, id, reading, cancellationToken).ConfigureAwait(false));
        }
        return null;
    }

    /// <summary>The newest state of the sign-in: ours, or what the program made of it meanwhile.</summary>
    /// <exception cref="KrabAuthException"><c>OwnerUnreadable</c>, <c>OwnerUnknown</c>, <c>LockLost</c>.</exception>
    public OAuthCredential Newest(OAuthCredential ours)
    {
        foreach (StoreLock held in _locks) held.ThrowIfLost();
        ExternalReading reading = Read();
        if (reading.Credential is not OAuthCredential theirs) return ours;
        if (!ExternalLoginRules.IsSameSignIn(ours, theirs) && !AccountIdentity.IsSafeToAdopt(ours, theirs))
        {
            // Another account is no owner of this one. Where nobody can tell, ours may be used up, and sending it could sign the program out.
            return AccountIdentity.CanCompare(ours, theirs) ? ours : throw AuthErrors.OwnerUnknown(_id, _tool.Label, _tool.Name);
        }
        return ExternalLoginRules.IsNewer(ours, theirs) ? (OAuthCredential)ExternalLoginRules.Merge(ours, theirs) : ours;
    }

    /// <summary>
    /// The new tokens, with no more said about whose they are than before: a mark that the program does not give would make
    /// its next tokens look like somebody else's.
    /// </summary>
    public static OAuthCredential WithAccountOf(OAuthCredential used, OAuthCredential fresh) => fresh with { AccountId = used.AccountId, Email = used.Email };

    /// <summary>
    /// Gives the program the new tokens in place of those that were used up. If it holds others by now, they are its own. A failure
    /// is told and not thrown: the new tokens still have to be saved.
    /// </summary>
    public async Task ReturnAsync(OAuthCredential used, OAuthCredential fresh)
    {
        AuthWorkspace workspace = _agent.Workspace;
        try
        {
            using StoreLock? writeLock = _tool.WriteLock is { } name ? await LockAsync(_agent, _tool, name, CancellationToken.None).ConfigureAwait(false) : null;
            ExternalReading reading = Read();
            if (!reading.Holds(used.Refresh))
            {
                workspace.Log.Verbose($"{_tool.Label} does not hold the token that was renewed; {reading.Source} is left as it is.");
                return;
            }
            Write(reading, fresh);
            workspace.Log.Verbose($"{_tool.Label} has the new token of {_id} too ({reading.Source}).");
        }
        catch (Exception e) when (e is KrabAuthException or IOException or UnauthorizedAccessException or JsonException or FormatException or InvalidOperationException)
        {
            workspace.Log.Warning($"{_id} was renewed, but {_tool.Label} could not be given the new token and will ask you to sign in: {e.Message}");
        }
    }

    public void Dispose()
    {
        for (int i = _locks.Count - 1; i >= 0; i--) _locks[i].Dispose();
    }

    private ExternalReading Read()
    {
        ExternalReading reading = _agent.ExternalLogins.Reader.Read(_tool, mayAsk: true);
        return reading.Credential is not null || reading.IsNobody ? reading : throw AuthErrors.OwnerUnreadable(_id, _tool.Label, reading.Source, reading.Detail + ".");
    }

    private void Write(ExternalReading reading, OAuthCredential fresh)
    {
        string prefix = _tool.Section is null ? string.Empty : _tool.Section + "/";
        var values = new Dictionary<string, string>
        {
            [prefix + _tool.AccessMember] = Text(fresh.Access!.Reveal()),
            [prefix + _tool.RefreshMember] = Text(fresh.Refresh!.Reveal()),
        };
        if (_tool.ExpiryMember is { } expiry) values[prefix + expiry] = fresh.Expires!.Value.ToString(CultureInfo.InvariantCulture);
        if (_tool.IdTokenMember is { } idToken && fresh.IdToken is { } token) values[prefix + idToken] = Text(token.Reveal());
        if (_tool.RefreshedMember is { } refreshed) values[refreshed] = Text(_agent.Workspace.Now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        if (reading.Item is { } item)
        {
            string changed = Encoding.UTF8.GetString(JsonSplice.Replace(Encoding.UTF8.GetBytes(item.Secret.Reveal()), values));
            _agent.Workspace.Options.Keychain!.Replace(_tool.KeychainService!, item with { Secret = Secret.Of(changed) });
            return;
        }
        string file = reading.File!;
        UnixFileMode? mode = OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(file);
        AtomicFile.Write(file, JsonSplice.Replace(FileGuard.ReadAll(file), values), mode: mode);
    }

    private static string Text(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static async Task<List<StoreLock>> LockAsync(AuthAgent agent, ExternalTool tool, string id, ExternalReading reading, CancellationToken cancellationToken)
    {
        var locks = new List<StoreLock>();
        try
        {
            IReadOnlyList<OwnerLock> names = tool.RefreshLocks.Count > 0 ? tool.RefreshLocks : [new OwnerLock(tool.FileName + OwnSuffix, OwnStale)];
            foreach (OwnerLock name in names) locks.Add(await LockAsync(agent, tool, name, cancellationToken).ConfigureAwait(false));
            // With the locks in hand nobody else of ours is writing there: what is left was left by one that was killed.
            if (reading.File is { } file) AtomicFile.RemoveLeftovers(file);
            return locks;
        }
        catch (Exception e)
        {
            for (int i = locks.Count - 1; i >= 0; i--) locks[i].Dispose();
            if (e is IOException or UnauthorizedAccessException) throw AuthErrors.OwnerUnwritable(id, tool.Label, reading.Source, e);
            throw;
        }
    }

    private static Task<StoreLock> LockAsync(AuthAgent agent, ExternalTool tool, OwnerLock name, CancellationToken cancellationToken)
    {
        string directory = agent.ExternalLogins.Reader.DirectoryOf(tool)!;
        string path = name.Name.Length > 0 ? Path.Combine(directory, name.Name) : ExternalLoginReader.RealPath(directory);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..16];
        string locks = Path.Combine(agent.Workspace.State.Root, "locks", "shared");
        PrivateDirectory.Ensure(locks);
        LockOptions options = agent.Workspace.Options.Locks with { Stale = name.Stale, Renewal = Renewal, Timeout = name.Stale + TimeSpan.FromSeconds(30) };
        return StoreLock.AcquireAsync(path, PeerLockForm.Directory, options, agent.Workspace.Log, cancellationToken, Path.Combine(locks, hash));
    }
}
