using System.Text.RegularExpressions;

namespace KrabAuth.Routing;

/// <summary>The word for the model in a message: <c>/model opus@anthropic:work</c>, <c>/model list</c>, or <c>/opus</c> for an alias.</summary>
/// <param name="Reference">What is named; <see langword="null"/> for <c>/model</c> alone.</param>
/// <param name="Rest">The message without the directive.</param>
internal sealed partial record ModelDirective(ModelReference? Reference, string Rest)
{
    /// <summary>Finds the directive of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="aliases">The names that stand for models.</param>
    /// <returns>The directive, or <see langword="null"/> where the message has none.</returns>
    public static ModelDirective? Find(string message, IEnumerable<string> aliases)
    {
        Match match = Directive().Match(message);
        if (!match.Success)
        {
            string names = string.Join('|', aliases.Select(alias => alias.Trim()).Where(alias => alias.Length > 0).Select(Regex.Escape));
            if (names.Length == 0) return null;
            match = Regex.Match(message, @"(?:^|\s)/(?<model>" + names + @")(?=$|\s|:)(?:\s*:\s*)?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            if (!match.Success) return null;
        }
        string rest = Spaces().Replace($"{message[..match.Index]} {message[(match.Index + match.Length)..]}", " ").Trim();
        return new ModelDirective(match.Groups["model"] is { Success: true, Value: var named } ? ModelReference.Parse(named) : null, rest);
    }

    [GeneratedRegex(@"(?:^|\s)/model(?=$|\s|:)\s*:?\s*(?<model>[A-Za-z0-9_.:@-]+(?:/[A-Za-z0-9_.:@-]+)*)?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Directive();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
