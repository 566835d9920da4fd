using System.Runtime.Versioning;
using KrabAuth.Diagnostics;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>What is said of a file or directory that cannot be used, to the reason.</summary>
public sealed class FileGuardTests : IDisposable
{
    private readonly TempState _state = new();

    public void Dispose() => _state.Dispose();

    [Theory]
    [InlineData(11, 10, "it has 11 bytes, more than the 10 bytes that are read")]
    [InlineData(1024 * 1024, (1024 * 1024) - 1, "it has 1 MiB, more than the 1048575 bytes that are read")]
    [InlineData(3 * 1024 * 1024, 2 * 1024 * 1024, "it has 3 MiB, more than the 2 MiB that are read")]
    public void A_file_that_is_too_large_is_told_with_both_sizes(long size, long largest, string reason)
    {
        string path = _state.Write("large", "");
        using (FileStream file = File.OpenWrite(path)) file.SetLength(size);
        Assert.Equal($"{path} cannot be read: {reason}. The file was left as it is.", Assert.Throws<KrabAuthException>(() => FileGuard.ReadAll(path, largest)).Message);
        Assert.Equal(size, FileGuard.ReadAll(path, size)!.Length);
    }

    [Fact]
    public void A_file_that_another_program_keeps_to_itself_is_told_with_the_systems_reason()
    {
        string path = _state.Write("held", "{}");
        using var holder = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        KrabAuthException error = Assert.Throws<KrabAuthException>(() => FileGuard.ReadAll(path));
        Assert.Equal(("StoreUnreadable", AuthErrorKind.CorruptData), (error.ErrorId, error.Kind));
        Assert.Contains(error.InnerException!.Message, error.Message, StringComparison.Ordinal);
        Assert.Contains("another process", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("closed/file")]
    [InlineData("closed")]
    [SupportedOSPlatform("linux")]
    public void A_file_or_directory_that_is_closed_is_told_as_such(string name)
    {
        SkipUnlessLinux();
        string path = _state.Write(name, "{}");
        string closed = _state.InState("closed");
        File.SetUnixFileMode(Path.GetDirectoryName(_state.Root)!, Everything);
        File.SetUnixFileMode(_state.Root, Everything);
        File.SetUnixFileMode(closed, UnixFileMode.None);
        KrabAuthException error = Assert.IsType<KrabAuthException>(OtherUser.Catch(() => FileGuard.ReadAll(path)));
        File.SetUnixFileMode(closed, Everything);
        Assert.Equal($"{path} cannot be read: permission denied. The file was left as it is.", error.Message);
        Assert.Equal(("StoreUnreadable", AuthErrorKind.PermissionDenied), (error.ErrorId, error.Kind));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_directory_of_ones_own_is_made_closed_and_may_be_no_link()
    {
        SkipOnWindows();
        string path = _state.InState("own");
        Directory.CreateDirectory(_state.Root);
        FileGuard.EnsureOwnDirectory(path);
        FileGuard.EnsureOwnDirectory(path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        string link = _state.InState("link");
        Directory.CreateSymbolicLink(link, path);
        KrabAuthException error = Assert.Throws<KrabAuthException>(() => FileGuard.EnsureOwnDirectory(link));
        Assert.Equal(("UnsafePath", $"{link} is a link; a lock or a temporary file must not be one."), (error.ErrorId, error.Message));
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead, false)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupWrite, true)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherWrite, true)]
    [UnsupportedOSPlatform("windows")]
    public void Who_may_change_a_file_is_told_by_its_mode(UnixFileMode mode, bool isWritable)
    {
        SkipOnWindows();
        string path = _state.Write("file", "");
        File.SetUnixFileMode(path, mode);
        Assert.Equal(isWritable, FileGuard.IsWritableByOthers(path));
        Assert.False(FileGuard.IsWritableByOthers(path + ".missing"));
        Assert.False(FileGuard.IsExposed(path + ".missing"));
    }

    private const UnixFileMode Everything = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static void SkipOnWindows() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");

    private static void SkipUnlessLinux() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has a user for each thread.");
}
