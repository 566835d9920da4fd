using System.Text.Json;
using KrabAuth.Diagnostics;
using KrabAuth.Providers;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Onboarding;

/// <summary>The auth choices of the gateways, read from data, and those that the providers beyond them have by rule.</summary>
public sealed class AuthChoices
{
    /// <summary>The choice that adds no credential.</summary>
    public const string Skip = "skip";

    /// <summary>The choice that takes a setup-token from an option.</summary>
    internal const string Token = "token";

    private const string NewestGeneration = "G4";
    private const int MostSuggestions = 5;

    private static readonly Lazy<IReadOnlyList<AuthChoice>> Embedded = new(Load);

    private readonly IReadOnlyList<AuthChoice> _all;

    /// <summary>The choices of the catalog, without the user's own providers: what an option can be named after.</summary>
    public static AuthChoices BuiltIn { get; } = new(ProviderCatalog.BuiltIn.Providers);

    internal AuthChoices(IEnumerable<ProviderDefinition> providers)
    {
        List<AuthChoice> all = [.. Embedded.Value];
        foreach (ProviderDefinition provider in providers)
        {
            foreach (AuthChoice choice in ByRule(provider, all))
            {
                if (!all.Exists(known => known.Is(choice.Id))) all.Add(choice);
            }
        }
        _all = all;
    }

    /// <summary>Every choice, in the order of the data.</summary>
    public IReadOnlyList<AuthChoice> All => _all;

    /// <summary>The choices to offer to a person: of those that do the same, the newest word; none that KrabAuth cannot take.</summary>
    public IReadOnlyList<AuthChoice> Offered
        => [.. _all.Where(choice => choice.Provider.Length > 0 && choice.Unavailable is null)
            .GroupBy(choice => (choice.Provider, choice.Method, choice.UseDeviceCode, choice.Tool))
            .Select(same => same.FirstOrDefault(choice => choice.Generations.Contains(NewestGeneration)) ?? same.First())];

    /// <summary>The options that carry a key, each once, with the first choice that takes it.</summary>
    public IEnumerable<AuthChoice> WithKeyFlag => _all.Where(choice => choice.Flag is not null && choice.Method is not SignInMethod.SetupToken).DistinctBy(choice => choice.Flag);

    /// <summary>A choice by any of its words, in any case.</summary>
    /// <exception cref="KrabAuthException"><c>AuthChoiceUnknown</c>, <c>AuthChoiceUnavailable</c>.</exception>
    public AuthChoice Require(string name)
    {
        string wanted = name.Trim();
        AuthChoice choice = _all.FirstOrDefault(known => known.Is(wanted)) ?? throw AuthErrors.AuthChoiceUnknown(wanted, Near(wanted));
        return choice.Unavailable is { } why ? throw AuthErrors.AuthChoiceUnavailable(choice.Id, why, choice.Instead ?? Skip) : choice;
    }

    /// <summary>The words that look like one: they hold it, it holds them, or a few letters make one of the other.</summary>
    internal IReadOnlyList<string> Near(string name)
    {
        string wanted = name.ToLowerInvariant();
        List<(string Word, int Distance)> judged = [.. _all.SelectMany(choice => choice.Names).Select(word => (word, Distance(wanted, word.ToLowerInvariant())))];
        int most = Math.Min(judged.Min(word => word.Distance) + 1, Math.Max(2, wanted.Length / 3));
        return [.. judged.Where(word => word.Distance <= most).OrderBy(word => word.Distance).Select(word => word.Word).Take(MostSuggestions)];
    }

    private static int Distance(string one, string other)
    {
        if (one.Length > 2 && (other.Contains(one, StringComparison.Ordinal) || one.Contains(other, StringComparison.Ordinal))) return 1;
        int[] row = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 1; i <= one.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1)));
            }
        }
        return row[^1];
    }

    /// <summary>A provider whose key or sign-in has no choice of its own gets <c>&lt;id&gt;-api-key</c> or <c>&lt;id&gt;</c>.</summary>
    private static IEnumerable<AuthChoice> ByRule(ProviderDefinition provider, List<AuthChoice> known)
    {
        bool Has(SignInMethod method) => known.Exists(choice => choice.Method == method && ProviderId.Same(choice.Provider, provider.Id));
        if ((provider.OAuth is not null || provider.Command.Count > 0) && provider.Methods.Contains(SignInMethod.OAuth) && !Has(SignInMethod.OAuth))
        {
            yield return new AuthChoice(provider.Id, $"{provider.Label} sign-in") { Provider = provider.Id, Method = SignInMethod.OAuth, Generations = [NewestGeneration] };
        }
        if (provider.Methods.Contains(SignInMethod.ApiKey) && !Has(SignInMethod.ApiKey))
        {
            string id = $"{provider.Id}-api-key";
            yield return new AuthChoice(id, $"{provider.Label} API key") { Provider = provider.Id, Method = SignInMethod.ApiKey, Flag = $"--{id}", Generations = [NewestGeneration] };
        }
    }

    private static IReadOnlyList<AuthChoice> Load()
    {
        using Stream stream = typeof(AuthChoices).Assembly.GetManifestResourceStream("choices.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        JsonElement? root = document.RootElement;
        return [.. root.Objects("choices").Select(member => Read(member.Value))];
    }

    private static AuthChoice Read(JsonElement? choice) => new(choice.Text("id")!, choice.Text("label")!)
    {
        Provider = choice.Text("provider") ?? string.Empty,
        Method = choice.Text("method") is { } method ? ProviderReader.Method(method) : null,
        UseDeviceCode = choice.Member("deviceCode") is { ValueKind: JsonValueKind.True },
        Flag = choice.Text("flag"),
        Aliases = choice.Texts("aliases"),
        Generations = choice.Texts("generations"),
        Tool = choice.Text("tool"),
        Unavailable = choice.Text("unavailable"),
        Instead = choice.Text("instead"),
    };
}
