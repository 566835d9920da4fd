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

    /// <summary>The layout of a product.</summary>
    public static ProductLayout Of(Product product) => All[(int)product];

    /// <summary>A product by its name, in any case.</summary>
    public static bool TryParse(string? name, out Product product)
        => Enum.TryParse(name?.Trim(), ignoreCase: true, out product) && Enum.IsDefined(product) && !char.IsAsciiDigit(name!.Trim()[0]);

    /// <summary>A product by its name, in any case.</summary>
    /// <exception cref="KrabAuthException"><c>UnknownProduct</c>.</exception>
    public static Product Parse(string name) => TryParse(name, out Product product) ? product : throw AuthErrors.UnknownProduct(name);
}
