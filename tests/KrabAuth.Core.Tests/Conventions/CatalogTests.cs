using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Routing;

namespace KrabAuth.Core.Tests.Conventions;

/// <summary>The catalog is data that people edit: what the reader takes for granted is checked here.</summary>
public sealed partial class CatalogTests
{
    private static readonly string[] KnownMembers = ["id", "label", "defaultModel", "aliases", "methods", "environment", "headers", "setupToken", "oauth", "variants", "probe", "usage"];

    private static readonly string[] KnownMethods = ["apiKey", "token", "setupToken", "oauth"];

    private static readonly string[] RequestMembers = ["method", "url", "headers", "body", "notFor", "success"];

    private static readonly string[] WindowMembers =
        ["label", "labelAt", "secondsAt", "at", "where", "unless", "usedPercent", "remainingPercent", "remainingFraction", "used", "remaining", "limit", "unit", "unitAt", "resetsAt"];

    private static readonly string[] KnownPlaceholders = ["{secret}", "{accountId}"];

    private static readonly IReadOnlyList<JsonObject> Providers = Load();

    [Fact]
    public void Every_provider_is_spelt_as_it_is_compared()
    {
        Assert.All(Providers, provider =>
        {
            Assert.Matches(Name(), Text(provider, "id"));
            Assert.Equal(Text(provider, "id"), ProviderId.Normalize(Text(provider, "id")));
            Assert.Matches(@"\S", Text(provider, "label"));
            Assert.Subset(KnownMembers.ToHashSet(), provider.Select(member => member.Key).ToHashSet());
        });
        Assert.All(Providers.SelectMany(provider => Texts(provider, "aliases")), alias => Assert.Matches(Name(), alias));
    }

    [Fact]
    public void Ids_and_aliases_mean_one_provider_each()
    {
        List<string> names = [.. Providers.SelectMany(provider => Texts(provider, "aliases").Prepend(Text(provider, "id")))];
        Assert.Equal(names.Distinct(StringComparer.Ordinal), names);
        Assert.Equal(Providers.Select(provider => Text(provider, "label")).Distinct(StringComparer.Ordinal), Providers.Select(provider => Text(provider, "label")));
    }

    /// <summary>It is read when it is asked for, so a mistake in it would stop a sign-in and nothing before.</summary>
    [Fact]
    public void The_sign_in_of_every_provider_can_be_read() => Assert.All(Providers, provider =>
    {
        ProviderDefinition definition = ProviderCatalog.BuiltIn.Find(Text(provider, "id"))!;
        Assert.Equal(provider.ContainsKey("oauth"), definition.OAuth is not null);
        Assert.All(definition.Variants, variant => Assert.Equal(definition.OAuth is null, variant.OAuth is null));
    });

    [Fact]
    public void Methods_are_known_and_each_has_what_it_needs() => Assert.All(Providers, provider =>
    {
        IReadOnlyList<string> methods = Texts(provider, "methods");
        Assert.NotEmpty(methods);
        Assert.Subset(KnownMethods.ToHashSet(), methods.ToHashSet());
        Assert.Equal(methods.Distinct(StringComparer.Ordinal), methods);
        Assert.Equal(methods.Contains("setupToken"), provider.ContainsKey("setupToken"));
        if (provider["setupToken"] is not JsonObject rule) return;
        Assert.Matches(@"\S", Text(rule, "prefix"));
        Assert.True(rule["minimumLength"]!.GetValue<int>() > Text(rule, "prefix").Length);
        Assert.Matches(@"\S", Text(rule, "hint"));
    });

    [Fact]
    public void Default_models_are_the_providers_own() => Assert.All(
        Providers.Where(provider => provider.ContainsKey("defaultModel")),
        provider => Assert.Matches($@"^{Regex.Escape(Text(provider, "id"))}/\S+$", Text(provider, "defaultModel")));

    [Fact]
    public void Variables_are_names_of_variables() => Assert.All(Providers, provider =>
    {
        IReadOnlyList<string> variables = Texts(provider, "environment");
        Assert.All(variables, variable => Assert.Matches("^[A-Z][A-Z0-9_]*$", variable));
        Assert.Equal(variables.Distinct(StringComparer.Ordinal), variables);
    });

