using KrabAuth.Diagnostics;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Secrets;

/// <summary>A store with a profile whose key is kept elsewhere, and the places where it can be kept.</summary>
public abstract class SecretsTestBase : IDisposable
{
    protected const string Value = "sk-proj-0123456789abcdefghij";

    protected TempState State { get; } = new();

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        State.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the profile <c>openai:a</c> this reference, as JSON.</summary>
    protected void Reference(string reference) => State.Write("agents/main/agent/auth-profiles.json",
        $$"""{ "version": 1, "profiles": { "openai:a": { "type": "api_key", "provider": "openai", "keyRef": {{reference}} } } }""");

    /// <summary>Configures secret providers.</summary>
    protected void Providers(string providers, string rest = "") => State.Write("openclaw.json", $$"""{ secrets: { providers: {{providers}}, {{rest}} } }""");

    /// <summary>What the profile's reference leads to.</summary>
    protected async Task<string> Resolve() => (await State.Agent().Credentials.ForProfileAsync("openai:a", Cancellation)).Secret.Reveal();

    /// <summary>Why it leads to nothing.</summary>
    protected async Task<string> Problem(string id = "SecretReferenceUnresolved")
    {
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(Resolve);
        Assert.Equal(id, error.ErrorId);
        return error.Message;
    }

    /// <summary>A program that is a shell script.</summary>
    protected string Program(string script, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The program is a shell script.");
        string path = State.Write("bin/give", "#!/bin/sh\n" + script);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.SetUnixFileMode(path, mode);
        }
        return path;
    }
}
