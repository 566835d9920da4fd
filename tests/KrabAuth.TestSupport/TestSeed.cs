using System.Globalization;

namespace KrabAuth.TestSupport;

/// <summary>The seed of a test with random parts: another at each run, or that of KRABAUTH_TEST_SEED. It is in the test's output, and in that of a failure.</summary>
public sealed class TestSeed
{
    private const string Variable = "KRABAUTH_TEST_SEED";

    private TestSeed(int value) => Value = value;

    public int Value { get; }

    /// <summary>The seed of this run.</summary>
    public static TestSeed New()
        => new(int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out int wanted) ? wanted : Random.Shared.Next());

    /// <summary>Random numbers that it determines.</summary>
    public Random ToRandom() => new(Value);

    public override string ToString() => $"To repeat it: {Variable}={Value.ToString(CultureInfo.InvariantCulture)}";
}
