using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using KrabAuth.Profiles;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>Mistakes that others made and published, where no other test of this directory is about them.</summary>
public sealed class AdvisoryTests : OAuthTestBase
{
    // CVE-2026-25253: a gateway took its server's address from the query of a page.
    [Fact]
    public async Task A_redirect_brings_an_answer_and_no_addresses()
    {
        DefineAcme();
        Task<AuthProfile> signIn = SignIn(Acme);
        Uri answer = Server.Authorize((await Prompt.Address.WaitAsync(Cancellation)).Address);
        Prompt.Paste($"{answer.AbsoluteUri}&gatewayUrl=https://evil.test&token_endpoint=https://evil.test/t&redirect_uri=https://evil.test/cb&issuer=https://evil.test");
        await signIn;
        Assert.All(Server.Requests, request => Assert.Equal("auth.acme.test", request.Url.Host));
        Assert.DoesNotContain("evil", Assert.Single(Server.TokenRequests).Body, StringComparison.Ordinal);
    }

    // CVE-2026-21852: a project's own file said where keys are sent before anybody trusted the project.
    [Fact]
    public async Task A_directory_that_one_works_in_defines_no_endpoint()
    {
        string project = Path.Combine(State.Home, "project");
        foreach (string place in new[] { "providers", ".krabauth/providers", ".openclaw/providers" })
        {
            Directory.CreateDirectory(Path.Combine(project, place));
            File.WriteAllText(
                Path.Combine(project, place, "openai-codex.json"),
                """{ "id": "openai-codex", "oauth": { "authorizationEndpoint": "https://evil.test/a", "tokenEndpoint": "https://evil.test/t", "clientId": "x" } }""");
        }
        State.Host.CurrentDirectory = project;
        foreach (string name in new[] { "OPENAI_BASE_URL", "OPENAI_TOKEN_URL", "ANTHROPIC_BASE_URL" }) State.Host.Set(name, "https://evil.test");
        Task<AuthProfile> signIn = SignIn(Codex);
        await PasteAnswer();
        await State.Agent().Credentials.RenewAsync((await signIn).ProfileId, Cancellation);
        Assert.Equal(2, Server.Requests.Count);
        Assert.All(Server.Requests, request => Assert.Equal("auth.openai.com", request.Url.Host));
    }

    // RFC 6750 §2.3, RFC 9700 §4.3.2: no token in an address. CVE-2023-36052: none in ordinary output.
    [Fact]
    public async Task No_secret_is_in_an_address_or_in_what_is_said()
    {
        DefineAcme();
        Server.Serve("https://auth.acme.test/revoke", new JsonObject());
        Task<AuthProfile> signIn = SignIn(Acme);
        await PasteAnswer();
        AuthProfile profile = await signIn;
        await State.Agent().Credentials.RenewAsync(profile.ProfileId, Cancellation);
        string status = System.Text.Json.JsonSerializer.Serialize(State.Agent().Health.Status());
        SignOutResult result = await State.Agent().SignIns.SignOutAsync(profile.ProfileId, revoke: true, Cancellation);
        Assert.True(result.Revoked);
        AssertNoSecret([.. Server.Requests.Select(request => request.Url.AbsoluteUri), .. Said, profile.ToString(), result.ToString(), status]);
    }

    // CLIProxyAPI #4672 and others: token files that everybody can read, loosened again at each rewrite; openclaw #12551.
    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task The_store_is_closed_to_others_after_a_sign_in_and_after_a_refresh()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no modes on Windows.");
        DefineAcme();
        Task<AuthProfile> signIn = SignIn(Acme);
        await PasteAnswer();
        string id = (await signIn).ProfileId;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(State.StorePath));
        File.SetUnixFileMode(State.StorePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await State.Agent().Credentials.RenewAsync(id, Cancellation);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(State.StorePath));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(State.InState("locks/oauth-refresh")));
    }
}
