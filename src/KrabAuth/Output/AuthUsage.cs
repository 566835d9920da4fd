using KrabAuth.Diagnostics;
using KrabAuth.Storage;

namespace KrabAuth.Output;

/// <summary>How much of one quota of an account is used, with a bar for the table.</summary>
public sealed class AuthUsage
{
    private const int BarWidth = 20;

    private readonly QuotaWindow _window;

    internal AuthUsage(QuotaWindow window) => _window = window;

    /// <summary>The provider.</summary>
    public string Provider => _window.Provider;

    /// <summary>The profile; null for a key of the environment or the configuration.</summary>
    public string? ProfileId => _window.ProfileId;

    /// <summary>The account: the profile, or the provider with where its key comes from.</summary>
    public string Target => _window.ProfileId ?? $"{_window.Provider} ({_window.Label})";

    /// <summary>The plan, where the provider names it.</summary>
    public string? Plan => _window.Plan;

    /// <summary>The name of the window; empty where nothing is known.</summary>
    public string Window => _window.Window;

    /// <summary>The used share in percent; null where there is no limit, or it is not told.</summary>
    public double? UsedPercent => _window.UsedPercent;

    /// <summary>The share that is left, in percent.</summary>
    public double? RemainingPercent => _window.RemainingPercent;

    /// <summary>The used amount.</summary>
    public double? Used => _window.Used;

    /// <summary>The amount that is left.</summary>
    public double? Remaining => _window.Remaining;

    /// <summary>The whole amount.</summary>
    public double? Limit => _window.Limit;

    /// <summary>What the amounts count.</summary>
    public string? Unit => _window.Unit;

    /// <summary>When the window starts anew.</summary>
    public DateTimeOffset? ResetsAt => _window.ResetsAt;

    /// <summary>How long that is from now.</summary>
    public TimeSpan? ResetsIn => _window.ResetsIn;

    /// <summary>The same in one unit.</summary>
    public string ResetsInText => _window.ResetsInText;

    /// <summary>Whether the provider told anything.</summary>
    public bool IsKnown => _window.IsKnown;

    /// <summary>Why nothing is known; empty where something is.</summary>
    public string Reason => _window.Reason;

    /// <summary>What is used and what there is, or why nothing is known.</summary>
    public string Summary => IsKnown ? _window.UsedText : $"unknown: {Reason}";

    /// <summary>The used share as a bar, in ASCII where the console shows nothing else.</summary>
    public string Bar => _window.DrawBar(BarWidth, isAscii: !ConsoleShowsUnicode);

    /// <summary>How much it matters.</summary>
    internal LiveTone Urgency => _window.Tone;

    /// <summary>The agent.</summary>
    public string Agent => _window.Agent;

    /// <summary>The product.</summary>
    public Product Product => _window.Product;

    /// <summary>The state directory.</summary>
    public string StateDirectory => _window.StateDirectory;

    /// <summary>Account, window and what is used of it.</summary>
    public override string ToString() => $"{Target}: {(Window.Length > 0 ? $"{Window}, " : string.Empty)}{Summary}";

    private static bool ConsoleShowsUnicode => Console.OutputEncoding.WebName.StartsWith("utf", StringComparison.OrdinalIgnoreCase);
}
