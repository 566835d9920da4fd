using KrabAuth.Secrets;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Secrets;

public sealed class ExecReferenceTests : SecretsTestBase
{
    private const string Give = """cat > "${0%/*}/asked"; env > "${0%/*}/env"; printf '%s\n' "$@" > "${0%/*}/args"; """;

    private static string Answer(string json) => $"{Give}echo '{json}'\n";

    private void Configure(string path, string more = "")
    {
        Providers($$"""{ op: { source: "exec", command: "{{path}}", {{more}} } }""");
        Reference("""{ "source": "exec", "provider": "op", "id": "openai/key" }""");
    }

    private string Seen(string name) => File.ReadAllText(State.InState($"bin/{name}"));

    [Fact]
    public async Task A_program_gets_the_ids_its_arguments_and_no_variable_that_is_not_meant_for_it()
    {
        State.Host.Set("PASSED", "yes").Set("KEPT", "no");
        string path = Program(Answer($$$"""{"protocolVersion":1,"values":{"openai/key":"{{{Value}}}"}}"""));
        Configure(path, """args: ["a b", "$HOME; rm"], passEnv: ["PASSED", "PATH", "NOT_SET"], env: { GIVEN: "too" }""");
        State.Host.Set("PATH", Environment.GetEnvironmentVariable("PATH"));
        Assert.Equal(Value, await Resolve());
        Assert.Equal("""{"protocolVersion":1,"provider":"op","ids":["openai/key"]}""", Seen("asked"));
        Assert.Equal("a b\n$HOME; rm\n", Seen("args"));
        string[] variables = [.. Seen("env").Split('\n').Select(line => line.Split('=')[0])];
        Assert.Contains("PASSED", variables);
        Assert.Contains("GIVEN", variables);
        Assert.DoesNotContain("KEPT", variables);
        Assert.DoesNotContain("HOME", variables);
    }

