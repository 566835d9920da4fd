using System.Security.Cryptography;
using System.Text;
using KrabAuth.Diagnostics;
using KrabAuth.Providers;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>A file that cannot be understood is an error that says where, and is never replaced. Guards those who lost every profile to one comma.</summary>
public sealed class DamagedFileTests
{
    private static readonly byte[] Whole = Encoding.UTF8.GetBytes("""
        {
          "version": 1,
          "profiles": {
            "p:a": { "type": "api_key", "provider": "p", "key": "k" }
          }
        }

        """);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, byte[], string> Damages { get; } = new()
    {
        { "cut off in the middle", Whole[..50], "(4," },
        { "empty", [], "(1,1): the file is empty" },
        { "blank", " \n\t "u8.ToArray(), "(1,1): the file is empty" },
        { "zeros, as after a power cut", new byte[100], "(1,1)" },
        { "a list", "[1]"u8.ToArray(), "(1,1): the file must hold one JSON object" },
        { "a text", "\"secret\""u8.ToArray(), "(1,1): the file must hold one JSON object" },
        { "null", "null"u8.ToArray(), "(1,1): the file must hold one JSON object" },
        { "profiles as a list", "{ \"profiles\": [] }"u8.ToArray(), "the member \"profiles\" must be an object" },
        { "a comma too many", "{\n  \"profiles\": {},\n}"u8.ToArray(), "(3,1)" },
        { "a comment", "{\n  // mine\n}"u8.ToArray(), "(2,3)" },
        { "text after the end", "{}\n{}"u8.ToArray(), "(2,1)" },
        { "a member twice", "{ \"profiles\": {},\n  \"profiles\": {} }"u8.ToArray(), "(2,3): the member \"profiles\" stands twice" },
        { "a member twice, once escaped", "{ \"profiles\": { \"p:a\": 1,\n \"p:\\u0061\": 2 } }"u8.ToArray(), "(2,2): the member \"p:a\" stands twice" },
        { "names alike but for halves of characters", "{ \"profiles\":\n  { \"\\ud83e\": 1,\n    \"\\ud83f\": 1 } }"u8.ToArray(), "(3,5): the member \"\uFFFD\" stands twice" },
        { "no UTF-8", [.. "{ \"profiles\": {\n  \"p:"u8, 0xFF, .. "\": 1 } }"u8], "(2,6): the text is not valid UTF-8" },
        { "a number without end", "{ \"profiles\": {},\n  \"n\": 1e123456789 }"u8.ToArray(), "(2,8): the exponent of a number is too large" },
        { "a number without end, in capitals", "{ \"profiles\": {},\n  \"n\": 1E-12345678 }"u8.ToArray(), "(2,8): the exponent of a number is too large" },
        { "UTF-16", Encoding.Unicode.GetBytes("{ \"profiles\": {} }"), "(1," },
        { "10,000 levels", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000)), "(1," },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_store_is_an_error_with_its_place_and_stays_as_it_is(string damage, byte[] content, string place)
    {
        using var state = new TempState();
        string path = state.Write("agents/main/agent/auth-profiles.json", content);
        await AssertRefused(state, "StoreCorrupt", path + (place[0] == '(' ? place : "("), place, damage);
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_state_file_is_an_error_with_its_place_and_stays_as_it_is(string damage, byte[] content, string place)
    {
        if (damage == "profiles as a list") return;
        using var state = new TempState();
        state.Write("agents/main/agent/auth-profiles.json", Whole);
        string path = state.Write("agents/main/agent/auth-state.json", content);
        await AssertRefused(state, "StoreCorrupt", path + "(", place, damage);
    }

    [Theory]
    [InlineData("1e12345678")]
    [InlineData("12345678901234567890E-1234567")]
    public async Task A_number_that_means_something_is_none(string number)
    {
        using var state = TempState.WithStore($"{{ \"profiles\": {{}}, \"n\": {number} }}");
        await Add(state);
        Assert.Contains($"\"n\": {number}", state.ReadStore(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_a_directory_is_an_error()
    {
        using var state = new TempState();
        Directory.CreateDirectory(Path.Combine(state.StorePath, "inside"));
        await AssertRefused(state, "StoreUnreadable", state.StorePath, "it is a directory", "directory");
        Assert.True(Directory.Exists(Path.Combine(state.StorePath, "inside")));
    }

    [Fact]
    public async Task A_store_that_is_too_large_is_an_error_and_is_not_read()
    {
        using var state = new TempState();
        state.Write("agents/main/agent/auth-profiles.json", Whole);
        using (FileStream file = File.OpenWrite(state.StorePath)) file.SetLength((64 * 1024 * 1024) + 1);
        long before = new FileInfo(state.StorePath).Length;
        KrabAuthException error = Assert.Throws<KrabAuthException>(() => state.Agent().Profiles.List());
        Assert.Equal("StoreUnreadable", error.ErrorId);
        Assert.Contains("it has 64 MiB, more than the 64 MiB that are read", error.Message, StringComparison.Ordinal);
        Assert.Contains(state.StorePath, error.Message, StringComparison.Ordinal);
        Assert.Equal("StoreUnreadable", (await Assert.ThrowsAsync<KrabAuthException>(() => Add(state))).ErrorId);
        Assert.Equal(before, new FileInfo(state.StorePath).Length);
    }

    [Theory]
    [InlineData("auth-profiles.json")]
    [InlineData("auth-state.json")]
    public async Task A_pipe_is_an_error_and_nobody_waits_for_it(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes among its files.");
        using var state = new TempState();
        Directory.CreateDirectory(Path.GetDirectoryName(state.StorePath)!);
        if (name == "auth-state.json") state.Write("agents/main/agent/auth-profiles.json", Whole);
        Shell.Run("mkfifo", state.InAgent(name));
        KrabAuthException error = await Task.Run(() => Assert.Throws<KrabAuthException>(() => state.Agent().Profiles.List()), Cancellation).WaitAsync(Patience.Limit, Cancellation);
        Assert.Equal("StoreUnreadable", error.ErrorId);
        Assert.Contains($"{state.InAgent(name)} cannot be read: it is not an ordinary file", error.Message, StringComparison.Ordinal);
        Assert.Equal("StoreUnreadable", (await Assert.ThrowsAsync<KrabAuthException>(() => Add(state))).ErrorId);
    }

    [Fact]
    public void A_damaged_configuration_is_an_error_with_its_place()
    {
        using var state = new TempState();
        string path = state.Write("openclaw.json", "{\n  auth: { order: { p: [ } }\n}");
        KrabAuthException error = Assert.Throws<KrabAuthException>(() => state.Agent());
        Assert.Equal("ConfigCorrupt", error.ErrorId);
        Assert.StartsWith($"{path}(2,", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_error_quotes_nothing_of_the_file()
    {
        using var state = TempState.WithStore("{ \"profiles\": { \"p:a\": { \"key\": sk-very-secret-text } } }");
        KrabAuthException error = Assert.Throws<KrabAuthException>(() => state.Agent().Profiles.List());
        Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
    }

    private static Task Add(TempState state)
        => state.Agent().Profiles.AddAsync(new NewSecret("groq", SignInMethod.ApiKey, "a-key-of-groq"), Cancellation);

    private static async Task AssertRefused(TempState state, string errorId, string file, string place, string damage)
    {
        Dictionary<string, string> before = Hashes(state);
        KrabAuthException reading = Assert.Throws<KrabAuthException>(() => state.Agent().Profiles.List());
        KrabAuthException writing = await Assert.ThrowsAsync<KrabAuthException>(() => Add(state));
        Assert.All(new[] { reading, writing }, error =>
        {
            Assert.True(error.ErrorId == errorId, $"{damage}: {error.ErrorId}");
            Assert.Contains(file, error.Message, StringComparison.Ordinal);
            Assert.Contains(place, error.Message, StringComparison.Ordinal);
        });
        Assert.Equal(before, Hashes(state));
        Assert.False(Path.Exists(state.LockPath));
    }

    private static Dictionary<string, string> Hashes(TempState state)
        => state.Files().ToDictionary(path => path, path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(state.InState(path)))));
}
