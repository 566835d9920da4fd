using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

public sealed class TransferTests : IDisposable
{
    private const string Password = "a long password\n";
    private readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    private string FilePath => Path.Combine(_home.Root, "x.krab");

    private string[] Ids(string state) => [.. _home.Store(state: state)["profiles"]!.AsObject().Select(profile => profile.Key)];

    /// <summary>A variable of a script that is empty must not widen what is moved, replaced, lifted or mended.</summary>
    [Theory]
    [InlineData("--provider", "models", "auth", "export", "x.krab", "--move", "--include-oauth")]
    [InlineData("--provider", "models", "auth", "import", "--from-env", "--force")]
    [InlineData("--provider", "models", "auth", "session", "clear")]
    [InlineData("--agent", "doctor", "--fix")]
    public void An_option_without_a_value_widens_nothing(string option, params string[] command)
    {
        Outcome outcome = _home.RunWithInput(Password, [.. command, option, ""]);
        Assert.Equal((1, string.Empty), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith($"Error: Missing a value for {option}.\n", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_home.Root, "x.krab")));
    }

    [Fact]
    public void Profiles_go_to_another_machine_in_a_file()
    {
        _home.WriteStore(new JsonObject { ["openai:a"] = Sample.Key("openai"), ["openai:b"] = Sample.Key("openai", "sk-proj-b-0123456789abcd"), ["openai-codex:me"] = Sample.OAuth("openai-codex", 5) });
        Outcome export = _home.RunWithInput(Password, "models", "auth", "export", "x.krab", "--profile-id", "openai:a", "--profile-id", "openai-codex:me");
        Assert.Equal((0, string.Empty), (export.ExitCode, export.Error));
        Assert.Equal("- openai:a [exported: with its secret]\n", export.Output[..(export.Output.IndexOf('\n', StringComparison.Ordinal) + 1)]);
        Assert.Contains("- openai-codex:me [skipped: an OAuth sign-in has one owner", export.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-proj", File.ReadAllText(FilePath), StringComparison.Ordinal);

        Outcome again = _home.RunWithInput(Password, "models", "auth", "export", "x.krab");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("exists already", again.Error, StringComparison.Ordinal);

        Outcome wrong = _home.RunWithInput("another password", "models", "auth", "import", "x.krab", "--product", "openclaw");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("the password is wrong, or the file was changed", wrong.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_home.StateDirectory(".openclaw")));

        Outcome import = _home.RunWithInput(Password, "models", "auth", "import", "x.krab", "--product", "openclaw", "--json");
        Assert.Equal((0, string.Empty), (import.ExitCode, import.Error));
        JsonElement result = Assert.Single(TempHome.ParseJson(import.Output).GetProperty("profiles").EnumerateArray());
        Assert.Equal("imported", result.GetProperty("action").GetString());
        Assert.Equal(["openai:a"], Ids(".openclaw"));
    }

    [Fact]
    public void A_sign_in_is_moved_between_products()
    {
        _home.WriteStore(new JsonObject { ["openai-codex:me"] = Sample.OAuth("openai-codex", 5) }, state: ".openclaw");
        Outcome refused = _home.Run("models", "auth", "import", "--from", "openclaw");
        Assert.Equal(0, refused.ExitCode);
        Assert.Contains("[skipped: an OAuth sign-in has one owner", refused.Output, StringComparison.Ordinal);
        Outcome preview = _home.Run("models", "auth", "import", "--from", "openclaw", "--move", "--dry-run");
        Assert.Equal("- openai-codex:me [imported, moved: it is new here]\n", preview.Output);
        Assert.Equal(["openai-codex:me"], Ids(".openclaw"));
        Outcome moved = _home.Run("models", "auth", "import", "--from", "openclaw", "--move");
        Assert.Equal(preview.Output, moved.Output);
        Assert.Equal(["openai-codex:me"], Ids(".krabkrab"));
        Assert.Empty(Ids(".openclaw"));
    }

    [Fact]
    public void Variables_and_env_files_are_imported()
    {
        _home.Variables["GROQ_API_KEY"] = "gsk_0123456789abcdefghij";
        TempHome.Write(Path.Combine(_home.Root, "keys.env"), "export OPENAI_API_KEY=sk-proj-0123456789abcdefghij\n");
        Assert.Equal("- groq:default [imported: it is new here]\n", _home.Run("models", "auth", "import", "--from-env").Output);
        Assert.Equal("- openai:default [imported: it is new here]\n", _home.Run("models", "auth", "import", "keys.env").Output);
        Assert.Equal("- openai:default [skipped: it is here already]\n", _home.Run("models", "auth", "import", "~/keys.env").Output);
    }

    [Theory]
    [InlineData("models auth import", "Give one source")]
    [InlineData("models auth import x --from openclaw", "Give one source")]
    [InlineData("models auth import none.json", "There is nothing to import")]
    [InlineData("models auth import --from nothing", "not a product")]
    [InlineData("models auth import --from krabkrab", "Source and destination are the same")]
    [InlineData("models auth export x --profile-id a:b", "not found")]
    [InlineData("models auth export", "Missing <file>")]
    [InlineData("migrate", "Missing --from")]
    [InlineData("migrate --from openclaw", "There is nothing to import")]
    [InlineData("migrate --from openclaw --to openclaw", "There is nothing to import")]
    [InlineData("migrate --from openclaw --to moltbot --product krabkrab", "--to says Moltbot")]
    public void What_cannot_be_done_is_said(string line, string message)
    {
        Outcome outcome = _home.RunWithInput(Password, line.Split(' '));
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public void A_whole_product_is_migrated_and_the_second_run_does_nothing()
    {
        _home.WriteStore(new JsonObject { ["openai:a"] = Sample.Key("openai"), ["openai-codex:me"] = Sample.OAuth("openai-codex", 5) }, order: new JsonObject { ["openai"] = new JsonArray("openai:a") }, state: ".openclaw");
        _home.WriteStore(new JsonObject { ["profiles"] = new JsonObject { ["groq:w"] = Sample.Key("groq") } }.ToJsonString(), "work", ".openclaw");
        TempHome.Write(Path.Combine(_home.StateDirectory(".openclaw"), "openclaw.json"), "{ auth: { cooldowns: { billingMaxHours: 3 } } }");
        JsonElement preview = _home.Json("migrate", "--from", "openclaw", "--dry-run", "--json");
        Assert.True(preview.GetProperty("changes").GetBoolean());
        Assert.False(Directory.Exists(_home.StateDirectory()));
        Outcome first = _home.Run("migrate", "--from", "openclaw");
        Assert.Equal((0, string.Empty), (first.ExitCode, first.Error));
        Assert.Contains("OpenClaw has no longer: openai-codex:me.", first.Output, StringComparison.Ordinal);
        Assert.Equal(["openai:a", "openai-codex:me"], Ids(".krabkrab"));
        Assert.Equal("groq:w", Assert.Single(_home.Store("work")["profiles"]!.AsObject()).Key);
        Outcome second = _home.Run("migrate", "--from", "openclaw", "--to", "krabkrab");
        Assert.Contains("There is nothing to do.", second.Output, StringComparison.Ordinal);
        JsonElement third = _home.Json("migrate", "--from", "openclaw", "--json");
        Assert.False(third.GetProperty("changes").GetBoolean());
        Assert.Equal(0, third.GetProperty("movedSignIns").GetArrayLength());
    }

    [Fact]
    public void A_started_name_recommends_itself()
    {
        TempHome.Write(FilePath, "{\"format\":\"krabauth-profiles\"}");
        Outcome outcome = _home.RunWithInput("a long password", "models", "auth", "import", "x.krab");
        Assert.Contains("x.krab cannot be opened", outcome.Error, StringComparison.Ordinal);
    }
}
