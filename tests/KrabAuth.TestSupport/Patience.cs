namespace KrabAuth.TestSupport;

/// <summary>How long a test waits for what must happen: far longer than it takes, so that a failure is one and not a hang.</summary>
public static class Patience
{
    // Of a thousand mutants many hang.
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("KRABAUTH_TEST_MUTATION") is null ? 60 : 5);
}
