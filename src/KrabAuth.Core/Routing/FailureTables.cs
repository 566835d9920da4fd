using System.Text.Json;
using System.Text.RegularExpressions;
using KrabAuth.Storage;

namespace KrabAuth.Routing;

/// <summary>Words by which a kind of failure is known. Texts are in lower case; so must be what is matched.</summary>
internal sealed class WordGroup
{
    // What providers say is somebody else's text: the time that an expression takes must not depend on it.
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private readonly IReadOnlyList<string> _texts;
    private readonly IReadOnlyList<string> _providers;
    private readonly string? _sameAs;
    private readonly Lazy<Regex[]> _patterns;
    private readonly Lazy<Regex[][]> _all;
    private readonly Lazy<Regex[]> _bare;
    private readonly Lazy<Regex[][]> _bareAll;
    private readonly Lazy<Regex[]> _unless;

    /// <param name="element">The group.</param>
    /// <param name="context">The words that make an HTTP status of the number behind them: what <see cref="StatusPlace"/> stands for.</param>
    public WordGroup(JsonElement element, string context)
    {
        JsonElement? group = element;
        Name = group.Text("name")!;
        Reason = FailureReasons.Parse(group.Text("reason"));
        IsPayment = group.Member("payment") is { ValueKind: JsonValueKind.True };
        _texts = group.Texts("texts");
        _providers = group.Texts("providers");
        _sameAs = group.Text("sameAs");
        // Made when the group is first asked: most failures are known by an early one.
        _patterns = One("patterns");
        _bare = One("bare");
        _unless = One("unless");
        _all = Lists("all");
        _bareAll = Lists("bareAll");

        Lazy<Regex[]> One(string name)
        {
            IReadOnlyList<string> patterns = group.Texts(name);
            return new(() => [.. patterns.Select(Expand)]);
        }

        Lazy<Regex[][]> Lists(string name)
        {
            List<IReadOnlyList<string>> lists = group.Member(name) is { } found ? [.. found.EnumerateArray().Select(static list => list.Texts())] : [];
            return new(() => [.. lists.Select(list => list.Select(Expand).ToArray())]);
        }

        Regex Expand(string pattern) => Compile(pattern.Replace(StatusPlace, context, StringComparison.Ordinal));
    }

    /// <summary>What stands in a pattern in front of a number that must be an HTTP status.</summary>
    public const string StatusPlace = "<status>";

    public string Name { get; }

    /// <summary>The reason that it stands for; <see langword="null"/> for a failure that another profile would not help.</summary>
    public FailureReason? Reason { get; }

    /// <summary>Whether the rules for an answer that asks for payment give the reason.</summary>
    public bool IsPayment { get; }

    /// <param name="text">What was said.</param>
    /// <param name="provider">Who is asked, if known.</param>
    /// <param name="isFree">Whether a program said it in its own words: what is bare of a status does not count then.</param>
    /// <param name="tables">The other groups.</param>
    /// <param name="isOfStatus">Whether the status is known: what keeps a message from being taken for this kind does not count then.</param>
    public bool Matches(string text, string? provider, bool isFree, FailureTables tables, bool isOfStatus = false)
    {
        if (_providers.Count > 0 && !_providers.Any(name => ProviderId.Same(name, provider))) return false;
        if (_sameAs is not null) return tables.Group(_sameAs).Matches(text, provider, isFree, tables);
        bool found = _texts.Any(words => text.Contains(words, StringComparison.Ordinal))
            || _patterns.Value.Any(pattern => pattern.IsMatch(text))
            || _all.Value.Any(list => list.All(pattern => pattern.IsMatch(text)))
            || (!isFree && (_bare.Value.Any(pattern => pattern.IsMatch(text)) || _bareAll.Value.Any(list => list.All(pattern => pattern.IsMatch(text)))));
        return found && (isOfStatus || !_unless.Value.Any(pattern => pattern.IsMatch(text)));
    }

    public static Regex Compile(string pattern) => new(pattern, Linear);
}

