namespace KrabAuth.Core.Tests.Secrets;

public sealed class FileReferenceTests : SecretsTestBase
{
    private string Keys(string content)
    {
        string path = State.Write("keys/keys.json", content);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    [Theory]
    [InlineData("/openai/key", """{ "openai": { "key": "VALUE" } }""")]
    [InlineData("/a~1b/~0", """{ "a/b": { "~": "VALUE" } }""")]
    [InlineData("/list/1", """{ "list": ["x", "VALUE"] }""")]
    [InlineData("/", """{ "": "VALUE" }""")]
    [InlineData("/k", "\uFEFF{ \"k\": \" VALUE\\n\" }")]
    public async Task A_pointer_leads_into_a_JSON_file(string place, string content)
    {
        Providers($$"""{ keys: { source: "file", path: "{{Keys(content.Replace("VALUE", Value, StringComparison.Ordinal))}}" } }""");
        Reference($$"""{ "source": "file", "provider": "keys", "id": "{{place}}" }""");
        Assert.Equal(Value, await Resolve());
    }

    [Theory]
    [InlineData("/none", """{ "k": "VALUE" }""", "nothing at /none")]
    [InlineData("/list/01", """{ "list": ["x", "VALUE"] }""", "nothing at")]
    [InlineData("/list/2", """{ "list": ["x", "VALUE"] }""", "nothing at")]
    [InlineData("/k/deeper", """{ "k": "VALUE" }""", "nothing at")]
    [InlineData("/k", """{ "k": 5 }""", "is no text")]
    [InlineData("/k", """{ "k": "  " }""", "is empty")]
    [InlineData("/k", """["VALUE"]""", "does not hold a JSON object")]
    [InlineData("/k", """{ "k": VALUE }""", "keys.json(1,")]
    [InlineData("value", """{ "value": "VALUE" }""", "nothing at value")]
    public async Task What_is_not_there_is_said_without_what_is(string place, string content, string problem)
    {
        Providers($$"""{ keys: { source: "file", path: "{{Keys(content.Replace("VALUE", Value, StringComparison.Ordinal))}}" } }""");
        Reference($$"""{ "source": "file", "provider": "keys", "id": "{{place}}" }""");
        string message = await Problem();
        Assert.Contains(problem, message, StringComparison.Ordinal);
        Assert.DoesNotContain(Value, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_one_secret_loses_the_line_break_of_its_editor()
    {
        Providers($$"""{ one: { source: "file", mode: "singleValue", path: "{{Keys(Value + "\r\n")}}" } }""");
        Reference("""{ "source": "file", "provider": "one", "id": "value" }""");
        Assert.Equal(Value, await Resolve());
        Reference("""{ "source": "file", "provider": "one", "id": "/k" }""");
        Assert.Contains("\"value\"", await Problem(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_larger_than_allowed_is_not_read()
    {
        string path = Keys($$"""{ "k": "{{Value}}" }""");
        long size = new FileInfo(path).Length;
        Reference("""{ "source": "file", "provider": "keys", "id": "/k" }""");
        Providers($$"""{ keys: { source: "file", maxBytes: {{size - 1}}, path: "{{path}}" } }""");
        Assert.Contains($"it has {size} bytes, more than the {size - 1} bytes", await Problem(), StringComparison.Ordinal);
        Providers($$"""{ keys: { source: "file", maxBytes: {{size}}, path: "{{path}}" } }""");
        Assert.Equal(Value, await Resolve());
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead, "can be read")]
    [InlineData(UnixFileMode.OtherRead, "can be read")]
    [InlineData(UnixFileMode.GroupWrite, "can be changed")]
    public async Task A_file_that_is_open_to_others_is_refused_unless_the_configuration_allows_it(UnixFileMode open, string problem)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has access lists.");
        string path = Keys($$"""{ "k": "{{Value}}" }""");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | open);
        Reference("""{ "source": "file", "provider": "keys", "id": "/k" }""");
        Providers($$"""{ keys: { source: "file", path: "{{path}}" } }""");
        Assert.Contains(problem, await Problem(), StringComparison.Ordinal);
        Providers($$"""{ keys: { source: "file", path: "{{path}}", allowInsecurePath: true } }""");
        Assert.Equal(Value, await Resolve());
    }

    [Fact]
    public async Task A_directory_that_others_can_change_makes_its_file_unsafe()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has access lists.");
        string path = Keys($$"""{ "k": "{{Value}}" }""");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherWrite);
        Reference("""{ "source": "file", "provider": "keys", "id": "/k" }""");
        Providers($$"""{ keys: { source: "file", path: "{{path}}" } }""");
        Assert.Contains("can be changed", await Problem(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_and_a_file_that_is_missing_are_refused()
    {
        string path = Keys($$"""{ "k": "{{Value}}" }""");
        Reference("""{ "source": "file", "provider": "keys", "id": "/k" }""");
        Providers($$"""{ keys: { source: "file", path: "{{path}}.gone" } }""");
        Assert.Contains("does not exist", await Problem(), StringComparison.Ordinal);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making links needs a right there.");
        File.CreateSymbolicLink(path + ".link", path);
        Providers($$"""{ keys: { source: "file", path: "{{path}}.link" } }""");
        Assert.Contains("is a link", await Problem(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_in_the_home_directory_is_found()
    {
        string path = Keys($$"""{ "k": "{{Value}}" }""");
        State.Host.UserHomeDirectory = Path.GetDirectoryName(path);
        Providers("""{ keys: { source: "file", path: "~/keys.json" } }""", """defaults: { file: "keys" }""");
        Reference("""{ "source": "file", "id": "/k" }""");
        Assert.Equal(Value, await Resolve());
    }
}
