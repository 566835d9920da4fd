using System.Text.Json.Nodes;
using KrabAuth.Core.Tests.Processes;
using KrabAuth.Diagnostics;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Torture;

/// <summary>A disk that is full, or was made read-only, or a directory whose rights went: before, between and during writes.</summary>
public sealed class DiskTorture : TortureBase
{
    private const int Nobody = 65534;
    private const string Id = "openai-codex:me@example.com";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task On_a_full_disk_a_change_is_made_whole_or_not_at_all_and_says_what_helps(bool twoFiles)
    {
        using SmallDisk disk = SmallDisk.Mount();
        TempState state = disk.State;
        if (twoFiles)
        {
            state.Write("agents/main/agent/auth-profiles.json", "{}");
            state.Write("agents/main/agent/auth-state.json", "{}");
        }
        await Add(state, "first", Key(0));
        await state.Agent().Orders.SetAsync("openrouter", ["openrouter:first"], Cancellation);
        string name = "first";
        int failed = 0;
        // Each number of pages lets another step of the write be the one that fails.
        for (int round = 0; round < 60; round++)
        {
            disk.Fill(round % 12);
            (string Store, string State) before = Read();
            string next = $"name-{round}";
            try
            {
                // Both files of a store of two change.
                await state.Agent().Profiles.RenameAsync($"openrouter:{name}", $"openrouter:{next}", Cancellation);
                name = next;
            }
            catch (KrabAuthException e)
            {
                failed++;
                Assert.Equal("StoreUnwritable", e.ErrorId);
                Assert.Contains("Free some space", e.Remedy.CommandLine, StringComparison.Ordinal);
                AssertNoSecret(e.ToString());
                Assert.Equal(before, Read());
            }
            AssertNothingLeft(state);
        }
        Assert.InRange(failed, 5, 55);
        disk.Free();
        await Add(state, "after");
        Assert.Equal([$"openrouter:{name}", "openrouter:after"], state.Agent().Profiles.List().Select(profile => profile.ProfileId).OrderDescending(StringComparer.Ordinal));
        Assert.Contains($"openrouter:{name}", state.Agent().Read().Order["openrouter"]);

        (string, string) Read() => (state.ReadStore(), twoFiles ? state.ReadState() : string.Empty);

        static string Key(int length) => $"sk-or-{new string('k', 6000 + length)}";
    }

    [Fact]
    public async Task On_a_full_disk_no_refresh_token_is_used_up()
    {
        using SmallDisk disk = SmallDisk.Mount();
        FakeAuthorizationServer server = Expired(disk.State);
        disk.Fill();
        await Fails(() => Token(disk.State), "StoreUnwritable");
        Assert.Empty(server.TokenRequests);
        disk.Free();
        Assert.NotEmpty(await Token(disk.State));
        Assert.Single(server.TokenRequests);
    }

    [Fact]
    public async Task A_disk_that_fills_up_while_the_server_answers_is_told_of()
    {
        using SmallDisk disk = SmallDisk.Mount();
        FakeAuthorizationServer server = Expired(disk.State);
        string before = disk.State.ReadStore();
        server.Hold();
        Task<string> token = Token(disk.State);
        await server.NextArrivalAsync(Cancellation);
        disk.Fill();
        server.Release();
        KrabAuthException error = await Fails(() => token, "RefreshUnsaved");
        Assert.Contains("models auth login", error.Remedy.CommandLine, StringComparison.Ordinal);
        Assert.All(server.Secrets, secret => Assert.DoesNotContain(secret, error.ToString(), StringComparison.Ordinal));
        Assert.Equal(before, disk.State.ReadStore());
        AssertNothingLeft(disk.State);
    }

    [Fact]
    public async Task On_a_read_only_disk_everything_can_be_read_and_nothing_is_asked_of_a_server()
    {
        using SmallDisk disk = SmallDisk.Mount();
        FakeAuthorizationServer server = Expired(disk.State);
        string before = disk.State.ReadStore();
        disk.Close();
        KrabAuthException error = await Fails(() => Add(disk.State, "more"), "StoreUnwritable");
        Assert.Contains("Make the directory writable", error.Remedy.CommandLine, StringComparison.Ordinal);
        await Fails(() => Token(disk.State), "StoreUnwritable");
        Assert.Empty(server.TokenRequests);
        Assert.Single(disk.State.Agent().Profiles.List());
        Assert.Equal(before, disk.State.ReadStore());
    }

    [Theory]
    [InlineData("chmod", "500")]
    [InlineData("chmod", "000")]
    [InlineData("chown", "0")]
    public async Task Who_loses_the_right_to_write_in_the_middle_is_told_and_loses_nothing_else(string program, string right)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can run a program as another user.");
        using var state = new TempState();
        OpenTo(state, Nobody);
        using var worker = Worker.StartAs(Nobody, state.Root, "wlost");
        var certain = new HashSet<string>(StringComparer.Ordinal);
        for (int i = Seed.ToRandom().Next(3, 30); i > 0; i--) certain.Add((await worker.NextAsync(Cancellation))!);
        Shell.Run(program, right, Path.GetDirectoryName(state.StorePath)!);
        (IReadOnlyList<string> more, string error) = await worker.FailAsync(Cancellation);
        certain.UnionWith(more);
        Assert.Matches("^(StoreUnwritable|StoreUnreadable|UnsafePath): ", error);
        Assert.Matches("Make the directory writable|Look at the file and its permissions|Run as the owner", error);
        AssertNoSecret(error);
        Shell.Run("chmod", "700", Path.GetDirectoryName(state.StorePath)!);
        Shell.Run("chown", "-R", "0", state.Root);
        // A lock that could not be taken away any more is known for what it is.
        await Add(state, "after");
        certain.Add("openrouter:after");
        AssertWhole(state, certain);
    }

    /// <summary>Gives a state directory to a user, who can get there.</summary>
    internal static void OpenTo(TempState state, int user)
    {
        Shell.Run("chmod", "755", Path.GetDirectoryName(state.Root)!);
        Shell.Run("chown", "-R", $"{user}", state.Root);
    }

    private static FakeAuthorizationServer Expired(TempState state)
    {
        var server = new FakeAuthorizationServer { Clock = state.Clock };
        state.Http = server;
        state.Write("agents/main/agent/auth-profiles.json", new JsonObject
        {
            ["version"] = 1,
            ["profiles"] = new JsonObject
            {
                [Id] = new JsonObject
                {
                    ["type"] = "oauth", ["provider"] = "openai-codex", ["access"] = server.AccessToken(server.Account), ["refresh"] = server.GrantRefreshToken(),
                    ["expires"] = state.Clock.Milliseconds - 1, ["accountId"] = server.Account.Id, ["email"] = server.Account.Email,
                },
            },
        }.ToJsonString());
        return server;
    }

    private static async Task<string> Token(TempState state) => (await state.Agent().Credentials.ForProfileAsync(Id, Cancellation)).Secret.Reveal();
}
