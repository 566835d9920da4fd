using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using KrabAuth.Diagnostics.Doctor;
using KrabAuth.Storage;
using KrabAuth.TestSupport;
using Xunit.v3;

namespace KrabAuth.Core.Tests.Doctor;

/// <summary>Makes trouble, sees it found, mends it, and sees it gone.</summary>
public abstract class DoctorTestBase : IDisposable
{
    protected const string Key = """{ "type": "api_key", "provider": "openai", "key": "key-of-a" }""";

    protected const long Later = FrozenClock.VectorNow + 30L * 24 * 3600 * 1000;

    private readonly HashSet<string> _seen = [];
    private readonly HashSet<string> _mendable = [];
    private readonly HashSet<string> _mended = [];
    private readonly HashSet<string> _gone = [];

    protected TempState State { get; } = new();

    protected Product Product { get; set; } = Product.OpenClaw;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        State.Dispose();
        GC.SuppressFinalize(this);
        // Not everything can be made on Windows.
        if (OperatingSystem.IsWindows() && _seen.Count == 0) return;
        if ((TestContext.Current.TestMethod as IXunitTestMethod)?.Method.GetCustomAttribute<FindsAttribute>() is not { } finds) return;
        Assert.Contains(finds.Id, _gone);
        if (_mendable.Contains(finds.Id)) Assert.Contains(finds.Id, _mended);
    }

    protected void WriteStore(string profiles, string rest = "", string agent = "main") => State.Write(Path.Combine("agents", agent, "agent", "auth-profiles.json"), $"{{ \"version\": 1, \"profiles\": {{ {profiles} }}{rest} }}");

    protected void WriteConfig(string text) => State.Write("openclaw.json", text);

    protected JsonNode Store(string agent = "main") => JsonNode.Parse(File.ReadAllText(State.InAgent("auth-profiles.json", agent)))!;

    protected List<DoctorFinding> Examine(string id)
    {
        List<DoctorFinding> findings = [.. State.Workspace(Product).Doctor.Examine().Where(finding => finding.Id == id)];
        if (findings.Count > 0) _seen.Add(id);
        else if (_seen.Contains(id)) _gone.Add(id);
        if (findings.Exists(finding => finding.CanFix)) _mendable.Add(id);
        return findings;
    }

    /// <summary>Mends a finding, and has to.</summary>
    protected async Task<DoctorFinding> FixAsync(DoctorFinding finding)
    {
        DoctorFinding mended = await State.Workspace(Product).Doctor.FixAsync(finding, Cancellation);
        Assert.Equal((true, null, false), (mended.IsFixed, mended.Problem, mended.CanFix));
        _mended.Add(finding.Id);
        return mended;
    }

    /// <summary>The one finding of an id. Looking for it changed nothing.</summary>
    protected DoctorFinding Found(string id, DoctorSeverity severity)
    {
        string before = Fingerprint();
        DoctorFinding finding = Assert.Single(Examine(id));
        Assert.Equal(before, Fingerprint());
        Assert.Equal(severity, finding.Severity);
        Assert.EndsWith(".", finding.Message, StringComparison.Ordinal);
        Assert.NotEmpty(finding.Fix);
        Assert.Equal((Product, State.Root), (finding.Product, finding.StateDirectory));
        return finding;
    }

    /// <summary>The one finding of an id, which is mended and then gone; and whose backup, if there is one, is private.</summary>
    protected async Task<DoctorFinding> MendAsync(string id, DoctorSeverity severity)
    {
        DoctorFinding finding = Found(id, severity);
        Assert.True(finding.CanFix);
        DoctorFinding mended = await FixAsync(finding);
        Assert.Empty(Examine(id));
        if (mended.Backup is not null && !OperatingSystem.IsWindows() && File.Exists(mended.Backup)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(mended.Backup));
        return mended;
    }

    /// <summary>The one finding of an id that a person has to mend; it is gone after that.</summary>
    protected DoctorFinding FoundUntil(string id, DoctorSeverity severity, Action mend)
    {
        DoctorFinding found = Found(id, severity);
        Assert.False(found.CanFix);
        mend();
        Assert.Empty(Examine(id));
        return found;
    }

    private string Fingerprint()
    {
        var text = new StringBuilder();
        foreach (string path in Directory.EnumerateFileSystemEntries(State.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            text.Append(path).Append(' ').Append(Directory.GetLastWriteTimeUtc(path).Ticks).Append(' ').AppendLine(new FileInfo(path) is { Exists: true, LinkTarget: null } ? Convert.ToHexString(File.ReadAllBytes(path)) : string.Empty);
        }
        return text.ToString();
    }
}
