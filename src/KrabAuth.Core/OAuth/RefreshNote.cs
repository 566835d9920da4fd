using KrabAuth.Diagnostics;
using KrabAuth.Host;

namespace KrabAuth.OAuth;

/// <summary>
/// The file that holds the <see cref="FailedRefresh"/> of a profile. It helps others and a check; that it cannot be read or written keeps
/// nobody from a token.
/// </summary>
internal sealed class RefreshNote(string path, IAuthLog log)
{
    /// <summary>What the name of such a file ends with.</summary>
    public const string Extension = ".failed";

    /// <summary>Whether a directory has any. One that cannot be looked into has none that could be read.</summary>
    public static bool AreIn(string directory, IAuthLog log)
    {
        try
        {
            return Directory.Exists(directory) && Directory.EnumerateFiles(directory, "*" + Extension).Any();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Verbose($"{directory} cannot be looked into: {e.Message}");
            return false;
        }
    }

    /// <summary>The last failure; one that cannot be read is none.</summary>
    public FailedRefresh? Recall()
    {
        try
        {
            return FailedRefresh.Read(path);
        }
        catch (KrabAuthException e)
        {
            log.Verbose(e.Message);
            return null;
        }
    }

    /// <summary>Without it those who wait ask for themselves; the server's error is what the caller has to hear of.</summary>
    public void Remember(FailedRefresh failed)
    {
        try
        {
            failed.Write(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Verbose($"{path} cannot be written: {e.Message}");
        }
    }

    /// <summary>One that stays is about a token that is there no more, and nobody takes it for another.</summary>
    public void Forget()
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Verbose($"{path} cannot be removed: {e.Message}");
        }
    }
}
