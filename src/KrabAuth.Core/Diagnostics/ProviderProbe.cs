using System.Text.Json;
using KrabAuth.Agents;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics;

/// <summary>Tries credentials with the cheapest request that each provider has. Nothing is recorded: a probe is a question, not a use.</summary>
internal sealed class ProviderProbe(AuthAgent agent, ProbeOptions options, IProgress<ProbeProgress>? progress)
{
    private const string Prompt = "Reply with OK. Do not use tools.";

    private readonly ModelUsage _models = new(agent.Workspace.Config, agent);
    private int _completed;

    public async Task<ProbeReport> RunAsync(CancellationToken cancellationToken)
    {
        TimeProvider clock = agent.Workspace.Options.Clock;
        DateTimeOffset startedAt = clock.GetUtcNow();
        long start = clock.GetTimestamp();
        AuthStore store = agent.Read();
        foreach (string id in options.ProfileIds.Where(id => !store.TryGet(id, out _))) agent.Workspace.Log.Warning($"There is no auth profile \"{ProfileId.ForDisplay(id)}\" to be probed.");
        List<Job> jobs = [.. ProviderTarget.All(agent, options.Providers, options.ProfileIds).Select(Plan)];
        List<Job> open = [.. jobs.Where(job => job.Result is null)];
        progress?.Report(new ProbeProgress(0, open.Count, null));
        using (var caller = new ProviderCaller(agent, options.Timeout))
        {
            var limit = new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(open, limit, async (job, token) =>
            {
                progress?.Report(new ProbeProgress(Volatile.Read(ref _completed), open.Count, $"Probing {job.Target.Provider}{(job.Target.ProfileId is null ? string.Empty : $" ({job.Target.Label})")}"));
                job.Result = await TryAsync(job, caller, token).ConfigureAwait(false);
                progress?.Report(new ProbeProgress(Interlocked.Increment(ref _completed), open.Count, null));
            }).ConfigureAwait(false);
        }
        return new ProbeReport(startedAt, clock.GetElapsedTime(start), open.Count, options, [.. jobs.Select(job => job.Result!)]);
    }

    /// <summary>Decides what is asked for a target; where nothing is, the result is there at once.</summary>
    private Job Plan(ProviderTarget target)
    {
        var job = new Job(target);
        try
        {
            ProbeSettings? settings = agent.Workspace.Registry.Find(target.Provider)?.ReadProbe();
            string? model = _models.FirstModelOf(target.Provider) ?? settings?.Model;
            job.Model = settings is { NeedsModel: false } || model is null ? null : model;
            job.Settings = settings;
            Refusal? refusal = target.Refusal
                ?? (settings is null ? new Refusal("no_probe", "Not probed: no request is known that would try it.")
                : target.RefusalOf(settings.Request) is { } own ? own with { Text = $"Not probed: {own.Text}." }
                : null);
            if (refusal is not null) job.Result = Skip(job, ProbeStatus.Unknown, refusal);
            else if (settings!.NeedsModel && model is null) job.Result = Skip(job, ProbeStatus.NoModel, new Refusal("no_model", "No model available for probe"));
        }
        catch (KrabAuthException e)
        {
            job.Result = Fail(job, e);
        }
        return job;
    }

    private async Task<ProbeResult> TryAsync(Job job, ProviderCaller caller, CancellationToken cancellationToken)
    {
        try
        {
            ProbeSettings settings = job.Settings!;
            var values = new CallValues(job.Model, Prompt, Math.Max(options.MaxTokens, settings.MinimumTokens));
            CallResult result = await caller.CallAsync(job.Target, settings.Request, values, cancellationToken).ConfigureAwait(false);
            if (result.Answer is not { } answer) return Failed(job, result);
            using (answer)
            {
                JsonElement root = answer.RootElement;
                return settings.Exhausted is { } rule && JsonPath.Is(JsonPath.One(root, root, rule.At), rule.Is)
                    ? Result(job, ProbeStatuses.FromReason(rule.Reason)) with { ReasonCode = rule.Reason, Error = "The provider takes the credential, and says that what it may use is used up.", Latency = result.Latency }
                    : Result(job, ProbeStatus.Ok) with { Latency = result.Latency };
            }
        }
        catch (KrabAuthException e)
        {
            return Fail(job, e);
        }
    }

    private ProbeResult Failed(Job job, CallResult result)
    {
        string? reason = ReasonOf(job, result.Error!);
        return Result(job, ProbeStatuses.FromReason(reason)) with { ReasonCode = reason, Error = result.Error!.ToString(), Latency = result.Latency };
    }

    /// <summary>Why a request failed, as failures of calls are classified.</summary>
    private string? ReasonOf(Job job, OAuthError error)
    {
        if (error.Code is "timeout" or "network") return FailureReason.Timeout.StoredName();
        bool isStatus = error.Code.StartsWith("http_", StringComparison.Ordinal);
        var signal = new FailureSignal
        {
            Status = error.StatusCode,
            Code = isStatus ? null : error.Code,
            Message = isStatus ? error.Description : error.ToString(),
            Provider = job.Target.Provider,
        };
        return FailureClassifier.Classify(signal, agent.Workspace.Now).Reason?.StoredName();
    }

    private static ProbeResult Skip(Job job, ProbeStatus status, Refusal refusal) => Result(job, status) with { ReasonCode = refusal.Code, Error = refusal.Text, IsSkipped = true };

    /// <summary>The credential could not be had, so that nothing was sent.</summary>
    private static ProbeResult Fail(Job job, KrabAuthException e) => e.ErrorId switch
    {
        "SignInNeeded" => Result(job, ProbeStatus.Auth) with { ReasonCode = ReasonCodes.SignInNeeded, Error = e.Message },
        "SecretReferenceUnresolved" or "SecretReferenceRefused" => Result(job, ProbeStatus.Unknown) with { ReasonCode = "unresolved_ref", Error = e.Message },
        _ => Result(job, ProbeStatus.Unknown) with { ReasonCode = e.ErrorId, Error = e.Message },
    };

    private static ProbeResult Result(Job job, ProbeStatus status) => new()
    {
        Provider = job.Target.Provider,
        Model = job.Model is null ? null : $"{job.Target.Provider}/{job.Model}",
        ProfileId = job.Target.ProfileId,
        Label = job.Target.Label,
        Source = job.Target.Source,
        Mode = job.Target.Type,
        Status = status,
    };

    private sealed class Job(ProviderTarget target)
    {
        public ProviderTarget Target { get; } = target;

        public ProbeSettings? Settings { get; set; }

        public string? Model { get; set; }

        public ProbeResult? Result { get; set; }
    }
}
