using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth;

/// <summary>One try of a call.</summary>
/// <param name="Number">Which it was, from one.</param>
/// <param name="Source">What it was made with: a profile, or a key beside the profiles.</param>
/// <param name="Reason">Why it failed; <see langword="null"/> where nothing that the next account could mend was seen.</param>
/// <param name="Detail">What was said of it, without a secret.</param>
public sealed record CallAttempt(int Number, CredentialSource Source, FailureReason? Reason, string Detail)
{
    /// <summary>How the profile waits since; <see langword="null"/> if it does not.</summary>
    public AuthCooldown? Cooldown { get; init; }

    /// <summary>In one line: <c>anthropic:work: rate_limit, back in 5m</c>.</summary>
    public override string ToString()
        => $"{Source.Name}: {Reason?.StoredName() ?? Detail}{(Cooldown is null ? string.Empty : $", back in {Cooldown.RemainingText}")}";
}

/// <summary>
/// A call that is made with one account after the other until it works: ask for the next credential, make the call, say how it
/// went. Each failure and the success are recorded, so that the next call begins with an account that can serve.
/// </summary>
public sealed class FailoverCall
{
    private readonly AuthAgent _agent;
    private readonly CredentialRequest _request;
    private readonly int _mostAttempts;
    private readonly List<CallAttempt> _attempts = [];
    private UsableCredential? _current;
    private long _begun;

    internal FailoverCall(AuthAgent agent, CredentialRequest request, int mostAttempts)
    {
        _agent = agent;
        _request = request;
        _mostAttempts = mostAttempts;
    }

    /// <summary>How often a call is tried if nobody says.</summary>
    public const int UsualAttempts = 5;

    /// <summary>The tries that failed, in order.</summary>
    public IReadOnlyList<CallAttempt> Attempts => _attempts;

    /// <summary>The credential for the next try: of the first account that can serve and was not tried yet.</summary>
    /// <exception cref="KrabAuthException"><c>NoUsableProfile</c> before the first try; <c>CallFailed</c> with every try when nothing is left.</exception>
    public async Task<UsableCredential> NextAsync(CancellationToken cancellationToken = default)
    {
        if (_attempts.Count >= _mostAttempts) throw Failed($"The limit of {_mostAttempts} tries is reached.", null);
        CredentialRequest request = _request with { Except = [.. _attempts.Select(attempt => attempt.Source.Name)] };
        try
        {
            _current = await _agent.Credentials.GetAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (KrabAuthException e) when (_attempts.Count > 0 && e.Kind == AuthErrorKind.Unauthenticated)
        {
            throw Failed(e.Message, e);
        }
        _begun = _agent.Workspace.NowMilliseconds;
        return _current;
    }

    /// <summary>Records that the try failed.</summary>
    /// <param name="signal">What is known of it.</param>
    /// <param name="cancellationToken">Ends the waiting for the store.</param>
    /// <returns>The try; its <see cref="CallAttempt.Reason"/> is set if the next account may fare better, and the call is worth going on with.</returns>
    public async Task<CallAttempt> FailAsync(FailureSignal signal, CancellationToken cancellationToken = default)
    {
        UsableCredential used = Current();
        CallAttempt attempt;
        if (used.ProfileId is { } id)
        {
            FailureOutcome outcome = await RecordAsync(id, signal, cancellationToken).ConfigureAwait(false);
            attempt = new CallAttempt(_attempts.Count + 1, used.Source, Worth(outcome.Reason), outcome.Detail ?? "recorded") { Cooldown = outcome.Cooldown };
        }
        else
        {
            FailureReason? reason = FailureClassifier.Classify(signal with { Provider = used.Provider }, _agent.Workspace.Now).Reason;
            attempt = new CallAttempt(_attempts.Count + 1, used.Source, Worth(reason), "a key beside the profiles has no record");
        }
        _attempts.Add(attempt);
        _agent.Workspace.Log.Verbose($"Try {attempt.Number} with {attempt}");
        return attempt;
    }

    /// <summary>Records that the try worked. The result was paid for: where the record cannot be written, that is a warning.</summary>
    /// <param name="cancellationToken">Ends the waiting for the store.</param>
    public async Task SucceedAsync(CancellationToken cancellationToken = default)
    {
        if (Current().ProfileId is not { } id) return;
        try
        {
            await _agent.Usage.RecordSuccessAsync(id, new CallMark(_request.Model, _begun), cancellationToken).ConfigureAwait(false);
        }
        catch (KrabAuthException e)
        {
            _agent.Workspace.Log.Warning($"The call worked, but its record could not be written: {e.Message}");
        }
    }

    /// <summary>The record must not stand in the way of the next account.</summary>
    private async Task<FailureOutcome> RecordAsync(string id, FailureSignal signal, CancellationToken cancellationToken)
    {
        try
        {
            return await _agent.Usage.RecordFailureAsync(id, signal, _request.Model, cancellationToken).ConfigureAwait(false);
        }
        catch (KrabAuthException e)
        {
            _agent.Workspace.Log.Warning($"The failure of {id} could not be recorded: {e.Message}");
            FailureReason? reason = FailureClassifier.Classify(signal with { Provider = Current().Provider }, _agent.Workspace.Now).Reason;
            return new FailureOutcome(id, Current().Provider, reason, false, "the record could not be written");
        }
    }

    /// <summary>
    /// What the request, this machine or nobody knows who is to blame for would go wrong with the next account too, and be paid for
    /// once more.
    /// </summary>
    private static FailureReason? Worth(FailureReason? reason)
        => reason is FailureReason.Format or FailureReason.TlsCertificate or FailureReason.Unknown or FailureReason.Unclassified ? null : reason;

    private KrabAuthException Failed(string why, KrabAuthException? inner)
        => AuthErrors.CallFailed(_request.Provider, string.Join("; ", _attempts), why, inner?.Remedy ?? Remedies.Explain(_request.Provider), inner);

    private UsableCredential Current() => _current ?? throw new InvalidOperationException("Ask for a credential first.");
}
