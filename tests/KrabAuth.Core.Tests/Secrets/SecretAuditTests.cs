using System.Text.Json;
using KrabAuth.Secrets;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Secrets;

public sealed class SecretAuditTests : SecretsTestBase
{
    private async Task<SecretAuditReport> Audit(bool allowExec = false)
    {
        SecretAuditReport report = await SecretAudit.RunAsync(State.Workspace(), allowExec, Cancellation);
        Assert.DoesNotContain("0123456789", JsonSerializer.Serialize(report), StringComparison.Ordinal);
        return report;
    }

    private static string Line(SecretFinding finding) => $"{finding.Code} {finding.Severity} {Path.GetFileName(finding.File)} {finding.JsonPath}";

    [Fact]
    public async Task Nothing_to_say_is_clean()
    {
        SecretAuditReport report = await Audit();
        Assert.Equal("clean", report.Status);
        Assert.Equal(0, report.ExitCode(isCheck: true));
        Assert.True(report.IsComplete);
    }

    [Fact]
    public async Task Every_file_is_looked_at_and_every_plaintext_found()
    {
        State.Write("agents/main/agent/auth-profiles.json", $$"""
            { "version": 1, "profiles": {
              "openai:a": { "type": "api_key", "provider": "openai", "key": "{{Value}}" },
              "groq:t": { "type": "token", "provider": "groq", "token": "{{Value}}", "tokenRef": { "source": "env", "provider": "default", "id": "GROQ" } },
              "mistral:inline": { "type": "api_key", "provider": "mistral", "key": "${MISTRAL}" },
              "openai-codex:o": { "type": "oauth", "provider": "openai-codex", "access": "a-0123456789", "refresh": "r" } } }
            """);
        State.Write("agents/work/agent/auth-profiles.json", $$"""{ "profiles": { "xai:w": { "type": "api_key", "provider": "xai", "key": "{{Value}}" } } }""");
        State.Write("agents/work/agent/auth.json", $$"""{ "xai": { "type": "api_key", "key": "{{Value}}" }, "other": { "type": "oauth", "refresh": "r-0123456789" } }""");
        State.Write("agents/work/agent/models.json", $$"""{ "providers": { "xai": { "apiKey": "{{Value}}", "baseUrl": "https://x" }, "zai": { "apiKey": "ZAI_API_KEY", "headers": { "Authorization": "Bearer 0123456789" } }, "qwen": { "apiKey": { "source": "env", "provider": "default", "id": "Q" } } } }""");
        State.Write("credentials/oauth.json", """{ "anthropic": { "access": "a-0123456789", "refresh": "r" } }""");
        State.Write(".env", $"# keys\nexport OPENAI_API_KEY='{Value}'\nGROQ_API_KEY=$OTHER\nUNKNOWN={Value}\nXAI_API_KEY=\n");
        State.Write("openclaw.json", $$"""
            { models: { providers: { mistral: { apiKey: "{{Value}}" }, zai: { apiKey: "${ZAI_API_KEY}" }, groq: { headers: { "x-api-key": "0123456789" }, baseUrl: "https://x" } } },
              env: { vars: { OPENAI_API_KEY: "{{Value}}" } }, channels: { telegram: { botToken: "0123456789", name: "me" } },
              agents: { list: [ { id: "main" }, { id: "work", note: "{{Value}}" } ] }, secrets: { defaults: { env: "default" } }, auth: { profiles: {} } }
            """);
        State.Host.Set("GROQ", Value).Set("MISTRAL", Value).Set("ZAI_API_KEY", Value);
        SecretAuditReport report = await Audit();
        Assert.Equal(
            [
                "PLAINTEXT_FOUND warn .env $env.OPENAI_API_KEY",
                "PLAINTEXT_FOUND warn auth-profiles.json profiles.groq:t.token",
                "LEGACY_RESIDUE info auth-profiles.json profiles.openai-codex:o",
                "PLAINTEXT_FOUND warn auth-profiles.json profiles.openai:a.key",
                "PLAINTEXT_FOUND warn auth-profiles.json profiles.xai:w.key",
                "LEGACY_RESIDUE warn auth.json other",
                "LEGACY_RESIDUE warn auth.json xai",
                "REF_UNRESOLVED error models.json providers.qwen.apiKey",
                "PLAINTEXT_FOUND warn models.json providers.xai.apiKey",
                "PLAINTEXT_FOUND warn models.json providers.zai.headers.Authorization",
                "LEGACY_RESIDUE warn oauth.json anthropic",
                "PLAINTEXT_FOUND warn openclaw.json agents.list.1.note",
                "PLAINTEXT_FOUND warn openclaw.json channels.telegram.botToken",
                "PLAINTEXT_FOUND warn openclaw.json env.vars.OPENAI_API_KEY",
                "PLAINTEXT_FOUND warn openclaw.json models.providers.groq.headers.x-api-key",
                "PLAINTEXT_FOUND warn openclaw.json models.providers.mistral.apiKey",
            ],
            report.Findings.Select(Line));
        Assert.Equal(3, report.ReferencesChecked);
        Assert.Equal(7, report.FilesScanned.Count);
        Assert.Equal("unresolved", report.Status);
    }

