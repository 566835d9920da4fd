namespace KrabAuth.Host;

/// <summary>
/// Where Core narrates. Messages hold ids, paths and times, never a secret. May be called from any thread.
/// </summary>
public interface IAuthLog
{
    /// <summary>One step of the work, for a person who asked to see it.</summary>
    void Verbose(string message);

    /// <summary>Something that the user did not intend and may want to mend.</summary>
    void Warning(string message);
}

/// <summary>A log that nobody reads.</summary>
public sealed class NullAuthLog : IAuthLog
{
    /// <summary>The only instance.</summary>
    public static NullAuthLog Instance { get; } = new();

    private NullAuthLog()
    {
    }

    /// <inheritdoc/>
    public void Verbose(string message)
    {
    }

    /// <inheritdoc/>
    public void Warning(string message)
    {
    }
}
