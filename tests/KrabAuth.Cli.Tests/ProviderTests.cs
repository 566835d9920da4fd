using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

/// <summary><c>models providers list|add|remove</c>.</summary>
public sealed class ProviderTests : IDisposable
{
    private static readonly string[] Issuer = ["--issuer", "https://login.acme.test", "--client-id", "krab"];

    private readonly TempHome _home = new();

    private string File => Path.Combine(_home.StateDirectory(), "providers", "acme.json");

    public void Dispose() => _home.Dispose();

    // Scopes separated by spaces, or the option repeated.
    [Fact]
    public void An_issuer_a_client_and_scopes_are_enough()
    {
        Outcome added = Add([.. Issuer, "--scope", "openid offline_access", "--scope", "email", "--client-secret-env", "ACME_SECRET", "--redirect-uri", "http://localhost:1456/cb"]);
        Assert.Equal(new Outcome(0, $"Provider acme is defined in {File}\nSign in: krabauth models auth login --provider acme\n", string.Empty), added);
        JsonNode oauth = Definition()["oauth"]!;
        Assert.Equal(["openid", "offline_access", "email"], oauth["scopes"]!.AsArray().Select(scope => scope!.GetValue<string>()));
        Assert.Equal(
            ("https://login.acme.test", "krab", "ACME_SECRET", "http://localhost:1456/cb"),
            (oauth["issuer"]!.GetValue<string>(), oauth["clientId"]!.GetValue<string>(), oauth["clientSecretEnvironment"]![0]!.GetValue<string>(), oauth["redirectUri"]!.GetValue<string>()));
        Assert.Contains("acme ", Run("list").Output, StringComparison.Ordinal);
        Assert.Contains(_home.Json("models", "providers", "list", "--json").GetProperty("providers").EnumerateArray(), provider => provider.GetProperty("id").GetString() == "acme");
    }

    [Fact]
    public void Headers_are_written_for_every_kind_of_credential()
    {
        Assert.Equal(0, Add([.. Issuer, "--header", "X-Acme-Key: {secret}", "--header", "X-Version:2"]).ExitCode);
        JsonObject headers = Definition()["headers"]!.AsObject();
        Assert.Equal(["apiKey", "token", "oauth"], headers.Select(kind => kind.Key));
        Assert.All(headers, kind => Assert.Equal(("{secret}", "2"), (kind.Value!["X-Acme-Key"]!.GetValue<string>(), kind.Value["X-Version"]!.GetValue<string>())));
    }

    [Theory]
    [InlineData("no header", "\"no header\" is no header.")]
    [InlineData("X-Acme: constant", "has no {secret} in it")]
    [InlineData("X Acme: {secret}", "that no HTTP header can have")]
    public void A_header_that_could_not_be_sent_is_refused(string header, string message)
    {
        Outcome refused = Add([.. Issuer, "--header", header]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(message, refused.Error, StringComparison.Ordinal);
        Assert.Contains("Next: ", refused.Error, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void Plain_http_is_for_this_machine_alone()
    {
        Assert.Contains("https", Add("--issuer", "http://login.acme.test", "--client-id", "krab").Error, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
        Assert.Equal(0, Add("--issuer", "http://127.0.0.1:8080", "--client-id", "krab").ExitCode);
    }

    [Theory]
    [InlineData("tokenEndpoint", "--device-endpoint", "https://acme.test/device", "--client-id", "krab")]
    [InlineData("redirectUri", "--issuer", "https://acme.test", "--client-id", "krab", "--redirect-uri", "nonsense")]
    [InlineData("no absolute path", "--command", "./sign-in")]
    public void A_definition_that_cannot_work_is_refused(string problem, params string[] options)
    {
        Outcome refused = Add(options);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(problem, refused.Error, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void A_definition_is_replaced_only_by_force_and_removed_by_name()
    {
        Add(Issuer);
        Outcome refused = Add("--issuer", "https://two.acme.test", "--client-id", "krab");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("is defined already", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, Add("--issuer", "https://two.acme.test", "--client-id", "krab", "--force").ExitCode);
        Assert.Equal("https://two.acme.test", Definition()["oauth"]!["issuer"]!.GetValue<string>());
        Assert.Equal(new Outcome(0, "Removed provider definition: acme\n", string.Empty), Run("remove", "acme"));
        Assert.False(System.IO.File.Exists(File));
        Assert.Contains("is not one that you defined", Run("remove", "acme").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_client_or_a_program_there_is_nothing_to_define()
        => Assert.Equal("Error: Missing --client-id or --command.\nNext: krabauth models providers add --help\n", Add("--issuer", "https://login.acme.test").Error);

    private Outcome Add(params string[] options) => Run(["add", "--id", "acme", .. options]);

    private Outcome Run(params string[] words) => _home.Run(["models", "providers", .. words]);

    private JsonObject Definition() => JsonNode.Parse(System.IO.File.ReadAllText(File))!.AsObject();
}
