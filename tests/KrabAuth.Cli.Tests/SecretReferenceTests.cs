using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

public sealed class SecretReferenceTests : IDisposable
{
    private const string Secret = "sk-proj-0123456789abcdefghij";
    private readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void A_key_can_stay_in_the_environment()
    {
        _home.Variables["OPENAI_API_KEY"] = Secret;
        Outcome stored = _home.Run("models", "auth", "paste-api-key", "--provider", "openai", "--secret-ref", "env:OPENAI_API_KEY");
        Assert.Equal((0, string.Empty), (stored.ExitCode, stored.Error));
        Assert.Equal("Auth profile: openai:manual (openai/api_key)\n", stored.Output);
        JsonNode entry = _home.Store()["profiles"]!["openai:manual"]!;
        Assert.Null(entry["key"]);
        Assert.Equal("OPENAI_API_KEY", entry["keyRef"]!["id"]!.GetValue<string>());
        Assert.Equal(Secret + "\n", _home.Run("models", "auth", "token", "--provider", "openai").Output);
        _home.Variables.Remove("OPENAI_API_KEY");
        Assert.Contains("OPENAI_API_KEY is not set", _home.Run("models", "auth", "token", "--provider", "openai").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reference_that_leads_to_nothing_leaves_the_key()
    {
        _home.WriteStore(new JsonObject { ["openai:manual"] = Sample.Key("openai") });
        string before = File.ReadAllText(_home.StorePath());
        foreach (string reference in new[] { "env:NOT_SET", "file:none:/a", "vault:Mine/key", Secret })
        {
            Outcome outcome = _home.Run("models", "auth", "paste-api-key", "--provider", "openai", "--secret-ref", reference);
            Assert.Equal(1, outcome.ExitCode);
            Assert.DoesNotContain(Secret, outcome.Everything, StringComparison.Ordinal);
        }
        Assert.Equal(before, File.ReadAllText(_home.StorePath()));
    }

    [Fact]
    public void A_vault_is_for_PowerShell()
    {
        _home.WriteStore(new JsonObject { ["openai:v"] = new JsonObject { ["type"] = "api_key", ["provider"] = "openai", ["keyRef"] = new JsonObject { ["source"] = "vault", ["provider"] = "Mine", ["id"] = "key" } } });
        Assert.Contains("vault:Mine/key", _home.Run("models", "status").Output, StringComparison.Ordinal);
        Outcome outcome = _home.Run("models", "auth", "token", "--profile-id", "openai:v");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("which only PowerShell can read", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_audit_has_the_exit_codes_and_the_shape_of_the_gateways()
    {
        Assert.Equal(0, _home.Run("secrets", "audit", "--check").ExitCode);
        _home.WriteStore(new JsonObject { ["openai:a"] = Sample.Key("openai", Secret) });
        Assert.Equal(0, _home.Run("secrets", "audit").ExitCode);
        Outcome check = _home.Run("secrets", "audit", "--check");
        Assert.Equal(1, check.ExitCode);
        Assert.Contains("warn  PLAINTEXT_FOUND  profiles.openai:a.key: An API key is stored as plaintext (sk-pro...ghij).", check.Output, StringComparison.Ordinal);
        JsonElement report = _home.Json("secrets", "audit", "--json");
        Assert.Equal(["version", "status", "resolution", "filesScanned", "summary", "findings"], report.EnumerateObject().Select(member => member.Name));
        Assert.Equal("findings", report.GetProperty("status").GetString());
        Assert.Equal(1, report.GetProperty("summary").GetProperty("plaintextCount").GetInt32());
        Assert.Equal(["code", "severity", "file", "jsonPath", "message", "provider", "profileId"], report.GetProperty("findings")[0].EnumerateObject().Select(member => member.Name));
        _home.WriteStore(new JsonObject { ["openai:a"] = new JsonObject { ["type"] = "api_key", ["provider"] = "openai", ["keyRef"] = new JsonObject { ["source"] = "env", ["provider"] = "default", ["id"] = "NOT_SET" } } });
        Assert.Equal(2, _home.Run("secrets", "audit").ExitCode);
        Assert.Equal(2, _home.Run("secrets", "audit", "--check", "--json").ExitCode);
    }
}
