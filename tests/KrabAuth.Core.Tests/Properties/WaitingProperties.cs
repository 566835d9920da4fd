using FsCheck;
using FsCheck.Fluent;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Properties;

/// <summary>Whatever happens to a profile, in whatever order, it waits as the rules say.</summary>
public sealed class WaitingProperties
{
    private const long Minute = 60_000;
    private const string Id = "anthropic:a";
    private const string Store = """{ "version": 1, "profiles": { "anthropic:a": { "type": "api_key", "provider": "anthropic", "key": "k" }, "anthropic:b": { "type": "api_key", "provider": "anthropic", "key": "k" } } }""";

    private static readonly FailureReason[] Reasons =
    [
        FailureReason.RateLimit, FailureReason.RateLimit, FailureReason.Billing, FailureReason.Billing, FailureReason.AuthPermanent, FailureReason.Auth, FailureReason.Overloaded, FailureReason.Unknown,
        FailureReason.ModelNotFound,
    ];

    /// <summary>What is asked for: no model, two that fail, and one that never does.</summary>
    private static readonly string?[] Models = [null, "m1", "m2", "m3"];

    public enum What
    {
        Wait,
        Fail,
        Succeed,
        Clear,
    }

    /// <summary>Something that happens.</summary>
    public sealed record Happening(What What, int Minutes, FailureReason Reason, string? Model, int? Stated);

    [Fact]
    public void What_is_written_is_what_the_rules_say() => Property.Holds(Histories(), history =>
    {
        var model = new WaitingModel();
        UsageStats stats = UsageStats.None;
        long now = FrozenClock.VectorNow;
        foreach (Happening happening in history)
        {
            long minutes = (now - FrozenClock.VectorNow) / Minute;
            switch (happening.What)
            {
                case What.Fail:
                    model.Fail(happening.Reason, happening.Model, minutes, happening.Stated);
                    break;
                case What.Succeed:
                    model.Succeed(minutes);
                    break;
                case What.Clear:
                    model.Clear();
                    break;
                default:
                    break;
            }
            (stats, now) = After(stats, now, happening);
            Agree(model, stats, now);
        }
    }, runs: 2000);

    [Fact]
    public void No_wait_changes_while_it_lasts_and_none_lasts_for_ever() => Property.Holds(Histories(), history =>
    {
        UsageStats stats = UsageStats.None;
        long now = FrozenClock.VectorNow;
        foreach (Happening happening in history)
        {
            UsageStats before = stats;
            (stats, now) = After(stats, now, happening);
            if (happening.What is What.Succeed or What.Clear) continue;
            // A new wait of the account takes the place of that of one model, which goes on beside it.
            if (before.CooldownUntil > now && stats.CooldownOnlyOf == before.CooldownOnlyOf) Assert.Equal(before.CooldownUntil, stats.CooldownUntil);
            foreach (string? model in Models.Where(model => before.IsWaiting(now, model))) Assert.True(stats.WaitEnd(model) >= before.WaitEnd(model));
            foreach ((string model, ModelWait wait) in before.ModelWaits.Where(entry => entry.Value.Window.Until > now)) Assert.Equal(wait, stats.ModelWaits[model]);
            if (before.DisabledUntil > now) Assert.Equal(before.DisabledUntil, stats.DisabledUntil);
            Assert.False(stats.UnusableUntil - now > (long)ResetTime.Longest.TotalMilliseconds);
            Assert.False(stats.IsWaiting(stats.UnusableUntil ?? 0));
        }
    });

    [Fact]
    public void What_happens_to_one_model_leaves_the_others_free() => Property.Holds(Histories(), history =>
    {
        UsageStats stats = UsageStats.None;
        long now = FrozenClock.VectorNow;
        foreach (Happening happening in history)
        {
            UsageStats before = stats;
            (stats, now) = After(stats, now, happening);
            bool isOfOne = happening.What == What.Fail && happening.Model is not null && happening.Reason is FailureReason.RateLimit or FailureReason.ModelNotFound;
            if (!isOfOne) continue;
            foreach (string? model in Models.Where(model => model is not null && model != happening.Model)) Assert.Equal(before.IsWaiting(now, model), stats.IsWaiting(now, model));
        }
    });

    [Fact]
    public void What_a_clock_ahead_wrote_is_no_wait() => Property.Holds(Histories(), history =>
    {
        UsageStats stats = UsageStats.None;
        long now = FrozenClock.VectorNow;
        foreach (Happening happening in history) (stats, now) = After(stats, now, happening);
        long before = FrozenClock.VectorNow - (2 * UsageStats.Skew);
        UsageStats seen = stats.At(before);
        Assert.All(Models, model => Assert.False(seen.IsWaiting(before, model)));
        Assert.Same(seen, seen.At(before));
        Assert.Same(stats, stats.At(now));
    });

    [Fact]
    public void Each_failure_counts_once() => Property.Holds(Histories(), history =>
    {
        UsageStats stats = UsageStats.None;
        long now = FrozenClock.VectorNow;
        foreach (Happening happening in history)
        {
            UsageStats before = stats;
            (stats, now) = After(stats, now, happening);
            if (happening.What != What.Fail) continue;
            // The first of a run is number one; each other is one more than the last.
            Assert.True(stats.ErrorCount == before.ErrorCount + 1 || stats.ErrorCount == 1);
            Assert.Equal(stats.ErrorCount, stats.FailureCounts.Values.Sum());
            if (before.UnusableUntil > now && now - before.LastFailureAt <= 24 * 60 * Minute) Assert.Equal(before.ErrorCount + 1, stats.ErrorCount);
        }
    });