    [Fact]
    public async Task Several_secrets_are_asked_for_in_one_call()
    {
        string path = Program("echo x >> \"${0%/*}/calls\"; " + """echo '{"protocolVersion":1,"values":{"a":"first-0123456789","b":"second-0123456789"},"errors":{"c":{"message":"locked"}}}'""" + "\n");
        Providers($$"""{ op: { source: "exec", command: "{{path}}", passEnv: ["PATH"] } }""");
        State.Host.Set("PATH", Environment.GetEnvironmentVariable("PATH"));
        SecretReference[] references = [.. "abcd".Select(id => new SecretReference(SecretReferenceSource.Exec, "op", id.ToString()))];
        IReadOnlyDictionary<SecretReference, ResolvedReference> results = await State.Workspace().References.ResolveAsync(references, Cancellation);
        Assert.Equal("x\n", Seen("calls"));
        Assert.Equal("first-0123456789", results[references[0]].Value!.Reveal());
        Assert.Equal("second-0123456789", results[references[1]].Value!.Reveal());
        Assert.Contains("locked", results[references[2]].Problem, StringComparison.Ordinal);
        Assert.Contains("lacks \"d\"", results[references[3]].Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "answered nothing")]
    [InlineData("sk-proj-0123456789abcdefghij", "is not JSON")]
    [InlineData("\"sk-proj-0123456789abcdefghij\"", "no JSON object")]
    [InlineData("""{"protocolVersion":2,"values":{"openai/key":"sk-proj-0123456789abcdefghij"}}""", "another protocolVersion")]
    [InlineData("""{"values":{"openai/key":"sk-proj-0123456789abcdefghij"}}""", "another protocolVersion")]
    [InlineData("""{"protocolVersion":1}""", "no \"values\"")]
    [InlineData("""{"protocolVersion":1,"values":{"openai/key":5}}""", "is no text")]
    [InlineData("""{"protocolVersion":1,"values":{},"errors":{"openai/key":{"message":"not sk-proj-0123456789abcdefghij"}}}""", "has no \"openai/key\": not sk-pro…ghij")]
    public async Task An_answer_of_another_form_is_refused_and_not_repeated(string answer, string problem)
    {
        Configure(Program($"echo '{answer}'\n"));
        string message = await Problem();
        Assert.Contains(problem, message, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_text_is_taken_only_where_the_configuration_says_so()
    {
        Configure(Program($"echo {Value}\n"), "jsonOnly: false");
        Assert.Equal(Value, await Resolve());
    }

    [Fact]
    public async Task A_program_that_fails_is_told_by_its_exit_code_alone()
    {
        Configure(Program($"echo {Value} >&2; exit 3\n"));
        string message = await Problem();
        Assert.Contains("exit code 3", message, StringComparison.Ordinal);
        Assert.DoesNotContain(Value, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_says_too_much_is_ended()
    {
        Configure(Program("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done\n"), "maxOutputBytes: 5000");
        Assert.Contains("too long", await Problem(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("timeoutMs: 2000, noOutputTimeoutMs: 9000", "did not answer within 2 s")]
    [InlineData("timeoutMs: 9000, noOutputTimeoutMs: 2000", "said nothing for 2 s")]
    public async Task A_program_that_takes_too_long_is_ended(string limits, string problem)
    {
        var clock = new ManualClock();
        State.Timers = clock;
        Configure(Program("read never < \"${0%/*}/pipe\"\n"), limits);
        Shell.Run("mkfifo", State.InState("bin/pipe"));
        Task<string> message = Problem();
        await clock.NextWaitAsync(TimeSpan.FromSeconds(2), Cancellation);
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Contains(problem, await message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_is_run_only_from_where_nobody_else_can_put_it()
    {
        string path = Program($"echo '{{\"protocolVersion\":1,\"values\":{{\"openai/key\":\"{Value}\"}}}}'\n");
        Configure(path, """trustedDirs: ["/nowhere"]""");
        Assert.Contains("none of trustedDirs", await Problem(), StringComparison.Ordinal);
        Configure(path, $"""trustedDirs: ["{State.Root}"]""");
        Assert.Equal(Value, await Resolve());
        Configure("bin/give");
        Assert.Contains("is not absolute", await Problem(), StringComparison.Ordinal);
        File.CreateSymbolicLink(path + ".link", path);
        Configure(path + ".link");
        Assert.Contains("is a link", await Problem(), StringComparison.Ordinal);
        Configure(path + ".link", "allowSymlinkCommand: true");
        Assert.Equal(Value, await Resolve());
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.OtherWrite);
        Configure(path);
        Assert.Contains("can be changed", await Problem(), StringComparison.Ordinal);
        Configure(path, "allowInsecurePath: true");
        Assert.Equal(Value, await Resolve());
    }

    [Fact]
    public async Task Limits_of_the_configuration_hold()
    {
        string path = Program("exit 0\n");
        Providers($$"""{ op: { source: "exec", command: "{{path}}" } }""", "resolution: { maxBatchBytes: 20 }");
        Reference("""{ "source": "exec", "provider": "op", "id": "openai/key" }""");
        Assert.Contains("maxBatchBytes", await Problem(), StringComparison.Ordinal);
        Providers($$"""{ op: { source: "exec", command: "{{path}}" } }""", "resolution: { maxRefsPerProvider: 1 }");
        SecretReference[] references = [new(SecretReferenceSource.Exec, "op", "a"), new(SecretReferenceSource.Exec, "op", "b")];
        Assert.All((await State.Workspace().References.ResolveAsync(references, Cancellation)).Values, result => Assert.Contains("maxRefsPerProvider", result.Problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Listing_and_checking_run_nothing()
    {
        string path = Program("echo x >> \"${0%/*}/calls\"\n");
        Configure(path);
        AuthAgent agent = State.Agent();
        Assert.Equal("exec:op:openai/key", Assert.Single(agent.Profiles.List()).SecretHint);
        agent.Health.Check();
        agent.Health.Status();
        agent.Orders.Resolve("openai");
        Assert.False(File.Exists(State.InState("bin/calls")));
        await Problem();
        Assert.True(File.Exists(State.InState("bin/calls")));
    }
}
