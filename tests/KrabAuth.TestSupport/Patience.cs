namespace KrabAuth.TestSupport;

/// <summary>How long a test waits for what must happen: far longer than it takes, so that a failure is one and not a hang.</summary>
public static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
}
