using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace KrabAuth.Core.Tests.Conformance;

/// <summary>Feeds a theory with the cases of one area, each under its own name.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class VectorsAttribute(string file, string area) : DataAttribute
{
    /// <summary>The cases that concern another part than Core, or one that there is not yet.</summary>
    public string[] Elsewhere { get; init; } = [];

    /// <summary>The one case that is meant, where the others of its area ask something else.</summary>
    public string? Only { get; init; }

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        List<Vector> cases = [.. Vector.Load(file).Where(vector => vector.Area == area)];
        if (Only is not null) cases.RemoveAll(vector => vector.Name != Only);
        if (cases.Count == 0) throw new InvalidOperationException($"{file} has no such case in area {area}.");
        string? unknown = Elsewhere.FirstOrDefault(name => cases.All(vector => vector.Name != name));
        if (unknown is not null) throw new InvalidOperationException($"{file} has no case \"{unknown}\" in area {area}.");
        return ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(
            [.. cases.Where(vector => !Elsewhere.Contains(vector.Name)).Select(vector => new TheoryDataRow<Vector>(vector) { TestDisplayName = $"{area}: {vector.Name}", Label = string.Empty })]);
    }

    public override bool SupportsDiscoveryEnumeration() => true;
}
