using System.Security.Cryptography;
using System.Text;
using KrabAuth.Diagnostics.Doctor;
using KrabAuth.Host;

namespace KrabAuth.Core.Tests.Doctor;

/// <summary>What is wrong with files, directories, locks and the machine.</summary>
public sealed class FileFindingTests : DoctorTestBase
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public FileFindingTests() => WriteStore($"\"openai:a\": {Key}");

    [Fact]
    [Finds("permissions")]
    public async Task Files_and_directories_that_others_can_read_are_closed()
    {
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(State.StorePath, Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        List<DoctorFinding> found = Examine("permissions");
        Assert.Contains(found, finding => finding.Subject == State.StorePath && finding.Agent == "main");
        Assert.Contains(found, finding => finding.Subject == State.Root);
        Assert.All(found, finding => Assert.Equal((DoctorSeverity.Warning, true), (finding.Severity, finding.IsSafe)));
        foreach (DoctorFinding finding in found) await FixAsync(finding);
        Assert.Equal(Private, File.GetUnixFileMode(State.StorePath));
        Assert.Equal(Private | UnixFileMode.UserExecute, File.GetUnixFileMode(State.Root));
        Assert.Empty(Examine("permissions"));
    }

    [Fact]
    public async Task A_file_that_its_owner_cannot_read_is_opened_for_him()
    {
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(State.StorePath, UnixFileMode.None);
        DoctorFinding finding = Assert.Single(Examine("permissions"), finding => finding.Subject == State.StorePath);
        Assert.Equal(DoctorSeverity.Error, finding.Severity);
        await FixAsync(finding);
        Assert.Equal(Private, File.GetUnixFileMode(State.StorePath));
    }

    [Fact]
    public async Task What_is_closed_is_opened_first_and_then_what_was_behind_it()
    {
        if (OperatingSystem.IsWindows()) return;
        Close();
        WriteConfig("{ }");
        string[] closed = [State.Root, State.InState("openclaw.json"), State.InState("agents"), State.InState("agents/main"), State.InState("providers")];
        Directory.CreateDirectory(closed[^1]);
        foreach (string path in closed.Reverse()) File.SetUnixFileMode(path, UnixFileMode.None);
        var run = new List<DoctorFinding>();
        foreach (DoctorFinding finding in State.Workspace().Doctor.Examine()) run.Add(await FixAsync(finding));
        Assert.Equal(closed.Order(StringComparer.Ordinal), run.Select(finding => finding.Subject).Order(StringComparer.Ordinal));
        Assert.All(run, finding => Assert.Equal(("permissions", DoctorSeverity.Error, true), (finding.Id, finding.Severity, finding.IsSafe)));
        Assert.Empty(State.Workspace().Doctor.Examine());
    }

    [Fact]
    public void A_file_where_a_directory_belongs_is_told()
    {
        State.Write("locks", "no directory");
        FoundUntil("unsafe-path", DoctorSeverity.Error, () => File.Delete(State.InState("locks")));
    }

    [Fact]
    public void Links_that_lead_to_one_another_are_told_once()
    {
        if (OperatingSystem.IsWindows()) return;
        Close();
        File.Delete(State.StorePath);
        File.CreateSymbolicLink(State.StorePath, "auth-profiles.json");
        DoctorFinding finding = Assert.Single(State.Workspace().Doctor.Examine());
        Assert.Equal(("unsafe-path", State.StorePath, false), (finding.Id, finding.Subject, finding.CanFix));
    }

    [Fact]
    [Finds("unsafe-path")]
    public async Task A_link_in_the_place_of_a_lock_goes_and_what_it_leads_to_stays()
    {
        if (OperatingSystem.IsWindows()) return;
        string victim = State.Write("victim", "mine");
        File.CreateSymbolicLink(State.LockPath, victim);
        DoctorFinding mended = await MendAsync("unsafe-path", DoctorSeverity.Error);
        Assert.Equal((State.LockPath, true), (mended.Subject, mended.IsSafe));
        Assert.Equal("mine", File.ReadAllText(victim));
    }

    [Fact]
    public void A_store_that_leads_to_nothing_is_for_a_person()
    {
        if (OperatingSystem.IsWindows()) return;
        string elsewhere = State.InState("elsewhere.json");
        File.Delete(State.StorePath);
        File.CreateSymbolicLink(State.StorePath, elsewhere);
        FoundUntil("unsafe-path", DoctorSeverity.Error, () => State.Write("elsewhere.json", """{ "version": 1, "profiles": {} }"""));
    }

    [Fact]
    [Finds("linked-store")]
    public void A_store_that_is_shared_by_a_link_is_told()
    {
        if (OperatingSystem.IsWindows()) return;
        File.Move(State.StorePath, State.InState("shared.json"));
        File.CreateSymbolicLink(State.StorePath, State.InState("shared.json"));
        FoundUntil("linked-store", DoctorSeverity.Info, () =>
        {
            File.Delete(State.StorePath);
            File.Move(State.InState("shared.json"), State.StorePath);
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Finds("stale-lock")]
    public async Task A_lock_whose_holder_is_gone_is_taken_away(bool isDirectory)
    {
        if (isDirectory) Directory.CreateDirectory(State.LockPath);
        else File.WriteAllText(State.LockPath, """{ "pid": 2147483646, "createdAt": "2026-01-01T00:00:00.000Z" }""");
        Directory.SetLastWriteTimeUtc(State.LockPath, DateTime.UtcNow.AddMinutes(-2));
        Assert.True((await MendAsync("stale-lock", DoctorSeverity.Warning)).IsSafe);
        Assert.False(Path.Exists(State.LockPath));
    }

    [Fact]
    [Finds("lock-held")]
    public void A_lock_that_is_held_is_told_and_left_alone()
    {
        Directory.CreateDirectory(State.LockPath);
        FoundUntil("lock-held", DoctorSeverity.Info, () => Directory.Delete(State.LockPath));
    }

    [Fact]
    [Finds("leftover-files")]
    public async Task Temporary_files_and_tickets_of_the_dead_go_and_those_of_the_living_stay()
    {
        string queue = State.InAgent(".auth-profiles.json.queue");
        string[] dead = [State.StorePath + $".{Guid.NewGuid():N}.krabtmp", State.StorePath + $".{Guid.NewGuid()}.tmp", Path.Combine(queue, "00000000000000000001-1-1.ticket")];
        Directory.CreateDirectory(queue);
        foreach (string path in dead)
        {
            File.WriteAllText(path, "half a secr");
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));
        }
        string fresh = State.StorePath + $".{Guid.NewGuid():N}.krabtmp", notes = State.InAgent("notes.tmp");
        File.WriteAllText(fresh, "being written");
        File.WriteAllText(notes, "somebody's");
        File.SetLastWriteTimeUtc(notes, DateTime.UtcNow.AddHours(-1));
        string backup = State.StorePath + $".{Guid.NewGuid()}.bak";
        File.WriteAllText(backup, "somebody's");
        File.SetLastWriteTimeUtc(backup, DateTime.UtcNow.AddHours(-1));
        await MendAsync("leftover-files", DoctorSeverity.Warning);
        Assert.All(dead, path => Assert.False(File.Exists(path)));
        Assert.True(File.Exists(fresh) && File.Exists(notes) && File.Exists(backup));
    }

    [Fact]
    [Finds("file-locking-off")]
    public void A_variable_that_switches_file_locks_off_is_told()
    {
        State.Host.Set("DOTNET_SYSTEM_IO_DISABLEFILELOCKING", "1");
        FoundUntil("file-locking-off", DoctorSeverity.Warning, () => State.Host.Set("DOTNET_SYSTEM_IO_DISABLEFILELOCKING", null));
    }

    [Fact]
    [Finds("network-file-system")]
    public void A_network_file_system_is_told()
    {
        State.FileSystems = new Nfs(State.Root);
        Assert.Contains("nfs", Found("network-file-system", DoctorSeverity.Warning).Message, StringComparison.Ordinal);
        State.FileSystems = new SystemFileSystems();
        Assert.Empty(Examine("network-file-system"));
    }

    [Fact]
    [Finds("file-from-future")]
    public async Task A_file_from_the_future_gets_the_time_of_now()
    {
        File.SetLastWriteTimeUtc(State.StorePath, DateTime.UtcNow.AddDays(2));
        string before = State.ReadStore();
        await MendAsync("file-from-future", DoctorSeverity.Warning);
        Assert.Equal(before, State.ReadStore());
    }

    [Fact]
    public async Task A_lock_from_the_future_which_would_never_be_stale_can_be_made_to_end()
    {
        Directory.CreateDirectory(State.LockPath);
        Directory.SetLastWriteTimeUtc(State.LockPath, DateTime.UtcNow.AddDays(2));
        Assert.False((await MendAsync("file-from-future", DoctorSeverity.Warning)).IsSafe);
    }

    [Fact]
    [Finds("store-unreadable")]
    public async Task A_store_that_is_corrupt_is_moved_aside_and_kept()
    {
        const string Broken = """{ "version": 1, "profiles": { "openai:a": { "key": "sk-secret" ,, } } }""";
        State.Write("agents/main/agent/auth-profiles.json", Broken);
        DoctorFinding mended = await MendAsync("store-unreadable", DoctorSeverity.Error);
        Assert.Equal((State.StorePath, false), (mended.Subject, mended.IsSafe));
        Assert.DoesNotContain("sk-secret", mended.Message, StringComparison.Ordinal);
        Assert.Equal(Broken, File.ReadAllText(mended.Backup!));
        Assert.False(File.Exists(State.StorePath));
    }

    [Theory]
    [InlineData("auth-state.json", "Sign in again, or")]
    [InlineData("auth.json", "Sign in again, or")]
    [InlineData("krabauth-sessions.json", "Only the account that each session stays with is forgotten; or")]
    public async Task So_is_every_other_file_of_an_agent(string name, string afterwards)
    {
        State.Write($"agents/main/agent/{name}", "{ broken");
        string store = State.ReadStore();
        DoctorFinding mended = await MendAsync("store-unreadable", DoctorSeverity.Error);
        Assert.Equal("{ broken", File.ReadAllText(mended.Backup!));
        Assert.EndsWith($".bak. {afterwards} mend that file and put it back.", mended.Remedy!.CommandLine, StringComparison.Ordinal);
        Assert.Equal(store, State.ReadStore());
    }

    [Fact]
    public async Task A_corrupt_store_that_others_link_to_leaves_an_empty_one()
    {
        if (OperatingSystem.IsWindows()) return;
        string shared = State.Write("shared.json", "{ broken");
        File.Delete(State.StorePath);
        File.CreateSymbolicLink(State.StorePath, shared);
        DoctorFinding mended = await MendAsync("store-unreadable", DoctorSeverity.Error);
        Assert.Equal("{ broken", File.ReadAllText(mended.Backup!));
        Assert.Empty(State.Agent().Profiles.List());
    }

    [Fact]
    [Finds("config-unreadable")]
    public void A_configuration_that_cannot_be_read_is_the_only_finding()
    {
        Close();
        WriteConfig("{ auth: { order: ");
        Assert.Single(State.Workspace().Doctor.Examine());
        FoundUntil("config-unreadable", DoctorSeverity.Error, () => WriteConfig("{}"));
    }

    [Fact]
    [Finds("gateway-running")]
    public void A_gateway_at_work_on_the_same_files_is_told()
    {
        if (OperatingSystem.IsWindows()) return;
        State.Host.Set("TMPDIR", State.Root);
#pragma warning disable CA5350 // The gateway's own name for the file.
        string hash = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(State.InState("openclaw.json"))))[..8];
#pragma warning restore CA5350
        string path = State.Write($"openclaw-501/gateway.{hash}.lock", $$"""{ "pid": {{Environment.ProcessId}}, "createdAt": "2026-01-01T00:00:00.000Z" }""");
        FoundUntil("gateway-running", DoctorSeverity.Info, () => File.WriteAllText(path, """{ "pid": 2147483646 }"""));
    }

    /// <summary>Gives the directories the modes that KrabAuth would have given them.</summary>
    private void Close()
    {
        if (OperatingSystem.IsWindows()) return;
        foreach (string path in Directory.EnumerateDirectories(State.Root, "*", SearchOption.AllDirectories).Append(State.Root)) File.SetUnixFileMode(path, Private | UnixFileMode.UserExecute);
    }

    private sealed class Nfs(string root) : IFileSystems
    {
        public string? NetworkTypeOf(string path) => path == root ? "nfs4" : null;
    }
}
