using KrabAuth.Diagnostics;
using KrabAuth.Host;
using KrabAuth.Profiles;

namespace KrabAuth.OAuth;

/// <summary>How a sign-in through the browser is to go.</summary>
/// <param name="UseBrowser">Whether a browser may be opened.</param>
/// <param name="TimeLimit">How long to wait for the person.</param>
internal sealed record BrowserFlowOptions(bool UseBrowser, TimeSpan TimeLimit);

/// <summary>The sign-in through the browser: redirect and paste are waited for at the same time, and the first that is right ends it.</summary>
internal sealed class BrowserFlow(OAuthClient client, OAuthSettings settings, IBrowser browser, ISignInPrompt prompt, IHostEnvironment host, TimeProvider clock)
{
    /// <summary>How long a person has at the browser if nobody says.</summary>
    public static readonly TimeSpan UsualLimit = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>Signs in, and calls <paramref name="store"/> before the browser is told that all is well.</summary>
    public async Task<OAuthResult<OAuthCredential>> RunAsync(
        string provider, BrowserFlowOptions options, Func<OAuthCredential, Task> store, CancellationToken cancellationToken)
    {
        LoopbackListener? listener = LoopbackListener.CanServe(settings.RedirectUri) ? LoopbackListener.TryStart(settings.RedirectUri, clock) : null;
        try
        {
            return await RunAsync(listener, provider, options, store, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (listener is not null) await listener.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<OAuthResult<OAuthCredential>> RunAsync(
        LoopbackListener? listener, string provider, BrowserFlowOptions options, Func<OAuthCredential, Task> store, CancellationToken cancellationToken)
    {
        if (listener is null && !prompt.CanPaste) return new OAuthError("no_listener", $"{WhyNoListener()} Nobody can paste it either");
        AuthorizationRequest request = client.Begin(listener?.RedirectUri ?? settings.RedirectUri);
        listener?.Expect(request.State);
        bool here = SystemBrowser.IsLikelyHere(host);
        bool opened = listener is not null && options.UseBrowser && here && browser.TryOpen(request.Url);
        prompt.ShowAddress(request.Url, opened, Note(listener, opened, options, here));
        OAuthResult<AuthorizationAnswer> answer = await WaitAsync(listener, request, options.TimeLimit, cancellationToken).ConfigureAwait(false);
        if (answer.Value is not { } found) return answer.Error!;
        byte[] page = CallbackPages.Failure(provider, "The sign-in was given up.");
        try
        {
            OAuthResult<OAuthCredential> result = await FinishAsync(found, request, store, cancellationToken).ConfigureAwait(false);
            page = result.Error is { } error ? CallbackPages.Failure(provider, error.ToString()) : CallbackPages.Success(provider, result.Value!.Email);
            return result;
        }
        catch (KrabAuthException e)
        {
            page = CallbackPages.Failure(provider, e.Message);
            throw;
        }
        finally
        {
            if (listener is not null && !cancellationToken.IsCancellationRequested) await listener.ShowAsync(page).ConfigureAwait(false);
        }
    }

    private async Task<OAuthResult<OAuthCredential>> FinishAsync(AuthorizationAnswer answer, AuthorizationRequest request, Func<OAuthCredential, Task> store, CancellationToken cancellationToken)
    {
        if (!IsOfIssuer(answer)) return new OAuthError("issuer_mismatch", "the answer comes from another server");
        if (answer.Error is { } error) return error;
        OAuthResult<OAuthCredential> result = await client.ExchangeAsync(answer.Code!, request.Pkce, request.RedirectUri, request.State, cancellationToken).ConfigureAwait(false);
        if (result.Value is { } credential) await store(credential).ConfigureAwait(false);
        return result;
    }

    /// <summary>
    /// RFC 9207 §2.4: a server that names itself is the one that was asked; where it promised to, an answer without its name, errors
    /// included, is another server's. A code that a person copied by itself has no room for a name.
    /// </summary>
    private bool IsOfIssuer(AuthorizationAnswer answer) => settings.StatedIssuer is not { } issuer
        || (answer.Issuer is null ? !settings.AnswersNameIssuer || answer.IsBare : answer.Issuer == issuer);

    private async Task<OAuthResult<AuthorizationAnswer>> WaitAsync(LoopbackListener? listener, AuthorizationRequest request, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        long started = clock.GetTimestamp();
        Task<AuthorizationAnswer?>? pasting = prompt.CanPaste ? ReadPastedAsync(request, ended.Token) : null;
        Task<AuthorizationAnswer?> pasted = pasting ?? Never();
        Task<AuthorizationAnswer> redirected = listener?.Answer ?? Never()!;
        try
        {
            while (clock.GetElapsedTime(started) < limit)
            {
                prompt.ShowTimeLeft(limit - clock.GetElapsedTime(started));
                Task first = await Task.WhenAny(redirected, pasted, Task.Delay(Tick, clock, ended.Token)).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                if (first == redirected) return await redirected.ConfigureAwait(false);
                if (first == pasted)
                {
                    if (await pasted.ConfigureAwait(false) is { } answer) return answer;
                    // Standard input has ended: the redirect is what remains.
                    if (listener is null) return new OAuthError("no_answer", "the input ended before an answer was pasted");
                    pasted = Never();
                }
            }
            return Expired(limit);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            // A terminal that was read from is put back in order before anything else is said; what it fails with has no meaning any more.
            if (pasting is not null) await pasting.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
        }

        static Task<AuthorizationAnswer?> Never() => new TaskCompletionSource<AuthorizationAnswer?>().Task;
    }

    /// <summary>The end of a sign-in that nobody finished.</summary>
    public static OAuthError Expired(TimeSpan limit)
        => new("expired", $"nobody signed in within {(limit < TimeSpan.FromMinutes(2) ? $"{limit.TotalSeconds:0} seconds" : $"{limit.TotalMinutes:0} minutes")}");

    private async Task<AuthorizationAnswer?> ReadPastedAsync(AuthorizationRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await prompt.ReadPastedAsync(cancellationToken).ConfigureAwait(false) is not { } text) return null;
            (AuthorizationAnswer? answer, string? problem) = PastedAnswer.Read(text, request.State);
            if (answer is not null) return answer;
            if (problem is not null) prompt.ShowProblem(problem);
        }
    }

    private string WhyNoListener()
    {
        if (!LoopbackListener.CanServe(settings.RedirectUri)) return "The provider shows the answer on a page of its own.";
        int port = new Uri(settings.RedirectUri).Port;
        return $"Port {port} is taken by another program{PortHolder.Describe(port)}, so the browser cannot bring the answer here.";
    }

    private string? Note(LoopbackListener? listener, bool opened, BrowserFlowOptions options, bool here)
    {
        if (listener is null) return WhyNoListener();
        if (opened || !options.UseBrowser) return null;
        return here ? "No browser could be opened." : "This looks like a remote session. Open the address in the browser in front of you.";
    }
}