    [Fact]
    public void What_a_person_disabled_stays_so() => Property.Holds(Histories(), history =>
    {
        UsageStats stats = UsageStats.None with { DisabledUntil = UsageStats.DisabledForGood, DisabledReason = UsageStats.ManualReason };
        long now = FrozenClock.VectorNow;
        foreach (Happening happening in history)
        {
            (stats, now) = After(stats, now, happening);
            Assert.Equal((UsageStats.DisabledForGood, UsageStats.ManualReason), (stats.DisabledUntil, stats.DisabledReason));
        }
    });

    [Fact]
    public async Task The_file_says_what_the_rules_say()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        foreach (IReadOnlyList<Happening> history in Histories().Generator.Sample(20, 12))
        {
            using var state = TempState.WithStore(Store);
            AuthAgent agent = state.Agent();
            var model = new WaitingModel();
            foreach (Happening happening in history)
            {
                long minutes = (state.Clock.Milliseconds - FrozenClock.VectorNow) / Minute;
                switch (happening.What)
                {
                    case What.Wait:
                        state.Clock.Advance(TimeSpan.FromMinutes(happening.Minutes));
                        break;
                    case What.Fail:
                        model.Fail(happening.Reason, happening.Model, minutes, stated: null);
                        Assert.True((await agent.Usage.RecordFailureAsync(Id, happening.Reason, happening.Model, cancellation)).IsRecorded);
                        break;
                    case What.Succeed:
                        model.Succeed(minutes);
                        await agent.Usage.RecordSuccessAsync(Id, cancellation);
                        break;
                    default:
                        model.Clear();
                        await agent.Usage.ClearAsync(Id, provider: null, cancellation);
                        break;
                }
                Agree(model, state.Agent().Read().Stats(Id), state.Clock.Milliseconds);
            }
        }
    }

    private static void Agree(WaitingModel model, UsageStats stats, long now)
    {
        Assert.Equal(model.Errors, stats.ErrorCount);
        Assert.Equal(model.Counts.OrderBy(count => count.Key), stats.FailureCounts.OrderBy(count => count.Key));
        Assert.Equal(Time(model.LastFailure), stats.LastFailureAt);
        Assert.Equal(Time(model.LastUsed), stats.LastUsed);
        Assert.Equal(Lasting(Time(model.CooldownEnd)), Lasting(stats.CooldownUntil));
        Assert.Equal(Lasting(Time(model.DisabledEnd)), Lasting(stats.DisabledUntil));
        Assert.All(Models, asked => Assert.Equal(Lasting(Time(model.EndFor(asked))), Lasting(stats.WaitEnd(asked))));

        long? Lasting(long? end) => end > now ? end : null;

        static long? Time(long? minutes) => minutes is { } given ? FrozenClock.VectorNow + (given * Minute) : null;
    }

    /// <summary>Through the text of a file each time: what is not written does not count.</summary>
    private static (UsageStats Stats, long Now) After(UsageStats stats, long now, Happening happening)
    {
        UsageStats next = happening.What switch
        {
            What.Fail => Cooldown.Fail(stats, new RecordedFailure(happening.Reason, "anthropic", happening.Model, happening.Stated is { } minutes ? new StatedReset(now + (minutes * Minute), false) : null), now, CooldownSettings.Default),
            What.Succeed => Cooldown.Succeed(stats, CallMark.None, now),
            What.Clear => Cooldown.Clear(stats, includingDisabledByUser: false),
            _ => stats,
        };
        var entry = new System.Text.Json.Nodes.JsonObject();
        UsageWriter.Write(entry, stats);
        UsageWriter.Write(entry, next);
        return (UsageWriter.Read(entry), happening.What == What.Wait ? now + (happening.Minutes * Minute) : now);
    }

    private static Arbitrary<IReadOnlyList<Happening>> Histories()
    {
        Gen<What> what = Gen.Frequency((5, Gen.Constant(What.Fail)), (5, Gen.Constant(What.Wait)), (1, Gen.Constant(What.Succeed)), (1, Gen.Constant(What.Clear)));
        // The edges of the ladders, and what lies between and beyond them.
        Gen<int> minutes = Gen.Elements(0, 1, 1, 2, 4, 5, 5, 6, 9, 10, 24, 25, 30, 49, 60, 61, 120, 299, 300, 301, 600, 1200, 1439, 1440, 1441, 3000);
        Gen<int?> stated = Gen.Frequency((5, Gen.Constant((int?)null)), (1, Gen.Choose(1, 6000).Select(given => (int?)given)));
        Gen<Happening> happening =
            from kind in what
            from time in minutes
            from reason in Gen.Elements(Reasons)
            from model in Gen.Elements(null, "m1", "m2")
            from reset in stated
            select new Happening(kind, time, reason, reason == FailureReason.ModelNotFound ? model ?? "m1" : model, reset);
        return Gen.ListOf(happening).Select(list => (IReadOnlyList<Happening>)[.. list]).ToArbitrary();
    }
}
