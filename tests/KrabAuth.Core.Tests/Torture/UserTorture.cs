using System.Text;
using KrabAuth.Core.Tests.Processes;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Torture;

/// <summary>Two users at one store, and links that somebody planted.</summary>
public sealed class UserTorture : TortureBase
{
    private const int Nobody = 65534;

    // Private as KrabAuth makes it; or opened to everybody by a careless owner.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_user_gets_an_error_and_the_owner_loses_nothing(bool open)
    {
        SkipUnlessRoot();
        using var state = new TempState();
        await Add(state, "before", "sk-or-of-the-owner-0123456789");
        Shell.Run("chmod", "755", Path.GetDirectoryName(state.Root)!);
        if (open) Shell.Run("chmod", "-R", "777", state.Root);
        using var owner = Worker.Start(state.Root, "wowner", 60);
        for (int attempt = 0; attempt < 8; attempt++)
        {
            using var other = Worker.StartAs(Nobody, state.Root, $"wother{attempt}", 5);
            (IReadOnlyList<string> stored, string error) = await other.FailAsync(Cancellation);
            Assert.Empty(stored);
            Assert.Matches("^(StoreUnwritable|StoreUnreadable|UnsafePath): ", error);
            AssertNoSecret(error);
        }
        HashSet<string> certain = [.. await owner.FinishAsync(Cancellation), "openrouter:before"];
        Assert.Equal(certain, AssertWhole(state, certain));
    }

    [Fact]
    public async Task Root_does_not_write_into_the_store_of_a_user_and_the_user_loses_nothing()
    {
        SkipUnlessRoot();
        using var state = new TempState();
        DiskTorture.OpenTo(state, Nobody);
        using (var first = Worker.StartAs(Nobody, state.Root, "wfirst", 1)) await first.FinishAsync(Cancellation);
        using var owner = Worker.StartAs(Nobody, state.Root, "wowner", 60);
        for (int attempt = 0; attempt < 20; attempt++) await Fails(() => Add(state, $"root-{attempt}"), "UnsafePath");
        HashSet<string> certain = [.. await owner.FinishAsync(Cancellation), "openrouter:wfirst-0"];
        Assert.Equal(certain, AssertWhole(state, certain));
        // What root had made there the user could not have written to.
        Assert.Equal($"{Nobody}", Owner(state.StorePath));
    }

    [Fact]
    public async Task No_link_makes_a_write_reach_what_it_leads_to()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        const string Precious = "something of somebody's that is no store";
        Random random = Seed.ToRandom();
        using var state = new TempState();
        await Add(state, "before");
        string victim = state.Write("victim", Precious);
        string directory = Path.GetDirectoryName(state.StorePath)!;
        string queue = state.InAgent(".auth-profiles.json.queue");
        int refused = 0;
        for (int round = 0; round < 200; round++)
        {
            string link = random.Next(6) switch
            {
                0 => state.LockPath,
                1 => queue,
                2 => Path.Combine(queue, "holder"),
                3 => Path.Combine(queue, $"{DateTime.UtcNow.Ticks:D20}-{round}-1.ticket"),
                4 => $"{state.StorePath}.{Guid.NewGuid():N}.krabtmp",
                _ => state.StatePath,
            };
            Directory.CreateDirectory(queue);
            if (link == queue) Directory.Delete(queue, recursive: true);
            else File.Delete(link);
            File.CreateSymbolicLink(link, victim);
            string? error = null;
            try
            {
                await Add(state, $"round-{round}");
            }
            catch (Diagnostics.KrabAuthException e)
            {
                error = e.ErrorId;
                refused++;
                Assert.Matches(@"\S", e.Remedy.CommandLine);
                AssertNoSecret(e.ToString());
            }
            Assert.True(error is null or "UnsafePath" or "StoreCorrupt", $"{link}: {error}");
            Assert.Equal(Precious, File.ReadAllText(victim, Encoding.UTF8));
            if (new FileInfo(link).LinkTarget is not null) File.Delete(link);
            Assert.Equal(round + 2 - refused, state.Agent().Profiles.List().Count);
        }
        Assert.InRange(refused, 20, 180);
        foreach (string leftover in Directory.EnumerateFiles(directory, "*.krabtmp")) File.Delete(leftover);
        AssertNothingLeft(state);
    }

    private static void SkipUnlessRoot() => Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can run a program as another user.");

    private static string Owner(string path)
    {
        using var stat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%u", path]) { RedirectStandardOutput = true })!;
        return stat.StandardOutput.ReadToEnd().Trim();
    }
}
