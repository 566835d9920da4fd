namespace KrabAuth.Providers;

/// <summary>Variables that hold more keys of a provider, under names that the gateways make of the usual one.</summary>
internal static class KeyVariables
{
    private const string Ending = "_API_KEY";

    private static readonly StringComparison Comparison = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>
    /// Those of the names that are <c>OPENAI_API_KEYS</c>, <c>OPENAI_API_KEY_2</c> or <c>OPENCLAW_LIVE_OPENAI_KEY</c> to a known
    /// <c>OPENAI_API_KEY</c>. A variable that the catalog has is what the catalog says.
    /// </summary>
    public static IEnumerable<string> Derived(IReadOnlyList<string> known, IEnumerable<string> names)
        => names.Where(name => !ProviderCatalog.BuiltIn.IsKeyVariable(name) && known.Any(one => IsDerived(name, one)));

    private static bool IsDerived(string name, string known)
        => known.EndsWith(Ending, Comparison)
            && (name.StartsWith(known + "_", Comparison) || name.Equals(known + "S", Comparison) || name.Equals($"OPENCLAW_LIVE_{known[..^Ending.Length]}_KEY", Comparison));
}
