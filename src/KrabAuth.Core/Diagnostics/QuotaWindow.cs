using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics;

/// <summary>How much of one quota of an account is used, as its provider tells it. Holds no secret.</summary>
public sealed record QuotaWindow
{
    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The profile; <see langword="null"/> for a key of the environment or the configuration.</summary>
    public string? ProfileId { get; init; }

    /// <summary>The profile for people, or where the key comes from.</summary>
    public required string Label { get; init; }

    /// <summary>The plan, where the provider names it.</summary>
    public string? Plan { get; init; }

    /// <summary>The name of the window, such as <c>5h</c>, <c>7d</c> or a model; empty where nothing is known.</summary>
    public string Window { get; init; } = string.Empty;

    /// <summary>The used share in percent, from 0 to 100; <see langword="null"/> where there is no limit, or it is not told.</summary>
    public double? UsedPercent { get; init; }

    /// <summary>The share that is left, in percent.</summary>
    public double? RemainingPercent => 100 - UsedPercent;

    /// <summary>The used amount, counted in <see cref="Unit"/>.</summary>
    public double? Used { get; init; }

    /// <summary>The amount that is left, counted in <see cref="Unit"/>.</summary>
    public double? Remaining { get; init; }

    /// <summary>The whole amount, counted in <see cref="Unit"/>.</summary>
    public double? Limit { get; init; }

    /// <summary>What the amounts count; <see langword="null"/> where they are not told.</summary>
    public string? Unit { get; init; }

    /// <summary>When the window starts anew.</summary>
    public DateTimeOffset? ResetsAt { get; init; }

    /// <summary>How long that is from now; negative when it is past.</summary>
    public TimeSpan? ResetsIn { get; init; }

    /// <summary>Why nothing is known; empty where something is.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>Whether the provider told anything.</summary>
    public bool IsKnown => Reason.Length == 0;

    /// <summary>The agent.</summary>
    public required string Agent { get; init; }

    /// <summary>The product.</summary>
    public required Product Product { get; init; }

    /// <summary>The state directory.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>What is used and what there is, in one text: <c>42%</c>, <c>446 of 1500</c>, <c>4.90 USD left</c>, <c>unknown</c>.</summary>
    public string UsedText
    {
        get
        {
            string unit = Unit is null ? string.Empty : $" {Unit}";
            return this switch
            {
                { IsKnown: false } => "unknown",
                { Used: { } used, Limit: { } limit } => $"{QuotaText.Amount(used)} of {QuotaText.Amount(limit)}{unit}",
                { UsedPercent: { } percent } => $"{QuotaText.Percent(percent)} used",
                { Remaining: { } left } => $"{QuotaText.Amount(left)}{unit} left",
                { Used: { } spent } => $"{QuotaText.Amount(spent)}{unit} used",
                _ => "unknown",
            };
        }
    }

    /// <summary>How much it matters; the same in every table, page and view.</summary>
    public LiveTone Tone => UsedPercent switch { >= 90 => LiveTone.Bad, >= 70 => LiveTone.Warn, null => LiveTone.Plain, _ => LiveTone.Good };

    /// <summary>How long until the reset, in one unit; empty where there is none.</summary>
    public string ResetsInText => ResetsIn is { } left ? DurationText.Remaining((long)left.TotalMilliseconds) : string.Empty;

    /// <summary>Draws the used share.</summary>
    /// <param name="width">How many characters it takes.</param>
    /// <param name="isAscii">Whether nothing but ASCII can be shown.</param>
    /// <returns>The bar, empty where the share is not known.</returns>
    public string DrawBar(int width, bool isAscii) => UsedPercent is { } percent ? QuotaText.Bar(percent, width, isAscii) : string.Empty;
}

/// <summary>What to ask providers about quotas, and within which limits.</summary>
public sealed record UsageOptions
{
    /// <summary>Only these providers; all without it.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>Only these profiles; all without it.</summary>
    public IReadOnlyList<string> ProfileIds { get; init; } = [];

    /// <summary>How long one answer may take, the renewal of a token included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How many are asked at a time.</summary>
    public int Concurrency { get; init; } = 4;
}
