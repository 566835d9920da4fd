using KrabAuth.Profiles;

namespace KrabAuth.Providers;

/// <summary>A request to a provider's own API, as data: where it goes, what it says, for which credentials it is.</summary>
internal sealed record ProviderRequest
{
    /// <summary>The HTTP method.</summary>
    public required HttpMethod Method { get; init; }

    /// <summary>The address, with <c>{model}</c> where the model goes. Nothing else is filled in: an address ends up in logs.</summary>
    public required string Url { get; init; }

    /// <summary>Headers beside those that carry the credential.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The JSON body, with <c>{model}</c>, <c>{prompt}</c> and <c>{maxTokens}</c>; none without it.</summary>
    public string? Body { get; init; }

    /// <summary>The kinds of credential for which nothing is sent, and why.</summary>
    public IReadOnlyDictionary<CredentialType, string> NotFor { get; init; } = new Dictionary<CredentialType, string>();

    /// <summary>What an answer with a good status says if it is good; some providers state errors with status 200.</summary>
    public SuccessRule? Success { get; init; }
}

/// <summary>How a provider says in the body that a request went well.</summary>
/// <param name="At">Where.</param>
/// <param name="Is">What stands there then, as JSON text.</param>
/// <param name="Message">Where the provider's words are if it did not.</param>
internal sealed record SuccessRule(string At, string Is, string? Message);

/// <summary>How a good answer says that the credential cannot be used for now all the same.</summary>
/// <param name="At">Where.</param>
/// <param name="Is">What stands there then, as JSON text.</param>
/// <param name="Reason">Why it cannot be used, as failures are classified.</param>
internal sealed record ExhaustionRule(string At, string Is, string Reason);

/// <summary>The cheapest request that shows whether a credential works.</summary>
/// <param name="Request">The request.</param>
/// <param name="Model">The model where the configuration names none; null where there is none to ask.</param>
/// <param name="NeedsModel">Whether the request names a model.</param>
/// <param name="MinimumTokens">The least that the provider accepts as a limit of the answer.</param>
/// <param name="Exhausted">How a good answer says that the quota is used up.</param>
internal sealed record ProbeSettings(ProviderRequest Request, string? Model, bool NeedsModel, int MinimumTokens, ExhaustionRule? Exhausted);

/// <summary>Where a provider tells how much of a quota is used.</summary>
/// <param name="Request">The request.</param>
/// <param name="PlanAt">Where the answer names the plan.</param>
/// <param name="Windows">Where the answer has its numbers.</param>
internal sealed record UsageSettings(ProviderRequest Request, string? PlanAt, IReadOnlyList<UsageWindowRule> Windows);

/// <summary>
/// Where one quota window, or several of one form, stand in an answer. Paths are those of <see cref="JsonPath"/>, seen from
/// the window.
/// </summary>
internal sealed record UsageWindowRule
{
    /// <summary>Where the window is; a <c>*</c> in it means several.</summary>
    public required string At { get; init; }

    /// <summary>Members that it must have, as JSON text.</summary>
    public IReadOnlyDictionary<string, string> Where { get; init; } = new Dictionary<string, string>();

    /// <summary>Members by which it is left out, as JSON text.</summary>
    public IReadOnlyDictionary<string, string> Unless { get; init; } = new Dictionary<string, string>();

    /// <summary>Its name for people.</summary>
    public string? Label { get; init; }

    /// <summary>Where its name is.</summary>
    public string? LabelAt { get; init; }

    /// <summary>Where its length in seconds is: the name, where neither of the others gives one.</summary>
    public string? SecondsAt { get; init; }

    /// <summary>Where the used share is, in percent.</summary>
    public string? UsedPercent { get; init; }

    /// <summary>Where the share that is left is, in percent.</summary>
    public string? RemainingPercent { get; init; }

    /// <summary>Where the share that is left is, from 0 to 1.</summary>
    public string? RemainingFraction { get; init; }

    /// <summary>Where the used amount is.</summary>
    public string? Used { get; init; }

    /// <summary>Where the amount that is left is.</summary>
    public string? Remaining { get; init; }

    /// <summary>Where the whole amount is.</summary>
    public string? Limit { get; init; }

    /// <summary>What the amounts count.</summary>
    public string? Unit { get; init; }

    /// <summary>Where it stands what the amounts count.</summary>
    public string? UnitAt { get; init; }

    /// <summary>Where the moment of the reset is: a date, or a number of seconds or milliseconds since 1970.</summary>
    public string? ResetsAt { get; init; }
}
