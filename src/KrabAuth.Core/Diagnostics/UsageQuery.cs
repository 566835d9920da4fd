
using KrabAuth.Routing;

namespace KrabAuth.Diagnostics;

/// <summary>Asks providers how much of their quotas is used, account by account.</summary>
internal sealed class UsageQuery(AuthAgent agent, UsageOptions options)
{
    /// <exception cref="KrabAuthException"><c>ProfileNotFound</c>: a profile that is named does not exist.</exception>
    public async Task<IReadOnlyList<QuotaWindow>> RunAsync(CancellationToken cancellationToken)
    {
        foreach (string id in options.ProfileIds) agent.Profiles.Get(id);
        IReadOnlyList<ProviderTarget> targets = ProviderTarget.All(agent, options.Providers, options.ProfileIds);
        var found = new IReadOnlyList<QuotaWindow>[targets.Count];
        using (var caller = new ProviderCaller(agent, options.Timeout))
        {
            var limit = new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(Enumerable.Range(0, targets.Count), limit, async (index, token) =>
            {
                found[index] = await AskAsync(targets[index], caller, token).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        return [.. found.SelectMany(windows => windows)];
    }

    private async Task<IReadOnlyList<QuotaWindow>> AskAsync(ProviderTarget target, ProviderCaller caller, CancellationToken cancellationToken)
    {
        var owner = new QuotaWindow
        {
            Provider = target.Provider,
            ProfileId = target.ProfileId,
            Label = target.Label,
            Agent = agent.Id,
            Product = agent.Workspace.Product,
            StateDirectory = agent.Workspace.State.Root,
        };
        try
        {
            // An order that leaves a profile out does not change what its account has used.
            if (target.Refusal is { } refusal && refusal.Code != ReasonCodes.ExcludedByOrder) return [owner with { Reason = target.IsIneligible ? $"The profile cannot be used: {ReasonCodes.Describe(refusal.Code)} [{refusal.Code}]." : refusal.Text }];
            if (agent.Workspace.Registry.Find(target.Provider)?.ReadUsage() is not { } settings) return [owner with { Reason = "The provider tells no quota to its users' programs, or none is known to KrabAuth." }];
            if (target.RefusalOf(settings.Request) is { } own) return [owner with { Reason = $"Not asked: {own.Text}." }];
            CallResult result = await caller.CallAsync(target, settings.Request, new CallValues(), cancellationToken).ConfigureAwait(false);
            if (result.Answer is not { } answer) return [owner with { Reason = $"The provider did not tell: {result.Error!.ToString().TrimEnd('.')}." }];
            using (answer)
            {
                IReadOnlyList<QuotaWindow> windows = UsageAnswer.Read(answer.RootElement, settings, owner, agent.Workspace.Now);
                return windows.Count > 0 ? windows : [owner with { Reason = "The answer of the provider has no quota in it; the account may have none." }];
            }
        }
        catch (KrabAuthException e)
        {
            return [owner with { Reason = e.Message }];
        }
    }
}
