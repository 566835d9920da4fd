using FsCheck;
using FsCheck.Fluent;

namespace KrabAuth.Core.Tests.Properties;

/// <summary>Runs a property against random input; the seed of a failure is in its message.</summary>
internal static class Property
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithQuietOnSuccess(true);

    public static void Holds<T>(Arbitrary<T> input, Action<T> property, int runs = 200) => Check.One(Thorough.WithMaxTest(runs), Prop.ForAll(input, property));
}
