using System.Runtime.Versioning;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>A file is replaced whole or not at all, and nothing stays beside it.</summary>
public sealed class AtomicFileTests : IDisposable
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private readonly TempState _state = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public void A_file_that_may_not_be_replaced_stays_and_the_caller_hears_of_it()
    {
        string path = _state.Write("file", "old");
        Assert.ThrowsAny<IOException>(() => AtomicFile.Write(path, "new"u8.ToArray(), overwrite: false));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["file"], _state.Files());
    }

    [Fact]
    public void Who_refuses_at_the_last_moment_is_heard()
    {
        string path = _state.Write("file", "old");
        Assert.Throws<TimeoutException>(() => AtomicFile.Write(path, "new"u8.ToArray(), () => throw new TimeoutException()));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["file"], _state.Files());
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void The_file_gets_the_mode_that_was_chosen_and_else_is_the_owners_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        string path = _state.Write("file", "old");
        AtomicFile.Write(path, "new"u8.ToArray(), mode: Own | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Assert.Equal(Own | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(path));
        AtomicFile.Write(path, "newer"u8.ToArray());
        Assert.Equal(Own, File.GetUnixFileMode(path));
    }

    [Fact]
    public void Of_what_killed_writers_left_only_that_of_the_file_is_removed()
    {
        string path = _state.Write("a.json", "a");
        _state.Write($"a.json.{Id}.krabtmp", "");
        _state.Write($"a.json.{Id}.tmp", "");
        _state.Write($"b.json.{Id}.krabtmp", "");
        AtomicFile.RemoveLeftovers(path);
        Assert.Equal(["a.json", $"a.json.{Id}.tmp", $"b.json.{Id}.krabtmp"], _state.Files().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData($"a.json.{Id}.krabtmp", true)]
    [InlineData($"a.json.{Id}.tmp", true)]
    [InlineData("a.json.mine.tmp", false)]
    [InlineData($"{Id}.tmp", false)]
    [InlineData("a.json", false)]
    public void A_temporary_file_is_old_before_the_moment_and_not_at_it(string name, bool isTemporary)
    {
        var moment = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        string path = _state.Write(name, "");
        File.SetLastWriteTimeUtc(path, moment);
        Assert.Empty(AtomicFile.OlderThan(_state.Root, moment));
        Assert.Equal(isTemporary ? [path] : [], AtomicFile.OlderThan(_state.Root, moment.AddSeconds(1)));
    }
}
