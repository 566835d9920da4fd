using System.Globalization;
using System.Text.RegularExpressions;

namespace KrabAuth.Routing;

/// <summary>What a failure means.</summary>
/// <param name="Reason">Why; <see langword="null"/> where another profile would fare no better.</param>
/// <param name="Reset">When the provider says that it may be tried again, if it does.</param>
internal sealed record ClassifiedFailure(FailureReason? Reason, StatedReset? Reset);

/// <summary>Makes a reason of what is known of a failure: a shut-down account, else the status, else a code, else the words.</summary>
internal static partial class FailureClassifier
{
    /// <summary>Who writes more than this writes no error message.</summary>
    private const int LongestMessage = 64 * 1024;

    public static ClassifiedFailure Classify(FailureSignal signal, DateTimeOffset now)
    {
        var parts = new List<Part>();
        for (FailureSignal? at = signal; at is not null && parts.Count <= FailureSignal.DeepestCause; at = at.Cause) parts.Add(new Part(at));
        FailureReason? reason = Reason(parts, signal.Provider, FailureTables.BuiltIn);
        return new ClassifiedFailure(reason, reason is { } known ? ResetTime.Find(known, signal, [.. parts.Select(part => part.Body)], now) : null);
    }

    private static FailureReason? Reason(List<Part> parts, string? provider, FailureTables tables)
    {
        List<(FailureReason Reason, bool IsFirst)> codes = [.. parts.SelectMany(part => part.Codes).Select(tables.Code).OfType<(FailureReason, bool)>()];
        bool isTimeout = codes.Any(code => code.Reason == FailureReason.Timeout);
        if (parts.Any(part => part.IsAbort) && !isTimeout) return null;
        foreach ((FailureReason first, bool isFirst) in codes)
        {
            if (isFirst) return first;
        }
        var words = new Words([.. parts.Select(part => part.Said).Where(said => said.Text.Length > 0)], provider, tables);
        int? status = parts.Select(part => part.Status).FirstOrDefault(found => found is not null) ?? words.LeadingStatus();
        if (status is { } given && tables.Status(given) is { } rule && words.OfStatus(rule) is { } verdict) return verdict.Reason;
        return codes.Count > 0 ? codes[0].Reason : words.OfMessages()?.Reason;
    }

    /// <summary>A failure, or what is behind it, with the JSON in its words read once.</summary>
    private sealed class Part(FailureSignal signal)
    {
        public FailureBody Body { get; } = FailureBody.Read(signal.Message);

        public Said Said { get; } = new(Shorten(signal.Message).Trim().ToLowerInvariant(), signal.IsFreeText);

        public bool IsAbort => signal.IsAbort;

        public int? Status => signal.Status ?? Body.Status;

        public IEnumerable<string> Codes => signal.Code is null ? Body.Codes : Body.Codes.Prepend(signal.Code);

        private static string Shorten(string? text) => text is null ? string.Empty : text[..Math.Min(text.Length, LongestMessage)];
    }

    /// <summary>What was said, in lower case, and whether a program said it in its own words.</summary>
    private readonly record struct Said(string Text, bool IsFree);

    /// <summary>A reason, or that there is none to be had: a found "nothing" ends the search.</summary>
    private sealed record Verdict(FailureReason? Reason);

    /// <summary>What was said, outermost first.</summary>
    private sealed class Words(IReadOnlyList<Said> texts, string? provider, FailureTables tables)
    {
        public int? LeadingStatus()
        {
            foreach ((string text, bool isFree) in texts)
            {
                if ((isFree ? LeadingWithWord() : Leading()).Match(text) is { Success: true } match) return int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            }
            return null;
        }

        public Verdict? OfStatus(StatusRule rule)
        {
            if (rule.IsPayment) return texts.Select(OfPayment).FirstOrDefault() ?? new Verdict(rule.Else);
            if (rule.NeedsMessage && texts.Count == 0) return null;
            foreach (string name in rule.Groups)
            {
                WordGroup group = tables.Group(name);
                if (texts.Any(said => !IsExcepted(rule, said.Text) && group.Matches(said.Text, provider, said.IsFree, tables, isOfStatus: true))) return new Verdict(group.Reason);
            }
            if (rule.Keep.Count > 0 && OfMessages() is { } said && rule.Keep.Contains(said.Reason?.StoredName() ?? "none")) return said;
            return rule.Else is null ? null : new Verdict(rule.Else);
        }

        public Verdict? OfMessages()
        {
            foreach (Said said in texts)
            {
                if (tables.Messages.FirstOrDefault(group => Matches(group, said)) is { } found) return found.IsPayment ? OfPayment(said) : new Verdict(found.Reason);
            }
            return null;
        }

        private bool Matches(WordGroup group, Said said) => group.Matches(said.Text, provider, said.IsFree, tables);

        private Verdict OfPayment(Said said)
            => new(tables.PaymentGroups.FirstOrDefault(group => Matches(group, said)) is { } found ? found.Reason : FailureReason.Billing);

        private bool IsExcepted(StatusRule rule, string text) => rule.Except is { } except
            && text.Contains(except.Text, StringComparison.Ordinal)
            && !except.Providers.Any(name => ProviderId.Same(name, provider))
            && !text.Contains(except.Unless, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^(?:error: *)?(?:http *)?([45][0-9]{2})(?:[: ]|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Leading();

    /// <summary>A program that counts its files begins a line with a number too.</summary>
    [GeneratedRegex(@"^(?:error: *(?:http *)?|http *)([45][0-9]{2})(?:[: ]|$)", RegexOptions.CultureInvariant)]
    private static partial Regex LeadingWithWord();
}
