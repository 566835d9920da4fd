using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>How a sign-in through the browser ends when it does not end well, and what has to happen before it ends at all.</summary>
public sealed class BrowserFlowEndTests : OAuthTestBase
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private Task<string> _page = Task.FromResult(string.Empty);

    [Theory]
    [InlineData(3, "3 seconds")]
    [InlineData(90, "90 seconds")]
    [InlineData(119, "119 seconds")]
    [InlineData(120, "2 minutes")]
    [InlineData(300, "5 minutes")]
    public void The_limit_is_said_in_seconds_below_two_minutes(int seconds, string said)
        => Assert.Equal(new OAuthError("expired", $"nobody signed in within {said}"), BrowserFlow.Expired(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public async Task A_page_of_the_provider_without_a_person_is_an_error_at_once()
    {
        OAuthSettings settings = AcmeSettings() with { RedirectUri = "https://console.acme.test/code" };
        OAuthError error = (await Run(settings, new FakePrompt { CanPaste = false })).Error!;
        Assert.Equal(("no_listener", "The provider shows the answer on a page of its own. Nobody can paste it either"), (error.Code, error.Description));
    }

    [Fact]
    public async Task The_end_of_the_input_without_a_port_is_the_end()
    {
        Prompt.EndInput();
        OAuthError error = (await Run(AcmeSettings() with { RedirectUri = "https://console.acme.test/code" }, Prompt)).Error!;
        Assert.Equal(("no_answer", "the input ended before an answer was pasted"), (error.Code, error.Description));
    }

    [Theory]
    [InlineData("https://evil.test")]
    [InlineData(null)]
    public async Task An_answer_of_another_server_is_refused(string? issuer) // RFC 9207 §2.4
    {
        Server.Issuer = issuer;
        Browser.OnOpen = Follow;
        OAuthError error = (await Run(AcmeSettings() with { StatedIssuer = "https://auth.acme.test", AnswersNameIssuer = true }, Prompt)).Error!;
        Assert.Equal(("issuer_mismatch", "the answer comes from another server"), (error.Code, error.Description));
        Assert.Contains("<p>Acme: issuer_mismatch: the answer comes from another server</p>", await _page, StringComparison.Ordinal);
        Assert.Empty(Server.TokenRequests);
    }

    // Whatever a store fails with, the browser does not say that all is well, nor go on loading.
    [Fact]
    public async Task A_sign_in_that_breaks_is_told_as_given_up()
    {
        Browser.OnOpen = Follow;
        await Assert.ThrowsAsync<InvalidOperationException>(() => Run(AcmeSettings(), Prompt, _ => throw new InvalidOperationException()));
        Assert.Contains("<p>Acme: The sign-in was given up.</p>", await _page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_cannot_paste_is_not_asked_to()
    {
        var prompt = new TerminalPrompt { CanPaste = false };
        Browser.OnOpen = Follow;
        Assert.Equal("me@example.com", (await Run(AcmeSettings(), prompt)).Value!.Email);
        Assert.False(prompt.WasRead);
    }

    // With nobody to paste there is nothing that could end with the token: the flow itself must.
    [Fact]
    public async Task Giving_up_ends_the_waiting_for_the_browser_alone()
    {
        using var cancel = new CancellationTokenSource();
        Browser.OnOpen = _ => cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(AcmeSettings(), new TerminalPrompt { CanPaste = false }, limit: TimeSpan.FromSeconds(3), cancellation: cancel.Token));
    }

    // A terminal that is still being read would take what the person types next, and show nothing of it.
    [Fact]
    public async Task The_terminal_is_put_back_in_order_before_the_waiting_ends()
    {
        using var cancel = new CancellationTokenSource();
        var restore = new TaskCompletionSource();
        var prompt = new TerminalPrompt { Restore = restore.Task };
        Task running = Run(AcmeSettings() with { RedirectUri = "https://console.acme.test/code" }, prompt, cancellation: cancel.Token);
        // Off the context of the test, all that waits for nothing else is done when the call returns: without a listener, that is the rest.
        await Task.Run(cancel.Cancel, Cancellation);
        Assert.False(running.IsCompleted);
        restore.SetResult();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Cancellation));
        Assert.False(Cancellation.IsCancellationRequested);
        Assert.True(prompt.WasRestored);
    }

    private Task<OAuthResult<OAuthCredential>> Run(
        OAuthSettings settings, ISignInPrompt prompt, Func<OAuthCredential, Task>? store = null, TimeSpan? limit = null, CancellationToken? cancellation = null)
        => new BrowserFlow(ClientOf(Acme, settings), settings, Browser, prompt, State.Host, State.Clock)
            .RunAsync("Acme", new BrowserFlowOptions(UseBrowser: true, limit ?? Limit), store ?? (_ => Task.CompletedTask), cancellation ?? Cancellation);

    /// <summary>The person agrees, and the browser follows to the end.</summary>
    private void Follow(Uri address) => _page = VisitAsync(Server.Authorize(address));

    private async Task<string> VisitAsync(Uri address)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using HttpResponseMessage response = await client.GetAsync(address, Cancellation);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    /// <summary>A terminal where nobody types, and that takes its time to be put back in order.</summary>
    private sealed class TerminalPrompt : ISignInPrompt
    {
        public bool CanPaste { get; init; } = true;

        public Task Restore { get; init; } = Task.CompletedTask;

        public bool WasRead { get; private set; }

        public bool WasRestored { get; private set; }

        public async Task<string?> ReadPastedAsync(CancellationToken cancellationToken)
        {
            WasRead = true;
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (cancellationToken.Register(ended.SetResult)) await ended.Task;
            await Restore;
            WasRestored = true;
            throw new OperationCanceledException(cancellationToken);
        }

        public void ShowAddress(Uri address, bool opened, string? note)
        {
        }

        public void ShowDeviceCode(DeviceCode code)
        {
        }

        public void ShowProblem(string problem)
        {
        }

        public void ShowProgramLine(string line)
        {
        }

        public void ShowTimeLeft(TimeSpan left)
        {
        }
    }
}
