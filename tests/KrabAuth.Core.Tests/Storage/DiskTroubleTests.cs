using KrabAuth.Core.Tests.Processes;
using KrabAuth.Diagnostics;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>Disks and directories that do not do what is asked of them.</summary>
public sealed class DiskTroubleTests
{
    private const int Nobody = 65534;
    private const string Store = """{ "version": 1, "profiles": { "p:a": { "type": "api_key", "provider": "p", "key": "k" } } }""";

    // ENOSPC; what helps is not what helps where one may not write.
    [Fact]
    public void A_full_disk_is_told_from_a_directory_that_is_closed()
    {
        int full = OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28;
        Assert.Contains("Free some space", AuthErrors.StoreUnwritable("/a/b.json", new IOException("No space left on device", full)).Remedy.CommandLine, StringComparison.Ordinal);
        Assert.Contains("Make the directory writable", AuthErrors.StoreUnwritable("/a/b.json", new UnauthorizedAccessException()).Remedy.CommandLine, StringComparison.Ordinal);
    }

    [Fact]
    public void None_of_several_files_is_replaced_before_all_are_written()
    {
        using var state = new TempState();
        string first = state.Write("first", "old");
        // Its directory is missing, so that the second cannot be written.
        string second = state.InState("missing/second");
        Assert.ThrowsAny<IOException>(() => AtomicFile.Write([new NewContent(first, "new"u8.ToArray()), new NewContent(second, "new"u8.ToArray())]));
        Assert.Equal("old", File.ReadAllText(first));
        Assert.Equal(["first"], state.Files());
    }

    // Who sees no file where the directory is closed would call a full store empty.
    [Fact]
    public async Task A_store_that_nobody_can_see_is_not_taken_for_an_empty_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can run a program as another user.");
        using var state = TempState.WithStore(Store);
        Shell.Run("chmod", "755", Path.GetDirectoryName(state.Root)!);
        Shell.Run("chown", "-R", $"{Nobody}", state.Root);
        Shell.Run("chmod", "000", state.InState("agents/main"));
        using var worker = Worker.StartAs(Nobody, state.Root, "w", 1);
        (IReadOnlyList<string> stored, string error) = await worker.FailAsync(TestContext.Current.CancellationToken);
        Assert.Empty(stored);
        Assert.Matches("^(StoreUnreadable|StoreUnwritable): ", error);
        Shell.Run("chmod", "700", state.InState("agents/main"));
        Assert.Equal(Store, state.ReadStore());
    }

    // "Nothing was changed" was said of a store that was.
    [Fact]
    public async Task A_directory_that_may_be_written_and_not_be_listed_is_written()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can run a program as another user.");
        using var state = TempState.WithStore(Store);
        Shell.Run("chmod", "755", Path.GetDirectoryName(state.Root)!);
        Shell.Run("chown", "-R", $"{Nobody}", state.Root);
        Shell.Run("chmod", "300", state.InAgent(string.Empty));
        using var worker = Worker.StartAs(Nobody, state.Root, "w", 1);
        string stored = Assert.Single(await worker.FinishAsync(TestContext.Current.CancellationToken));
        Assert.Contains($"\"{stored}\"", state.ReadStore(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":"\ud83e"}""", "\uFFFD")]
    [InlineData("""{"a":"\udd80\ud83e"}""", "\uFFFD\uFFFD")]
    [InlineData("""{"a":"\ud83e\udd80"}""", "🦀")]
    [InlineData("""{"a":"\\ud83e"}""", "\\ud83e")]
    [InlineData("""{"a":"\\\ud83e"}""", "\\\uFFFD")]
    [InlineData("""{"a":"\nd83e"}""", "\nd83e")]
    [InlineData("""{"a":"\ud83exudd80"}""", "\uFFFDxudd80")]
    [InlineData("""{"a":"\ud83e\ndd80"}""", "\uFFFD\ndd80")]
    [InlineData("""{"a":"\u00e4\ud83e"}""", "\u00e4\uFFFD")]
    public void Half_a_character_in_an_answer_is_replaced_and_nothing_else(string text, string read)
    {
        using var document = LenientJson.Parse(System.Text.Encoding.UTF8.GetBytes(text));
        Assert.Equal(read, document.RootElement.GetProperty("a").GetString());
    }

    [Theory]
    [InlineData("""{"a":"\""")]
    [InlineData("""{"a":"\u""")]
    [InlineData("""{"a":"\ud83""")]
    [InlineData("""{"a":"\ud83e""")]
    [InlineData("""{"a":"\ud83e\ud""")]
    public void An_answer_that_is_cut_off_is_no_json(string text)
        => Assert.ThrowsAny<System.Text.Json.JsonException>(() => LenientJson.Parse(System.Text.Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Bytes_that_are_no_text_are_replaced_too()
    {
        using var document = LenientJson.Parse([.. "{\"a\":\"x"u8, 0xC3, .. "\"}"u8]);
        Assert.Equal("x\uFFFD", document.RootElement.GetProperty("a").GetString());
    }
}
