using System.Text.Json.Nodes;

namespace KrabAuth.Core.Tests.Conformance;

public sealed class DeliberateDifferencesTests
{
    [Fact]
    public void Each_is_about_a_recorded_case_and_differs_from_it()
    {
        IReadOnlyList<Vector> vectors = Vector.LoadAll();
        Assert.All(DeliberateDifferences.All, difference =>
        {
            Vector vector = Assert.Single(vectors, vector => vector.Area == difference.Area && vector.Name == difference.Name);
            Assert.False(JsonNode.DeepEquals(vector.Expected, difference.Ours), "no difference any more");
            Assert.False(string.IsNullOrWhiteSpace(difference.Reason));
        });
    }
}
