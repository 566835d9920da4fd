using System.Text.RegularExpressions;

namespace KrabAuth.Routing;

/// <summary>
/// A model, and perhaps a profile to use it with: <c>opus@anthropic:work</c>, <c>openai-codex/gpt-5@openai-codex:me@x.com</c>.
/// The profile begins behind the first <c>@</c> after the last slash; a date (<c>@20251001</c>) or a quantisation (<c>@q4_k_m</c>)
/// belongs to the model.
/// </summary>
/// <param name="Model">The model, as written.</param>
/// <param name="ProfileId">The profile, if one is named.</param>
public sealed partial record ModelReference(string Model, string? ProfileId = null)
{
    /// <summary>Splits a text; every text is a reference.</summary>
    public static ModelReference Parse(string text)
    {
        string trimmed = text.Trim();
        int at = trimmed.IndexOf('@', trimmed.LastIndexOf('/') + 1);
        if (at > 0 && Version().Match(trimmed, at) is { Success: true } version && version.Index == at) at = trimmed.IndexOf('@', at + version.Length);
        if (at <= 0) return new ModelReference(trimmed);
        (string model, string profile) = (trimmed[..at].Trim(), trimmed[(at + 1)..].Trim());
        return profile.Length > 0 ? new ModelReference(model, profile) : new ModelReference(trimmed);
    }

    /// <summary>As a text that means the same.</summary>
    public override string ToString() => ProfileId is null ? Model : $"{Model}@{ProfileId}";

    [GeneratedRegex(@"\G@\s*(?:[0-9]{8}|i?q[0-9]+(?:_[a-z0-9]+)*|[0-9]+bit)(?=\s*(?:@|$))", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
