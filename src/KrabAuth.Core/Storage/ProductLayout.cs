using KrabAuth.Diagnostics;

namespace KrabAuth.Storage;

/// <summary>The names that a product gives to its directories, files and environment variables. The tree below is the same for all.</summary>
/// <param name="Product">The product.</param>
/// <param name="DirectoryName">The state directory's name in the home directory.</param>
/// <param name="LegacyDirectoryNames">Names that earlier versions used, tried in this order where the first does not exist.</param>
/// <param name="VariablePrefixes">The prefixes of its environment variables, the documented spelling last.</param>
/// <param name="ConfigFileNames">The configuration's names, in order of preference.</param>
public sealed record ProductLayout(
    Product Product,
    string DirectoryName,
    IReadOnlyList<string> LegacyDirectoryNames,
    IReadOnlyList<string> VariablePrefixes,
    IReadOnlyList<string> ConfigFileNames)
{
    /// <summary>The variable that chooses the product where nothing else does.</summary>
    public const string ProductVariable = "KRABAUTH_PRODUCT";

    private static readonly ProductLayout[] All =
    [
        new(Product.KrabKrab, ".krabkrab", [], ["KRABKRAB", "krabkrab"], ["krabkrab.json"]),
        new(Product.OpenClaw, ".openclaw", [".clawdbot", ".moltbot", ".moldbot"], ["OPENCLAW"], ["openclaw.json", "clawdbot.json", "moltbot.json", "moldbot.json"]),
        new(Product.Moltbot, ".clawdbot", [".moltbot"], ["CLAWDBOT"], ["moltbot.json", "clawdbot.json"]),
        new(Product.Clawdbot, ".clawdbot", [], ["CLAWDBOT"], ["clawdbot.json", "moltbot.json"]),
    ];

    /// <summary>The product's name, as in text.</summary>
    public string Name => Product switch
    {
        Product.KrabKrab => nameof(Product.KrabKrab),
        Product.OpenClaw => nameof(Product.OpenClaw),
        Product.Moltbot => nameof(Product.Moltbot),
        _ => nameof(Product.Clawdbot),
    };

    /// <summary>The layout of a product.</summary>
    public static ProductLayout Of(Product product) => All[(int)product];

    /// <summary>A product by its name, in any case.</summary>
    public static bool TryParse(string? name, out Product product)
    {
        string? wanted = name?.Trim();
        foreach (ProductLayout layout in All)
        {
            // The state directory's name will not do: two products share one.
            if (!string.Equals(wanted, layout.Name, StringComparison.OrdinalIgnoreCase)) continue;
            product = layout.Product;
            return true;
        }
        product = default;
        return false;
    }

    /// <summary>A product by its name, in any case.</summary>
    /// <exception cref="KrabAuthException"><c>UnknownProduct</c>.</exception>
    public static Product Parse(string name) => TryParse(name, out Product product) ? product : throw AuthErrors.UnknownProduct(name);
}
