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

    public int Errors { get; private set; }

    public Dictionary<string, int> Counts { get; } = [];

    public long? LastFailure { get; private set; }

    public long? LastUsed { get; private set; }

    /// <summary>The end of the short wait; 0 for none.</summary>
    public long CooldownEnd { get; private set; }

    /// <summary>The end of the long wait; 0 for none.</summary>
    public long DisabledEnd { get; private set; }

    public void Fail(FailureReason reason, long now, long? stated)
    {
        bool somethingLasts = CooldownEnd > now || DisabledEnd > now;
        bool followsSoon = _last.Values.Any(wait => now - wait.End < wait.Length);
        bool longAgo = now - LastFailure > 24 * 60;
        if (longAgo || (!somethingLasts && _last.Count > 0 && !followsSoon)) Restart(now);
        string name = reason.StoredName();
        Errors++;
        Counts[name] = Counts.GetValueOrDefault(name) + 1;
        LastFailure = now;
        bool disables = reason is FailureReason.Billing or FailureReason.AuthPermanent;
        if ((disables ? DisabledEnd : CooldownEnd) > now) return;
        string ladder = disables ? name : "cooldown";
        int before = _last.TryGetValue(ladder, out (long End, long Length, int Step) last) && now - last.End < last.Length ? last.Step : 0;
        (long length, int step) = stated is { } said ? (said, before) : (Length(reason, before + 1), before + 1);
        _last[ladder] = (now + length, length, step);
        if (disables) DisabledEnd = now + length;
        else CooldownEnd = now + length;
    }

    public void Succeed(long now)
    {
        Clear();
        LastUsed = now;
    }

    public void Clear()
    {
        _last.Clear();
        Counts.Clear();
        (Errors, CooldownEnd, DisabledEnd) = (0, 0, 0);
    }

    private void Restart(long now)
    {
        Errors = 0;
        Counts.Clear();
        foreach (string ladder in _last.Where(entry => entry.Value.End <= now).Select(entry => entry.Key).ToList()) _last.Remove(ladder);
    }

    private static long Length(FailureReason reason, int step) => reason switch
    {
        FailureReason.Billing => Math.Min(24, 5L << Math.Min(step - 1, 10)) * 60,
        FailureReason.AuthPermanent => Math.Min(60, 10L << Math.Min(step - 1, 10)),
        _ => Steps[Math.Min(step, 4) - 1],
    };
}
