using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Secrets;
using KrabAuth.Storage;
using KrabAuth.Transfer;

namespace KrabAuth.Core.Tests.Transfer;

public sealed class ExportTests : TransferTestBase
{
    private string FilePath => Path.Combine(There.Home, "x.krab");

    private async Task<IReadOnlyList<TransferResult>> Export(ExportRequest request, string? agent = null)
    {
        AuthAgent from = Quick(There, agent);
        return await from.Transfers.ExportAsync(from.Transfers.PlanExport(request), null, Cancellation);
    }

    private ExportRequest Request => new(FilePath, Password);

    private ImportRequest Back => new() { Path = FilePath, Password = Password };

    [Fact]
    public async Task What_is_exported_can_be_imported_on_another_machine()
    {
        Put(There, $$""" "openai:a": {{Key}}, "openai-codex:me": {{Codex("r1", 1900000000000)}}, "bad": 5, "groq:ref": { "type": "api_key", "provider": "groq", "keyRef": { "source": "env", "provider": "default", "id": "GROQ" } } """);
        Assert.Equal(["openai:a Exported", "openai-codex:me Skipped", "bad Skipped", "groq:ref Exported"], (await Export(Request)).Select(Line));
        if (!OperatingSystem.IsWindows()) Assert.Equal(PrivateDirectory.FileMode, File.GetUnixFileMode(FilePath));
        Assert.Equal(["openai:a Imported", "groq:ref Imported"], (await Import(Back)).Select(Line));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Key), Profiles(Here)["openai:a"]));
        Assert.Empty(Here.Log.Warnings);
        Assert.Equal(4, Profiles(There).Count);
    }

    [Fact]
    public async Task A_sign_in_goes_along_on_request_and_with_a_word()
    {
        Put(There, $$""" "openai-codex:me": {{Codex("r1", 1900000000000)}} """);
        Assert.Equal(["openai-codex:me Exported"], (await Export(Request with { IncludeOAuth = true })).Select(Line));
        Assert.Contains("two owners", Assert.Single(There.Log.Warnings), StringComparison.Ordinal);
        Assert.Single(Profiles(There));
        Assert.Equal(["openai-codex:me Imported"], (await Import(Back)).Select(Line));
        Assert.Contains("two owners", Assert.Single(Here.Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_in_that_is_moved_has_one_owner()
    {
        Put(There, $$""" "openai-codex:me": {{Codex("r1", 1900000000000)}}, "openai:a": {{Key}} """);
        Assert.Equal(["openai-codex:me Exported moved", "openai:a Exported"], (await Export(Request with { IncludeOAuth = true, Move = true })).Select(Line));
        Assert.Equal(["openai:a"], Profiles(There).Select(profile => profile.Key));
        await Import(Back);
        Assert.Equal("r1", Profiles(Here)["openai-codex:me"]!["refresh"]!.GetValue<string>());
        Assert.Empty(There.Log.Warnings);
        Assert.Empty(Here.Log.Warnings);
    }

    [Fact]
    public async Task Nothing_is_moved_out_of_a_store_if_the_file_cannot_be_written()
    {
        Put(There, $$""" "openai-codex:me": {{Codex("r1", 1900000000000)}} """);
        string store = There.ReadStore();
        await Assert.ThrowsAnyAsync<IOException>(() => Export(new ExportRequest(Path.Combine(There.Home, "no", "x.krab"), Password) { IncludeOAuth = true, Move = true }));
        Assert.Equal(store, There.ReadStore());
    }

    [Fact]
    public async Task A_file_that_is_there_is_replaced_only_on_request()
    {
        Put(There, $$""" "openai:a": {{Key}} """);
        File.WriteAllText(FilePath, "mine");
        Assert.Equal("TransferFileExists", (await Assert.ThrowsAsync<KrabAuthException>(() => Export(Request))).ErrorId);
        Assert.Equal("mine", File.ReadAllText(FilePath));
        await Export(Request with { Force = true });
        Assert.Single(await Import(Back));
        Assert.Single(Directory.GetFiles(There.Home));
    }

    [Fact]
    public async Task A_link_at_the_path_is_replaced_and_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making links needs a right there.");
        Put(There, $$""" "openai:a": {{Key}} """);
        string other = Path.Combine(There.Home, "other");
        File.WriteAllText(other, "not mine to change");
        File.CreateSymbolicLink(FilePath, other);
        await Assert.ThrowsAsync<KrabAuthException>(() => Export(Request));
        await Export(Request with { Force = true });
        Assert.Equal("not mine to change", File.ReadAllText(other));
        Assert.Null(new FileInfo(FilePath).LinkTarget);
    }

    [Fact]
    public async Task Nothing_to_export_makes_no_file()
    {
        Put(There, $$""" "openai-codex:me": {{Codex("r1", 1900000000000)}} """);
        Assert.Equal(["openai-codex:me Skipped"], (await Export(Request)).Select(Line));
        Assert.False(File.Exists(FilePath));
        Assert.Contains("nothing to export", Assert.Single(There.Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_exports_the_keys_that_it_inherits_and_not_the_sign_ins()
    {
        Put(There, $$""" "openai:a": {{Key}}, "openai-codex:me": {{Codex("r1", 1900000000000)}} """);
        Put(There, $$""" "openai:b": {{OtherKey}} """, "work");
        Assert.Equal(["openai:b Exported", "openai:a Exported", "openai-codex:me Skipped"], (await Export(Request with { IncludeOAuth = true, Move = true }, "work")).Select(Line));
        Assert.Equal(2, Profiles(There).Count);
    }

    [Fact]
    public async Task A_password_is_needed_and_must_be_the_right_one()
    {
        Put(There, $$""" "openai:a": {{Key}} """);
        Assert.Equal("ExportPasswordWeak", (await Assert.ThrowsAsync<KrabAuthException>(() => Export(new ExportRequest(FilePath, Secret.Of("short"))))).ErrorId);
        Assert.False(File.Exists(FilePath));
        await Export(Request);
        Assert.True(TransferManager.IsProtected(FilePath));
        Assert.Equal("ExportPasswordRequired", (await Assert.ThrowsAsync<KrabAuthException>(() => Import(Back with { Password = null }))).ErrorId);
        Assert.Equal("ExportUnreadable", (await Assert.ThrowsAsync<KrabAuthException>(() => Import(Back with { Password = Secret.Of("another password") }))).ErrorId);
        Assert.Empty(Here.Files());
    }

    [Fact]
    public async Task What_users_reach_makes_and_takes_slow_files_alone()
    {
        Put(There, $$""" "openai:a": {{Key}} """);
        await Export(Request);
        // Made with few rounds by a test: to everybody else it is a file that was made to be guessed.
        AuthAgent here = Here.Agent();
        Assert.Equal("ExportUnsupported", (await Assert.ThrowsAsync<KrabAuthException>(() => here.Transfers.PlanImportAsync(Back, Cancellation))).ErrorId);
        AuthAgent there = There.Agent();
        await there.Transfers.ExportAsync(there.Transfers.PlanExport(Request with { Force = true }), null, Cancellation);
        Assert.Contains("\"iterations\":600000,", File.ReadAllText(FilePath), StringComparison.Ordinal);
        Assert.Single((await here.Transfers.PlanImportAsync(Back, Cancellation)).Results);
    }
}
