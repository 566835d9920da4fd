using KrabAuth.Agents;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>What was imported goes; what cannot go is told, since it would be imported again.</summary>
public sealed class LegacyRetireTests
{
    [Theory]
    [InlineData("a-directory")]
    [InlineData("a-file/inside")]
    public void One_that_cannot_be_removed_is_told_and_the_others_go(string name)
    {
        using var state = new TempState();
        Directory.CreateDirectory(state.InState("a-directory"));
        state.Write("a-file", "in the way");
        string other = state.Write("agents/main/agent/auth.json", "{}");
        string kept = state.Write("credentials/oauth.json", "{}");
        AuthWorkspace workspace = state.Workspace();
        var import = new LegacyImport(workspace, AgentPaths.MainOf(workspace.State), null);
        import.Retire(new LegacyContent([], [state.InState(name), kept, other]));
        string warning = Assert.Single(state.Log.Warnings);
        Assert.StartsWith($"{state.InState(name)} was imported but cannot be removed (", warning, StringComparison.Ordinal);
        Assert.EndsWith(" Move it away, so that its old tokens are not imported again.", warning, StringComparison.Ordinal);
        Assert.Equal(["a-file", "credentials/oauth.json"], state.Files());
    }
}
