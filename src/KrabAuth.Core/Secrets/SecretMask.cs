namespace KrabAuth.Secrets;

/// <summary>The one place that decides how much of a secret a person may see.</summary>
public static class SecretMask
{
    private const int ShortestShown = 18;
    private const int Head = 6;
    private const int Tail = 4;

    /// <summary>What stands for a secret that is too short to show any of.</summary>
    public const string Hidden = "***";

    /// <summary>
    /// The first six and the last four characters of a long secret, enough to tell two keys apart;
    /// <see cref="Hidden"/> for a short one, of which every character would count.
    /// </summary>
    public static string Apply(string? secret)
    {
        string text = secret?.Trim() ?? string.Empty;
        return text.Length switch
        {
            0 => "missing",
            < ShortestShown => Hidden,
            _ => string.Concat(text.AsSpan(0, Head), "...", text.AsSpan(text.Length - Tail)),
        };
    }
}
