using System.Text.Json;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Providers;

/// <summary>Reads the requests of a provider's definition: <c>probe</c> and <c>usage</c>.</summary>
internal static class ProviderRequestReader
{
    /// <summary>What most providers take.</summary>
    private const string ChatBody = """{"model":"{model}","max_tokens":"{maxTokens}","messages":[{"role":"user","content":"{prompt}"}]}""";

    private const string ModelPlaceholder = "{model}";

    /// <exception cref="FormatException">A value is not what it must be; the message says which.</exception>
    public static ProbeSettings ReadProbe(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement? probe = document.RootElement;
        ProviderRequest request = ReadRequest(probe, HttpMethod.Post);
        bool needsModel = request.Url.Contains(ModelPlaceholder, StringComparison.Ordinal) || request.Body?.Contains(ModelPlaceholder, StringComparison.Ordinal) == true;
        return new ProbeSettings(request, probe.Text("model"), needsModel, (int)Math.Clamp(probe.Number("minimumTokens") ?? 1, 1, 4096), probe.Object("exhausted") is { } rule ? ReadExhaustion(rule) : null);
    }

    /// <exception cref="FormatException">A value is not what it must be; the message says which.</exception>
    public static UsageSettings ReadUsage(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement? usage = document.RootElement;
        List<UsageWindowRule> windows = [.. usage.Objects("windows").Select(item => ReadWindow(item.Value))];
        return windows.Count > 0
            ? new UsageSettings(ReadRequest(usage, HttpMethod.Get), usage.Text("plan"), windows)
            : throw new FormatException("\"usage\" needs \"windows\"");
    }

    private static ProviderRequest ReadRequest(JsonElement? request, HttpMethod usual)
    {
        HttpMethod method = request.Text("method") switch
        {
            null => usual,
            "GET" => HttpMethod.Get,
            "POST" => HttpMethod.Post,
            _ => throw new FormatException("\"method\" is GET or POST"),
        };
        string url = request.Text("url") ?? throw new FormatException("\"url\" is missing");
        string example = url.Replace(ModelPlaceholder, "model", StringComparison.Ordinal);
        if (example.Contains('{', StringComparison.Ordinal) || !Uri.TryCreate(example, UriKind.Absolute, out Uri? uri) || !ServerMetadata.IsAllowed(uri, uri))
        {
            throw new FormatException("\"url\" is no https address (http is for this machine alone), or has another placeholder than {model}");
        }
        // In the host it would let a model's name decide who gets the credential.
        if (Uri.TryCreate(url.Replace(ModelPlaceholder, "other", StringComparison.Ordinal), UriKind.Absolute, out Uri? other) && other.Authority != uri.Authority)
        {
            throw new FormatException("\"url\" has {model} in its host");
        }
        return new ProviderRequest
        {
            Method = method,
            Url = url,
            Headers = request.Object("headers").Members().ToDictionary(member => member.Name, member => member.Value.GetString() ?? string.Empty),
            Body = request.Object("body")?.GetRawText() ?? (method == HttpMethod.Post ? ChatBody : null),
            NotFor = request.Object("notFor").Members().ToDictionary(member => ReadKind(member.Name), member => member.Value.GetString() ?? string.Empty),
            Success = request.Object("success") is { } rule ? ReadSuccess(rule) : null,
        };
    }

    private static SuccessRule ReadSuccess(JsonElement? rule) => new(
        rule.Text("at") ?? throw new FormatException("\"success\" needs \"at\""),
        rule.Member("is")?.GetRawText() ?? throw new FormatException("\"success\" needs \"is\""),
        rule.Text("message"));

    private static ExhaustionRule ReadExhaustion(JsonElement? rule) => new(
        rule.Text("at") ?? throw new FormatException("\"exhausted\" needs \"at\""),
        rule.Member("is")?.GetRawText() ?? throw new FormatException("\"exhausted\" needs \"is\""),
        rule.Text("reason") ?? "rate_limit");

    private static UsageWindowRule ReadWindow(JsonElement? window) => new()
    {
        At = window.Text("at") ?? throw new FormatException("a window needs \"at\""),
        Where = Values(window.Object("where")),
        Unless = Values(window.Object("unless")),
        Label = window.Text("label"),
        LabelAt = window.Text("labelAt"),
        SecondsAt = window.Text("secondsAt"),
        UsedPercent = window.Text("usedPercent"),
        RemainingPercent = window.Text("remainingPercent"),
        RemainingFraction = window.Text("remainingFraction"),
        Used = window.Text("used"),
        Remaining = window.Text("remaining"),
        Limit = window.Text("limit"),
        Unit = window.Text("unit"),
        UnitAt = window.Text("unitAt"),
        ResetsAt = window.Text("resetsAt"),
    };

    private static Dictionary<string, string> Values(JsonElement? members) => members.Members().ToDictionary(member => member.Name, member => member.Value.GetRawText());

    private static CredentialType ReadKind(string name) => name switch
    {
        "apiKey" => CredentialType.ApiKey,
        "token" => CredentialType.Token,
        "oauth" => CredentialType.OAuth,
        _ => throw new FormatException($"\"notFor\" names {name}; it can name apiKey, token and oauth"),
    };
}
