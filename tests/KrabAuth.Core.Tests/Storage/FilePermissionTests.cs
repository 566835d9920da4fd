using System.Runtime.Versioning;
using KrabAuth.Diagnostics;
using KrabAuth.Providers;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>Who can look into the files, and which files are touched at all.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FilePermissionTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OpenToAll = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const string Store = """{ "version": 1, "profiles": { "p:a": { "type": "api_key", "provider": "p", "key": "k" } } }""";
    private const string OtherUser = "12345";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task New_directories_and_files_are_closed_to_others()
    {
        SkipOnWindows();
        using var state = new TempState();
        await Add(state);
        Assert.Equal(Private, File.GetUnixFileMode(state.StorePath));
        foreach (string directory in new[] { "agents", "agents/main", "agents/main/agent", "agents/main/agent/.auth-profiles.json.queue" })
        {
            Assert.Equal(Private | UnixFileMode.UserExecute, File.GetUnixFileMode(state.InState(directory)));
        }
    }

    [Fact]
    public async Task A_file_that_was_open_is_warned_about_and_closed_by_the_next_write()
    {
        SkipOnWindows();
        using var state = TempState.WithStore(Store, """{ "version": 1 }""");
        File.SetUnixFileMode(state.StorePath, OpenToAll);
        File.SetUnixFileMode(state.StatePath, OpenToAll);
        state.Agent().Profiles.List();
        Assert.Contains(state.Log.Warnings, warning => warning.Contains("chmod 600", StringComparison.Ordinal));
        await Add(state);
        await state.Agent().Orders.SetAsync("p", ["p:a"], Cancellation);
        Assert.Equal(Private, File.GetUnixFileMode(state.StorePath));
        Assert.Equal(Private, File.GetUnixFileMode(state.StatePath));
    }

    [Fact]
    public async Task Directories_that_others_can_change_are_warned_about_once_and_the_agents_own_is_closed_by_the_next_write()
    {
        SkipOnWindows();
        using var state = TempState.WithStore(Store);
        state.Write("agents/work/agent/auth-profiles.json", Store);
        string[] way = [state.InState("agents/main/agent"), state.InState("agents/main"), state.InState("agents"), state.Root];
        const UnixFileMode All = (UnixFileMode)0b111_111_111;
        foreach (string directory in way) File.SetUnixFileMode(directory, All);
        state.Agent().Profiles.List();
        state.Agent().Profiles.List();
        state.Agent("work").Profiles.List();
        string warning = Assert.Single(state.Log.Warnings, text => text.Contains("Other users can change", StringComparison.Ordinal));
        Assert.EndsWith($"To close them: chmod go-w {string.Join(' ', way)}", warning, StringComparison.Ordinal);
        await Add(state);
        Assert.Equal(Private | UnixFileMode.UserExecute, File.GetUnixFileMode(way[0]));
        // The gateways keep other things beside it, and may have reasons of their own.
        Assert.All(way[1..], directory => Assert.Equal(All, File.GetUnixFileMode(directory)));
    }

    [Fact]
    public async Task A_directory_that_others_can_look_into_is_closed_by_the_next_write_without_a_warning()
    {
        SkipOnWindows();
        using var state = TempState.WithStore(Store);
        string directory = Path.GetDirectoryName(state.StorePath)!;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_111_101);
        state.Agent().Profiles.List();
        await Add(state);
        Assert.Equal(Private | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        await new KrabAuth.Storage.SessionFile(state.Agent()).UpdateAsync(sessions => sessions.Count, Cancellation);
        Assert.Equal(Private | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
        Assert.DoesNotContain(state.Log.Warnings, text => text.Contains("Other users can change", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_write_leaves_nothing_but_the_queue_beside_the_store()
    {
        using var state = TempState.WithStore(Store, """{ "version": 1 }""");
        await Add(state);
        await state.Agent().Orders.SetAsync("p", ["p:a"], Cancellation);
        Assert.Equal(
            [".auth-profiles.json.queue", "auth-profiles.json", "auth-state.json"],
            Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(state.StorePath)!).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal(["holder"], Directory.EnumerateFiles(state.InAgent(".auth-profiles.json.queue")).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public async Task A_link_of_ones_own_is_followed_and_stays_a_link()
    {
        SkipOnWindows();
        using var state = new TempState();
        string target = state.Write("shared/store.json", Store);
        Directory.CreateDirectory(Path.GetDirectoryName(state.StorePath)!);
        File.CreateSymbolicLink(state.StorePath, target);
        await Add(state);
        Assert.Equal(target, new FileInfo(state.StorePath).LinkTarget);
        Assert.Contains("groq:manual", File.ReadAllText(target), StringComparison.Ordinal);
        Assert.Null(new FileInfo(target).LinkTarget);
        // Others find the lock where the file is.
        Assert.True(Directory.Exists(state.InState("shared/.store.json.queue")));
    }

    [Fact]
    public async Task A_state_file_may_be_a_link_of_ones_own_too()
    {
        SkipOnWindows();
        using var state = TempState.WithStore(Store);
        string target = state.Write("shared/state.json", """{ "version": 1, "lastGood": { "p": "p:a" } }""");
        File.CreateSymbolicLink(state.StatePath, target);
        Assert.Equal("p:a", state.Agent().Read().LastGood["p"]);
        await state.Agent().Orders.SetAsync("p", ["p:a"], Cancellation);
        Assert.Equal(target, new FileInfo(state.StatePath).LinkTarget);
        Assert.Contains("order", File.ReadAllText(target), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_leads_nowhere_is_an_error()
    {
        SkipOnWindows();
        using var state = new TempState();
        Directory.CreateDirectory(Path.GetDirectoryName(state.StorePath)!);
        File.CreateSymbolicLink(state.StorePath, state.InState("gone.json"));
        KrabAuthException reading = Assert.Throws<KrabAuthException>(() => state.Agent().Profiles.List());
        Assert.Equal("StoreUnreadable", reading.ErrorId);
        Assert.Contains("the link leads to nothing", reading.Message, StringComparison.Ordinal);
        Assert.Equal("StoreUnreadable", (await Assert.ThrowsAsync<KrabAuthException>(() => Add(state))).ErrorId);
        Assert.False(File.Exists(state.InState("gone.json")));
    }

    [Fact]
    public async Task A_link_in_a_circle_is_an_error()
    {
        SkipOnWindows();
        using var state = new TempState();
        Directory.CreateDirectory(Path.GetDirectoryName(state.StorePath)!);
        File.CreateSymbolicLink(state.StorePath, state.StorePath);
        Assert.Equal("StoreUnreadable", Assert.Throws<KrabAuthException>(() => state.Agent().Profiles.List()).ErrorId);
        Assert.Equal("StoreUnreadable", (await Assert.ThrowsAsync<KrabAuthException>(() => Add(state))).ErrorId);
    }

    [Fact]
    public async Task A_file_of_another_user_is_refused()
    {
        SkipUnlessRoot();
        using var state = TempState.WithStore(Store);
        Shell.Run("chown", OtherUser, state.StorePath);
        await AssertForeign(state, state.StorePath);
    }

    [Fact]
    public async Task A_link_to_a_file_of_another_user_is_refused()
    {
        SkipUnlessRoot();
        using var state = new TempState();
        string target = state.Write("shared/store.json", Store);
        Shell.Run("chown", OtherUser, target);
        Directory.CreateDirectory(Path.GetDirectoryName(state.StorePath)!);
        File.CreateSymbolicLink(state.StorePath, target);
        await AssertForeign(state, target);
        Assert.Equal(Store, File.ReadAllText(target));
    }

    [Fact]
    public async Task A_link_of_another_user_is_refused()
    {
        SkipUnlessRoot();
        using var state = new TempState();
        string target = state.Write("shared/store.json", Store);
        Directory.CreateDirectory(Path.GetDirectoryName(state.StorePath)!);
        File.CreateSymbolicLink(state.StorePath, target);
        Shell.Run("chown", "-h", OtherUser, state.StorePath);
        await AssertForeign(state, state.StorePath);
    }

    [Fact]
    public async Task A_state_file_of_another_user_is_refused()
    {
        SkipUnlessRoot();
        using var state = TempState.WithStore(Store, """{ "version": 1 }""");
        Shell.Run("chown", OtherUser, state.StatePath);
        await AssertForeign(state, state.StatePath);
    }

    [Fact]
    public async Task An_agent_directory_of_another_user_is_refused()
    {
        SkipUnlessRoot();
        using var state = TempState.WithStore(Store);
        Shell.Run("chown", OtherUser, Path.GetDirectoryName(state.StorePath)!);
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => Add(state));
        Assert.Equal("UnsafePath", error.ErrorId);
        Assert.Equal(Store, state.ReadStore());
    }

    [Fact]
    public async Task A_queue_of_another_user_is_refused()
    {
        SkipUnlessRoot();
        using var state = TempState.WithStore(Store);
        string queue = Directory.CreateDirectory(state.InAgent(".auth-profiles.json.queue")).FullName;
        Shell.Run("chown", OtherUser, queue);
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => Add(state));
        Assert.Equal("UnsafePath", error.ErrorId);
        Assert.Contains(queue, error.Message, StringComparison.Ordinal);
        Assert.Equal(Store, state.ReadStore());
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_an_error_that_changes_nothing()
    {
        SkipOnWindows();
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Nothing is closed to root.");
        using var state = TempState.WithStore(Store);
        string directory = Path.GetDirectoryName(state.StorePath)!;
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            Assert.Equal("StoreUnwritable", (await Assert.ThrowsAsync<KrabAuthException>(() => Add(state))).ErrorId);
            Assert.Single(state.Agent().Profiles.List());
        }
        finally
        {
            File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static void SkipOnWindows() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows guards files by lists of rights.");

    private static void SkipUnlessRoot()
    {
        SkipOnWindows();
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give a file to another user.");
    }

    private static Task Add(TempState state)
        => state.Agent().Profiles.AddAsync(new NewSecret("groq", SignInMethod.ApiKey, "a-key-of-groq"), Cancellation);

    private static async Task AssertForeign(TempState state, string path)
    {
        KrabAuthException reading = Assert.Throws<KrabAuthException>(() => state.Agent().Profiles.List());
        KrabAuthException writing = await Assert.ThrowsAsync<KrabAuthException>(() => Add(state));
        Assert.All(new[] { reading, writing }, error =>
        {
            Assert.Equal("UnsafePath", error.ErrorId);
            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        });
    }
}
