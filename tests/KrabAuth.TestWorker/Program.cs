using System.Globalization;
using KrabAuth;
using KrabAuth.Diagnostics;
using KrabAuth.Host;
using KrabAuth.Providers;
using KrabAuth.Storage;

// krabauth-worker <state directory> <prefix> <count>: adds <prefix>-0, <prefix>-1 … and tells each id once it is stored.
// Without a count it goes on until it is killed.
// krabauth-worker hold <state directory> <prefix> <hours>: adds <prefix>-0 and tells "held" with the lock in hand; writes when a line comes
// on standard input. Its clock is wrong by so many hours.
// krabauth-worker tokens <state directory> <profile id> <threads>: asks for a token on so many threads at once and tells each answer.
// krabauth-worker browse <address>: opens an address in the user's browser, and tells whether it could.
// An error is told on standard error, with what helps, and is the exit code 3.
try
{
    switch (args[0])
    {
        case "tokens":
            TellTokens(args[1], args[2], int.Parse(args[3], CultureInfo.InvariantCulture));
            break;
        case "browse":
            await Console.Out.WriteLineAsync($"{new SystemBrowser().TryOpen(new Uri(args[1]))}").ConfigureAwait(false);
            break;
        case "hold":
            await HoldAsync(args[1], args[2], TimeSpan.FromHours(int.Parse(args[3], CultureInfo.InvariantCulture))).ConfigureAwait(false);
            break;
        default:
            await AddAsync(args[0], args[1], args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : int.MaxValue).ConfigureAwait(false);
            break;
    }
    return 0;
}
catch (KrabAuthException e)
{
    await Console.Error.WriteLineAsync($"{e.ErrorId}: {e.Message} {e.Remedy.CommandLine}").ConfigureAwait(false);
    return 3;
}

static async Task AddAsync(string stateDirectory, string prefix, int count)
{
    AuthAgent agent = Open(stateDirectory, new LockOptions());
    for (int i = 0; i < count; i++)
    {
        NewSecret secret = Secret(prefix, i);
        await agent.Profiles.AddAsync(secret).ConfigureAwait(false);
        await Console.Out.WriteLineAsync(secret.ProfileId).ConfigureAwait(false);
    }
}

static async Task HoldAsync(string stateDirectory, string prefix, TimeSpan wrong)
{
    AuthAgent agent = Open(stateDirectory, new LockOptions { Clock = new WrongClock(wrong) });
    await agent.UpdateAsync((_, editor) =>
    {
        Console.Out.WriteLine("held");
        Console.In.ReadLine();
        editor.Put($"openrouter:{prefix}-0", new KrabAuth.Profiles.ApiKeyCredential("openrouter", KrabAuth.Secrets.Secret.Of($"sk-or-worker-{prefix}-0")));
        return true;
    }, CancellationToken.None).ConfigureAwait(false);
    await Console.Out.WriteLineAsync($"openrouter:{prefix}-0").ConfigureAwait(false);
}

static NewSecret Secret(string prefix, int i) => new("openrouter", SignInMethod.ApiKey, $"sk-or-worker-{prefix}-{i}") { ProfileId = $"openrouter:{prefix}-{i}" };

static AuthAgent Open(string stateDirectory, LockOptions locks)
    => new AuthWorkspace(new WorkspaceOptions { Product = Product.OpenClaw, StateDirectory = stateDirectory, Locks = locks }).OpenAgent();

// Each thread opens the store for itself, as the runspaces of one PowerShell do.
static void TellTokens(string stateDirectory, string id, int count)
{
    using var start = new Barrier(count);
    string[] tokens = new string[count];
    List<Thread> threads = [.. Enumerable.Range(0, count).Select(number => new Thread(() =>
    {
        AuthAgent agent = Open(stateDirectory, new LockOptions());
        start.SignalAndWait();
        tokens[number] = agent.Credentials.ForProfileAsync(id).GetAwaiter().GetResult().Secret.Reveal();
    }))];
    threads.ForEach(thread => thread.Start());
    threads.ForEach(thread => thread.Join());
    foreach (string token in tokens) Console.WriteLine(token);
}

/// <summary>The system's clock, wrong by some time.</summary>
internal sealed class WrongClock(TimeSpan wrong) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + wrong;
}
