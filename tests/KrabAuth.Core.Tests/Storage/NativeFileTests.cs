using System.Runtime.Versioning;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>The errors of the system's own calls, as the base class library would tell them.</summary>
[SupportedOSPlatform("linux")]
public sealed class NativeFileTests : IDisposable
{
    private readonly TempState _state = new();

    public NativeFileTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "The numbers and places are those of Linux.");

    public void Dispose() => _state.Dispose();

    [Fact]
    public void A_name_that_is_taken_is_no_error()
    {
        string path = _state.Write("file", "");
        Assert.False(NativeFile.TryCreateDirectoryExclusively(path));
        Assert.True(NativeFile.TryCreateDirectoryExclusively(path + "2"));
        Assert.False(NativeFile.TryCreateDirectoryExclusively(path + "2"));
    }

    // ENOENT and ENOTDIR.
    [Theory]
    [InlineData("missing/new", 2, "No such file or directory")]
    [InlineData("file/new", 20, "Not a directory")]
    public void A_path_that_leads_nowhere_is_told_with_the_systems_reason(string name, int number, string reason)
    {
        _state.Write("file", "");
        string path = _state.InState(name);
        foreach (Action action in new Action[] { () => NativeFile.TryCreateDirectoryExclusively(path), () => NativeFile.FlushDirectory(path) })
        {
            IOException error = Assert.Throws<IOException>(action);
            Assert.Equal(($"{path}: {reason}", number), (error.Message, error.HResult));
        }
    }

    // EACCES.
    [Fact]
    public void A_directory_that_is_closed_is_told_from_a_disk_in_trouble()
    {
        string path = _state.InState("new");
        Directory.CreateDirectory(_state.Root);
        File.SetUnixFileMode(_state.Root, UnixFileMode.None);
        Exception? error = OtherUser.Catch(() => NativeFile.TryCreateDirectoryExclusively(path));
        File.SetUnixFileMode(_state.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal($"{path}: Permission denied", Assert.IsType<UnauthorizedAccessException>(error).Message);
    }

    // EPERM, even for root; EACCES for others.
    [Fact]
    public void A_place_where_the_system_makes_no_directories_is_closed_too()
    {
        const string Terminals = "/dev/pts";
        Assert.SkipUnless(Directory.Exists(Terminals), "This system shows no terminals.");
        Assert.Throws<UnauthorizedAccessException>(() => NativeFile.TryCreateDirectoryExclusively(Terminals + "/krabauth"));
    }

    [Fact]
    public void A_directory_that_was_flushed_is_not_kept_open()
    {
        Directory.CreateDirectory(_state.Root);
        NativeFile.FlushDirectory(_state.Root);
        Assert.DoesNotContain(_state.Root, Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(path => new FileInfo(path).LinkTarget));
    }

    [Fact]
    public void The_systems_own_files_are_told_from_those_of_people()
    {
        string path = _state.Write("file", "");
        if (Environment.IsPrivilegedProcess) Shell.Run("chown", "12345", path);
        Assert.True(NativeFile.IsOwnedBySystem("/proc/version"));
        Assert.False(NativeFile.IsOwnedBySystem(path));
        Assert.False(NativeFile.IsOwnedBySystem(path + ".missing"));
        Assert.Equal(!Environment.IsPrivilegedProcess, NativeFile.IsOwnedByCurrentUser(path));
    }
}