/// <summary>What an HTTP status means.</summary>
internal sealed record StatusRule
{
    /// <summary>The statuses.</summary>
    public required IReadOnlyList<int> Statuses { get; init; }

    /// <summary>Whether the rules for an answer that asks for payment decide.</summary>
    public bool IsPayment { get; init; }

    /// <summary>Groups that win over the status, first to last.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Words that are no reason to look at the groups, unless the provider means them or the text says more.</summary>
    public (string Text, IReadOnlyList<string> Providers, string Unless)? Except { get; init; }

    /// <summary>What the words may say to win over the status; <c>none</c> is a failure that another profile would not help.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>Whether the status alone means nothing.</summary>
    public bool NeedsMessage { get; init; }

    /// <summary>What it means else.</summary>
    public FailureReason? Else { get; init; }
}

/// <summary>The tables of <c>failures.json</c>, read when the first failure is classified.</summary>
internal sealed class FailureTables
{
    private static readonly Lazy<FailureTables> Embedded = new(Load);

    private readonly Dictionary<int, StatusRule> _statuses = [];
    private readonly Dictionary<string, (FailureReason Reason, bool IsFirst)> _codes = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, WordGroup> _groups = new(StringComparer.Ordinal);

    private readonly string _context;

    private FailureTables(JsonElement? root)
    {
        foreach (JsonMember entry in root.Objects("codes"))
        {
            JsonElement? value = entry.Value;
            foreach (string code in value.Texts("codes")) _codes.Add(code, (FailureReasons.Parse(value.Text("reason"))!.Value, value.Member("first") is { ValueKind: JsonValueKind.True }));
        }
        foreach (JsonMember entry in root.Objects("statuses"))
        {
            StatusRule rule = ReadStatus(entry.Value);
            foreach (int status in rule.Statuses) _statuses.Add(status, rule);
        }
        _context = root.Text("context")!;
        Messages = ReadGroups(root, "messages");
        PaymentGroups = ReadGroups(root, "payment");
        foreach (WordGroup group in Messages.Concat(ReadGroups(root, "named"))) _groups.Add(group.Name, group);
    }

    public static FailureTables BuiltIn => Embedded.Value;

    /// <summary>What words mean, the first that matches.</summary>
    public IReadOnlyList<WordGroup> Messages { get; }

    /// <summary>The same for an answer that asks for payment, which providers also send when a quota of a day is used up.</summary>
    public IReadOnlyList<WordGroup> PaymentGroups { get; }

    public StatusRule? Status(int status) => _statuses.GetValueOrDefault(status);

    public (FailureReason Reason, bool IsFirst)? Code(string code) => _codes.TryGetValue(code, out (FailureReason, bool) found) ? found : null;

    public WordGroup Group(string name) => _groups[name];

    private static StatusRule ReadStatus(JsonElement element)
    {
        JsonElement? value = element;
        JsonElement? except = value.Object("except");
        return new StatusRule
        {
            Statuses = [.. element.GetProperty("statuses").EnumerateArray().Select(static status => status.GetInt32())],
            IsPayment = value.Member("payment") is { ValueKind: JsonValueKind.True },
            Groups = value.Texts("groups"),
            Except = except is null ? null : (except.Text("text")!, except.Texts("providers"), except.Text("unless")!),
            Keep = value.Texts("keep"),
            NeedsMessage = value.Member("needsMessage") is { ValueKind: JsonValueKind.True },
            Else = FailureReasons.Parse(value.Text("else")),
        };
    }

    private List<WordGroup> ReadGroups(JsonElement? parent, string name) => [.. parent.Objects(name).Select(member => new WordGroup(member.Value, _context))];

    /// <summary>Reads the tables that are built in, anew.</summary>
    internal static FailureTables Load()
    {
        using Stream stream = typeof(FailureTables).Assembly.GetManifestResourceStream("failures.json")!;
        return Read(stream);
    }

    /// <summary>Reads tables.</summary>
    internal static FailureTables Read(Stream stream)
    {
        using JsonDocument document = JsonDocument.Parse(stream);
        return new FailureTables(document.RootElement);
    }
}