    [Fact]
    public void Headers_hold_the_secret_once_and_nothing_else_that_is_filled_in() => Assert.All(Providers, provider =>
    {
        foreach ((string kind, JsonNode? headers) in provider["headers"] as JsonObject ?? [])
        {
            Assert.Contains(kind, KnownMethods);
            List<string> templates = [.. headers!.AsObject().Select(header => header.Value!.GetValue<string>())];
            Assert.Single(templates, template => template.Contains("{secret}", StringComparison.Ordinal));
            Assert.All(headers.AsObject(), header => Assert.Matches("^[A-Za-z0-9-]+$", header.Key));
            Assert.All(templates.SelectMany(template => Placeholder().Matches(template).Select(match => match.Value)), name => Assert.Contains(name, KnownPlaceholders));
        }
    });

    [Fact]
    public void What_is_in_the_file_is_what_the_catalog_knows()
    {
        Assert.Equal(Providers.Select(provider => Text(provider, "id")), ProviderCatalog.BuiltIn.Providers.Select(provider => provider.Id));
        Assert.All(ProviderCatalog.BuiltIn.Providers, provider =>
        {
            Assert.Same(provider, ProviderCatalog.BuiltIn.Find($" {provider.Id.ToUpperInvariant()} "));
            Assert.All(provider.Aliases, alias => Assert.Equal(provider.Id, ProviderId.Canonical(ProviderCatalog.BuiltIn.Find(alias)!.Id)));
            Assert.All(Enum.GetValues<CredentialType>(), type => Assert.Contains(
                ProviderCatalog.HeaderTemplate(provider, type).Values, template => template.Contains("{secret}", StringComparison.Ordinal)));
        });
    }

    [Fact]
    public void Probes_say_where_they_go_and_what_they_ask() => Assert.All(Providers.Where(provider => provider.ContainsKey("probe")), provider =>
    {
        JsonObject probe = provider["probe"]!.AsObject();
        Assert.Subset(RequestMembers.Concat(["model", "minimumTokens", "exhausted"]).ToHashSet(), probe.Select(member => member.Key).ToHashSet());
        ProbeSettings settings = ProviderCatalog.BuiltIn.Find(Text(provider, "id"))!.ReadProbe()!;
        CheckRequest(probe, settings.Request);
        // Without a model of its own it would try nothing until somebody configures one.
        Assert.Equal(settings.NeedsModel, settings.Model is not null);
        string? filled = settings.Request.Body?.Replace("{model}", "m", StringComparison.Ordinal).Replace("{prompt}", "p", StringComparison.Ordinal).Replace("{maxTokens}", "1", StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\{[A-Za-z]", filled ?? string.Empty);
    });

    [Fact]
    public void Quotas_say_where_each_number_is() => Assert.All(Providers.Where(provider => provider.ContainsKey("usage")), provider =>
    {
        JsonObject usage = provider["usage"]!.AsObject();
        Assert.Subset(RequestMembers.Concat(["plan", "windows"]).ToHashSet(), usage.Select(member => member.Key).ToHashSet());
        UsageSettings settings = ProviderCatalog.BuiltIn.Find(Text(provider, "id"))!.ReadUsage()!;
        CheckRequest(usage, settings.Request);
        Assert.All(usage["windows"]!.AsArray(), window => Assert.Subset(WindowMembers.ToHashSet(), window!.AsObject().Select(member => member.Key).ToHashSet()));
        Assert.All(settings.Windows, window =>
        {
            Assert.True(window.Label is not null || window.LabelAt is not null || window.SecondsAt is not null);
            Assert.True(window.UsedPercent is not null || window.RemainingPercent is not null || window.RemainingFraction is not null || window.Used is not null || window.Remaining is not null);
        });
    });

    private static void CheckRequest(JsonObject json, ProviderRequest request)
    {
        Assert.StartsWith("https://", request.Url, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", json.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        // The credential alone says who asks; KrabAuth passes for no other program.
        Assert.All(request.Headers.Keys, name => Assert.False(name.Equals("User-Agent", StringComparison.OrdinalIgnoreCase) || name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Editor", StringComparison.OrdinalIgnoreCase)));
        Assert.All(request.NotFor.Values, why => Assert.Matches(@"\S[^.]$", why));
    }

    private static List<JsonObject> Load()
    {
        using Stream stream = typeof(ProviderCatalog).Assembly.GetManifestResourceStream("catalog.json")!;
        JsonObject catalog = JsonSerializer.Deserialize<JsonObject>(stream)!;
        return [.. catalog["providers"]!.AsArray().Select(provider => provider!.AsObject())];
    }

    private static string Text(JsonObject document, string name) => document[name]!.GetValue<string>();

    private static IReadOnlyList<string> Texts(JsonObject provider, string name)
        => provider[name] is JsonArray items ? [.. items.Select(item => item!.GetValue<string>())] : [];

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]*$")]
    private static partial Regex Name();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Placeholder();
}
