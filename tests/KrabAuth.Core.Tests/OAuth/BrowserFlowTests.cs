using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>The sign-in through the browser, with a real redirect to a real port.</summary>
public sealed class BrowserFlowTests : OAuthTestBase
{
    private readonly TaskCompletionSource<string> _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task The_redirect_of_the_browser_signs_in()
    {
        DefineAcme();
        Browser.OnOpen = address => _ = VisitAsync(Server.Authorize(address));
        AuthProfile profile = await SignIn(Acme);
        Assert.Equal("acme:me@example.com", profile.ProfileId);
        Assert.Equal("acct-11111111", Text(StoredProfile(profile.ProfileId), "accountId"));
        string page = await _seen.Task.WaitAsync(Cancellation);
        Assert.Contains("You are signed in", page, StringComparison.Ordinal);
        Assert.Contains("me@example.com", page, StringComparison.Ordinal);
        (Uri address, bool opened, string? note) = await Prompt.Address;
        Assert.Equal(Assert.Single(Browser.Opened), address);
        Assert.Equal((true, null), (opened, note));
        AssertNoSecret([page, .. Said]);
    }

    // The page promises that the sign-in is stored: it must be.
    [Fact]
    public async Task The_success_page_comes_after_the_store_is_written()
    {
        DefineAcme();
        Directory.CreateDirectory(Path.GetDirectoryName(State.StorePath)!);
        Directory.CreateDirectory(State.LockPath);
        Task visit = Task.CompletedTask;
        Browser.OnOpen = address => visit = VisitAsync(Server.Authorize(address));
        Task<AuthProfile> signIn = SignIn(Acme);
        await Server.NextArrivalAsync(Cancellation);
        string queue = State.InAgent(".auth-profiles.json.queue");
        while (!Directory.Exists(queue) || KrabAuth.Storage.LockQueue.IsEmpty(queue)) await Task.Yield();
        Assert.False(_seen.Task.IsCompleted);
        Assert.False(File.Exists(State.StorePath));
        Directory.Delete(State.LockPath);
        await signIn;
        Assert.Contains("You are signed in", await _seen.Task.WaitAsync(Cancellation), StringComparison.Ordinal);
        await visit;
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_is_told_to_the_browser_too()
    {
        DefineAcme();
        Browser.OnOpen = address =>
        {
            State.Write("agents/main/agent/auth-profiles.json", "{not json");
            _ = VisitAsync(Server.Authorize(address));
        };
        await Refused(() => SignIn(Acme), "StoreCorrupt");
        Assert.Contains("The sign-in failed", await _seen.Task.WaitAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_is_told_before_anybody_signs_in()
    {
        DefineAcme();
        State.Write("agents/main/agent/auth-profiles.json", "{not json");
        await Refused(() => SignIn(Acme), "StoreCorrupt");
        Assert.Empty(Browser.Opened);
    }

    [Fact]
    public async Task An_error_of_the_server_ends_the_sign_in_and_is_shown_escaped()
    {
        DefineAcme();
        Browser.OnOpen = address =>
        {
            Dictionary<string, string> query = ServerRequest.Parse(address.Query).ToDictionary();
            _ = VisitAsync(new Uri($"{query["redirect_uri"]}?error=access_denied&error_description=%3Cscript%3Ealert(1)%3C%2Fscript%3E%1B%5B31m&state={query["state"]}"));
        };
        KrabAuthException error = await Refused(() => SignIn(Acme), "SignInFailed");
        Assert.Contains("access_denied", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', error.Message);
        string page = await _seen.Task.WaitAsync(Cancellation);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(Server.TokenRequests);
    }

    [Fact]
    public async Task A_refused_code_is_told_to_both_and_changes_nothing()
    {
        DefineAcme();
        Browser.OnOpen = address => _ = VisitAsync(new Uri(Server.Authorize(address).AbsoluteUri.Replace("code=code-", "code=forged-", StringComparison.Ordinal)));
        await Refused(() => SignIn(Acme), "SignInFailed");
        Assert.Contains("The sign-in failed", await _seen.Task.WaitAsync(Cancellation), StringComparison.Ordinal);
        Assert.False(File.Exists(State.StorePath));
    }

    [Fact]
    public async Task A_pasted_answer_signs_in_while_the_port_waits()
    {
        DefineAcme();
        Task<AuthProfile> signIn = SignIn(Acme);
        await PasteAnswer();
        Assert.Equal("acme:me@example.com", (await signIn).ProfileId);
        int port = PortOf((await Prompt.Address).Address);
        await Assert.ThrowsAsync<SocketException>(() => RawHttp.SendAsync(port, RawHttp.Get(port, "/"), Cancellation));
    }

    [Fact]
    public async Task A_pasted_answer_with_a_foreign_state_is_refused_and_the_right_one_taken_after_it()
    {
        DefineAcme();
        Task<AuthProfile> signIn = SignIn(Acme);
        await Prompt.Address;
        Prompt.Paste("http://localhost:1/auth/callback?code=stolen&state=foreign");
        Assert.StartsWith("State mismatch", await Prompt.NextProblemAsync(Cancellation), StringComparison.Ordinal);
        Prompt.Paste("http://localhost:1/auth/callback?state=");
        Assert.Equal("Missing authorization code", await Prompt.NextProblemAsync(Cancellation));
        Assert.Empty(Server.TokenRequests);
        await PasteAnswer();
        await signIn;
    }

    [Fact]
    public async Task The_end_of_the_input_leaves_the_redirect()
    {
        DefineAcme();
        Task<AuthProfile> signIn = SignIn(Acme);
        Prompt.EndInput();
        await VisitAsync(Server.Authorize((await Prompt.Address.WaitAsync(Cancellation)).Address));
        Assert.Equal("acme:me@example.com", (await signIn).ProfileId);
    }

    // RFC 8252: two ports and one program; whoever has it is named, and pasting is what remains.
    [Fact]
    public async Task A_busy_port_leaves_pasting_and_names_its_holder()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        DefineAcme(new JsonObject { ["redirectUri"] = $"http://localhost:{port}/auth/callback" });
        Task<AuthProfile> signIn = SignIn(Acme);
        (_, bool opened, string? note) = await Prompt.Address.WaitAsync(Cancellation);
        Assert.False(opened);
        Assert.Empty(Browser.Opened);
        Assert.StartsWith($"Port {port} is taken by another program", note, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux()) Assert.Contains($", process {Environment.ProcessId})", note, StringComparison.Ordinal);
        await PasteAnswer();
        await signIn;
        Assert.Equal($"http://localhost:{port}/auth/callback", Server.TokenRequests[0]["redirect_uri"]);
    }

    [Fact]
    public async Task A_busy_port_without_a_person_is_an_error_at_once()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        DefineAcme(new JsonObject { ["redirectUri"] = $"http://localhost:{((IPEndPoint)other.LocalEndpoint).Port}/auth/callback" });
        var prompt = new FakePrompt { CanPaste = false };
        KrabAuthException error = await Refused(() => State.Agent().SignIns.SignInAsync(new SignInRequest(Acme), prompt, Browser, Cancellation), "SignInFailed");
        Assert.Contains("is taken by another program", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_to_a_page_of_the_provider_is_pasted_and_no_port_is_opened()
    {
        DefineAcme(new JsonObject { ["redirectUri"] = "https://console.acme.test/code" });
        Task<AuthProfile> signIn = SignIn(Acme);
        (Uri address, _, string? note) = await Prompt.Address.WaitAsync(Cancellation);
        Assert.Equal("The provider shows the answer on a page of its own.", note);
        Dictionary<string, string> answer = ServerRequest.Parse(Server.Authorize(address).Query).ToDictionary();
        Prompt.Paste($"{answer["code"]}#{answer["state"]}");
        await signIn;
    }

    [Theory]
    [InlineData("SSH_CONNECTION")]
    [InlineData("CODESPACES")]
    public async Task In_a_remote_session_no_browser_is_opened(string variable)
    {
        DefineAcme();
        State.Host.Set(variable, "1");
        Task<AuthProfile> signIn = SignIn(Acme);
        (_, bool opened, string? note) = await Prompt.Address.WaitAsync(Cancellation);
        Assert.False(opened);
        Assert.Empty(Browser.Opened);
        Assert.Contains("remote session", note, StringComparison.Ordinal);
        await PasteAnswer();
        await signIn;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_a_browser_the_address_is_shown(bool wanted)
    {
        DefineAcme();
        Browser.Exists = false;
        Task<AuthProfile> signIn = SignIn(Acme, request => request with { NoBrowser = !wanted });
        Assert.Equal((false, wanted ? "No browser could be opened." : null), ((await Prompt.Address.WaitAsync(Cancellation)).Opened, (await Prompt.Address).Note));
        await PasteAnswer();
        await signIn;
    }

    [Fact]
    public async Task Nobody_is_waited_for_longer_than_the_limit()
    {
        DefineAcme();
        var clock = new ManualClock();
        State.Timers = clock;
        Task<AuthProfile> signIn = SignIn(Acme, request => request with { TimeLimit = TimeSpan.FromSeconds(3) });
        for (int i = 0; i < 3; i++)
        {
            Assert.False(signIn.IsCompleted);
            await clock.NextWaitAsync(TimeSpan.FromSeconds(1), Cancellation);
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        KrabAuthException error = await Refused(() => signIn, "SignInFailed");
        Assert.Contains("nobody signed in within", error.Message, StringComparison.Ordinal);
        Assert.Equal([3, 2, 1], Prompt.TimesLeft.Select(left => left.TotalSeconds));
        int port = PortOf((await Prompt.Address).Address);
        await Assert.ThrowsAsync<SocketException>(() => RawHttp.SendAsync(port, RawHttp.Get(port, "/"), Cancellation));
    }

    [Fact]
    public async Task Giving_up_frees_the_port_at_once_and_stores_nothing()
    {
        DefineAcme();
        using var cancel = new CancellationTokenSource();
        Task<AuthProfile> signIn = SignIn(Acme, cancellation: cancel.Token);
        int port = PortOf((await Prompt.Address.WaitAsync(Cancellation)).Address);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signIn);
        LoopbackListener? next = LoopbackListener.TryStart($"http://localhost:{port}/auth/callback", TimeProvider.System);
        Assert.NotNull(next);
        await next.DisposeAsync();
        Assert.False(File.Exists(State.StorePath));
    }

    [Fact]
    public async Task Giving_up_while_the_code_is_exchanged_stores_nothing()
    {
        DefineAcme();
        Server.Hold();
        using var cancel = new CancellationTokenSource();
        Task<AuthProfile> signIn = SignIn(Acme, cancellation: cancel.Token);
        await PasteAnswer();
        await Server.NextArrivalAsync(Cancellation);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signIn);
        Assert.False(File.Exists(State.StorePath));
    }

    private static int PortOf(Uri address) => new Uri(ServerRequest.Parse(address.Query).ToDictionary()["redirect_uri"]).Port;

    /// <summary>A browser that follows the redirect to its end.</summary>
    private async Task VisitAsync(Uri address)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        client.DefaultRequestHeaders.Add("Sec-Fetch-Mode", "navigate");
        client.DefaultRequestHeaders.Add("Sec-Fetch-Dest", "document");
        using HttpResponseMessage response = await client.GetAsync(address, Cancellation);
        Assert.DoesNotContain("code=", response.RequestMessage!.RequestUri!.AbsoluteUri, StringComparison.Ordinal);
        _seen.TrySetResult(await response.Content.ReadAsStringAsync(Cancellation));
    }
}