    [Fact]
    public async Task References_and_markers_are_no_findings()
    {
        Reference("""{ "source": "env", "id": "OPENAI_API_KEY" }""");
        State.Write("openclaw.json", """{ models: { providers: { a: { apiKey: "OPENAI_API_KEY" }, b: { apiKey: "secretref-managed" }, c: { apiKey: "ollama-local" }, d: { headers: { Authorization: "Bearer ${TOKEN}" } } } } }""");
        State.Host.Set("OPENAI_API_KEY", Value);
        Assert.Empty((await Audit()).Findings);
    }

    [Fact]
    public async Task A_reference_that_leads_to_nothing_decides_the_exit_code()
    {
        Reference("""{ "source": "env", "id": "NOT_SET" }""");
        SecretAuditReport report = await Audit();
        Assert.Equal("REF_UNRESOLVED error auth-profiles.json profiles.openai:a.key", Line(Assert.Single(report.Findings)));
        Assert.Equal("openai:a", report.Findings[0].ProfileId);
        Assert.Equal(2, report.ExitCode(isCheck: false));
        Assert.Equal(2, report.ExitCode(isCheck: true));
    }

    [Fact]
    public async Task Other_findings_fail_a_check_alone()
    {
        State.Write(".env", $"OPENAI_API_KEY={Value}\n");
        SecretAuditReport report = await Audit();
        Assert.Equal("findings", report.Status);
        Assert.Equal(0, report.ExitCode(isCheck: false));
        Assert.Equal(1, report.ExitCode(isCheck: true));
    }

    [Fact]
    public async Task A_program_runs_only_if_that_is_allowed()
    {
        string path = Program("echo x >> \"${0%/*}/calls\"; echo '{\"protocolVersion\":1,\"values\":{}}'\n");
        Providers($$"""{ op: { source: "exec", command: "{{path}}" } }""");
        Reference("""{ "source": "exec", "provider": "op", "id": "a" }""");
        SecretAuditReport report = await Audit();
        Assert.Empty(report.Findings);
        Assert.Equal(1, report.SkippedExecReferences);
        Assert.False(report.IsComplete);
        Assert.False(File.Exists(State.InState("bin/calls")));
        Assert.Single((await Audit(allowExec: true)).Findings);
        Assert.True(File.Exists(State.InState("bin/calls")));
        Reference("""{ "source": "exec", "provider": "none", "id": "a" }""");
        Assert.Contains("secrets.providers has no", Assert.Single((await Audit()).Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_is_followed_where_there_is_one()
    {
        Reference("""{ "source": "vault", "provider": "Mine", "id": "openai" }""");
        SecretAuditReport report = await Audit();
        Assert.Empty(report.Findings);
        Assert.Equal(1, report.SkippedVaultReferences);
        State.Vault = new FakeVault();
        Assert.Equal(SecretAuditCodes.Unresolved, Assert.Single((await Audit()).Findings).Code);
    }

    [Fact]
    public async Task A_reference_of_the_configuration_that_a_profile_hides_is_said()
    {
        Reference("""{ "source": "env", "id": "A" }""");
        State.Host.Set("A", Value).Set("B", Value);
        State.Write("openclaw.json", """{ models: { providers: { OpenAI: { apiKey: { source: "env", provider: "default", id: "B" } }, groq: { apiKey: "$B" } } } }""");
        SecretFinding finding = Assert.Single((await Audit()).Findings);
        Assert.Equal("REF_SHADOWED warn openclaw.json models.providers.OpenAI.apiKey", Line(finding));
    }

    [Theory]
    [InlineData("openclaw.json", "{ models: ")]
    [InlineData("agents/main/agent/auth-profiles.json", "{ \"profiles\": { \"a\": sk-0123456789 } }")]
    [InlineData("agents/main/agent/auth.json", "{")]
    [InlineData("agents/main/agent/models.json", "")]
    public async Task A_file_that_cannot_be_judged_is_a_finding_and_not_the_end(string file, string content)
    {
        State.Write(file, content);
        State.Write(".env", $"OPENAI_API_KEY={Value}\n");
        SecretAuditReport report = await Audit();
        Assert.Equal(2, report.Findings.Count);
        Assert.Contains(report.Findings, finding => finding.Code == SecretAuditCodes.Unresolved && finding.JsonPath == "<root>" && finding.File.EndsWith(Path.GetFileName(file), StringComparison.Ordinal));
        Assert.Equal(2, report.ExitCode(isCheck: false));
    }

    [Fact]
    public async Task It_changes_nothing()
    {
        State.Write("agents/main/agent/auth.json", $$"""{ "xai": { "type": "api_key", "key": "{{Value}}" } }""");
        IReadOnlyList<string> before = State.Files();
        await Audit();
        Assert.Equal(before, State.Files());
    }
}
