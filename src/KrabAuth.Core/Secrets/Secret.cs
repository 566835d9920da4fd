using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace KrabAuth.Secrets;

/// <summary>
/// A secret text that never prints itself: <see cref="ToString"/>, the debugger and serialisers see a mask.
/// The text leaves only through <see cref="Reveal"/>, so that every place that does it can be found.
/// </summary>
[DebuggerDisplay("{Mask}")]
public sealed class Secret : IEquatable<Secret>
{
    private readonly string _text;

    private Secret(string text) => _text = text;

    /// <summary>Wraps a text; blank text is no secret and gives <see langword="null"/>.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static Secret? Of(string? text) => text is null ? null : new Secret(text);

    /// <summary>Whether the text holds nothing but white space.</summary>
    internal bool IsBlank => string.IsNullOrWhiteSpace(_text);

    /// <summary>The masked form: see <see cref="SecretMask.Apply"/>.</summary>
    internal string Mask => SecretMask.Apply(_text);

    /// <summary>Gives the text away. Call it where the secret is used, and nowhere else.</summary>
    public string Reveal() => _text;

    /// <summary>The masked form, never the secret.</summary>
    public override string ToString() => Mask;

    /// <inheritdoc/>
    public bool Equals(Secret? other) => other is not null && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Secret);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_text);
}
