using KrabAuth.Routing;

namespace KrabAuth.Core.Tests.Properties;

/// <summary>
/// The rules of waiting once more, as they stand in the design and in plain words: what is written must say the same. It
/// knows of times in minutes and of nothing that is stored.
/// </summary>
internal sealed class WaitingModel
{
    private static readonly long[] Steps = [1, 5, 25, 60];

    /// <summary>The last wait of each ladder: when it ends, how long it is, which step it was.</summary>
    private readonly Dictionary<string, (long End, long Length, int Step)> _last = [];

    /// <summary>The same of single models, and whether the account does not have the model.</summary>
    private readonly Dictionary<string, (long End, long Length, int Step, bool IsMissing)> _models = [];

    /// <summary>Whom the short wait is for; null for the whole account.</summary>
    private string? _cooldownModel;

    public int Errors { get; private set; }

    public Dictionary<string, int> Counts { get; } = [];

    public long? LastFailure { get; private set; }

    public long? LastUsed { get; private set; }

    /// <summary>The end of the short wait; 0 for none.</summary>
    public long CooldownEnd { get; private set; }

    /// <summary>The end of the long wait; 0 for none.</summary>
    public long DisabledEnd { get; private set; }

    public void Fail(FailureReason reason, string? model, long now, long? stated)
    {
        bool somethingLasts = CooldownEnd > now || DisabledEnd > now || _models.Values.Any(wait => wait.End > now);
        bool followsSoon = _last.Values.Any(wait => now - wait.End < wait.Length) || _models.Values.Any(wait => now - wait.End < wait.Length);
        bool longAgo = now - LastFailure > 24 * 60;
        if (longAgo || (!somethingLasts && _last.Count + _models.Count > 0 && !followsSoon)) Restart(now);
        string name = reason.StoredName();
        Errors++;
        Counts[name] = Counts.GetValueOrDefault(name) + 1;
        LastFailure = now;
        if (reason is FailureReason.Billing or FailureReason.AuthPermanent)
        {
            if (DisabledEnd <= now) DisabledEnd = Begin(name, reason, before: 0, now, stated);
            return;
        }
        bool isMissing = reason == FailureReason.ModelNotFound;
        string? alone = reason == FailureReason.RateLimit || isMissing ? model : null;
        bool accountWaits = CooldownEnd > now && _cooldownModel is null;
        bool modelWaits = alone is not null && ((CooldownEnd > now && _cooldownModel == alone) || _models.GetValueOrDefault(alone).End > now);
        if (accountWaits || modelWaits) return;
        int before = alone is not null && _models.TryGetValue(alone, out (long End, long Length, int Step, bool IsMissing) own) && now - own.End < own.Length ? own.Step : 0;
        if (alone is not null && (isMissing || CooldownEnd > now))
        {
            (long length, int step) = stated is { } said ? (said, before) : (Length(reason, before + 1), before + 1);
            _models[alone] = (now + length, length, step, isMissing);
            return;
        }
        // The account's own wait begins; that of one model goes on beside it.
        if (CooldownEnd > now && _last.Remove("cooldown", out (long End, long Length, int Step) aside)) _models[_cooldownModel!] = (aside.End, aside.Length, aside.Step, false);
        if (alone is not null) _models.Remove(alone);
        CooldownEnd = Begin("cooldown", reason, before, now, stated);
        _cooldownModel = alone;
    }

    /// <summary>Until when a request for a model waits, or one without.</summary>
    public long EndFor(string? model)
    {
        long cooldown = model is null || _cooldownModel is null || _cooldownModel == model ? CooldownEnd : 0;
        long own = _models.Where(entry => entry.Key == model || (model is null && !entry.Value.IsMissing)).Select(entry => entry.Value.End).DefaultIfEmpty(0).Max();
        return Math.Max(DisabledEnd, Math.Max(cooldown, own));
    }

    public void Succeed(long now)
    {
        Clear();
        LastUsed = now;
    }

    public void Clear()
    {
        _last.Clear();
        _models.Clear();
        Counts.Clear();
        (Errors, CooldownEnd, DisabledEnd) = (0, 0, 0);
    }

    private void Restart(long now)
    {
        Errors = 0;
        Counts.Clear();
        foreach (string ladder in _last.Where(entry => entry.Value.End <= now).Select(entry => entry.Key).ToList()) _last.Remove(ladder);
        foreach (string model in _models.Where(entry => entry.Value.End <= now).Select(entry => entry.Key).ToList()) _models.Remove(model);
    }

    private long Begin(string ladder, FailureReason reason, int before, long now, long? stated)
    {
        if (_last.TryGetValue(ladder, out (long End, long Length, int Step) last) && now - last.End < last.Length) before = Math.Max(before, last.Step);
        (long length, int step) = stated is { } said ? (said, before) : (Length(reason, before + 1), before + 1);
        _last[ladder] = (now + length, length, step);
        return now + length;
    }

    private static long Length(FailureReason reason, int step) => reason switch
    {
        FailureReason.Billing => Math.Min(24, 5L << Math.Min(step - 1, 10)) * 60,
        FailureReason.AuthPermanent => Math.Min(60, 10L << Math.Min(step - 1, 10)),
        _ => Steps[Math.Min(step, 4) - 1],
    };
}
