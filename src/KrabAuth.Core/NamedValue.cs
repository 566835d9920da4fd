namespace KrabAuth;

/// <summary>Something that has a name here and can be given as a value: an id, a provider, a model.</summary>
/// <param name="Text">The value.</param>
/// <param name="Description">What it is, for a person who chooses.</param>
public sealed record NamedValue(string Text, string Description);
