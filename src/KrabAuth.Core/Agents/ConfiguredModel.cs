namespace KrabAuth.Agents;

/// <summary>A model that the configuration names.</summary>
/// <param name="Model">The model, as <c>provider/model</c>.</param>
/// <param name="Provider">Its provider.</param>
/// <param name="Aliases">The names that stand for it.</param>
/// <param name="Role"><c>default</c>, <c>fallback</c>, <c>image</c>, or <c>configured</c> where it is only listed.</param>
public sealed record ConfiguredModel(string Model, string Provider, IReadOnlyList<string> Aliases, string Role);
