using System.Globalization;
using KrabAuth;
using KrabAuth.Providers;
using KrabAuth.Storage;

// krabauth-worker <state directory> <prefix> <count>: adds <prefix>-0, <prefix>-1 … and tells each id once it is stored.
// Without a count it goes on until it is killed.
// krabauth-worker tokens <state directory> <profile id> <threads>: asks for a token on so many threads at once and tells each answer.
if (args[0] == "tokens")
{
    TellTokens(args[1], args[2], int.Parse(args[3], CultureInfo.InvariantCulture));
    return;
}
string prefix = args[1];
int count = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : int.MaxValue;

AuthAgent agent = Open(args[0]);
for (int i = 0; i < count; i++)
{
    var secret = new NewSecret("openrouter", SignInMethod.ApiKey, $"sk-or-worker-{prefix}-{i}") { ProfileId = $"openrouter:{prefix}-{i}" };
    await agent.Profiles.AddAsync(secret).ConfigureAwait(false);
    await Console.Out.WriteLineAsync(secret.ProfileId).ConfigureAwait(false);
}

static AuthAgent Open(string stateDirectory) => new AuthWorkspace(new WorkspaceOptions { Product = Product.OpenClaw, StateDirectory = stateDirectory }).OpenAgent();

// Each thread opens the store for itself, as the runspaces of one PowerShell do.
static void TellTokens(string stateDirectory, string id, int count)
{
    using var start = new Barrier(count);
    string[] tokens = new string[count];
    List<Thread> threads = [.. Enumerable.Range(0, count).Select(number => new Thread(() =>
    {
        AuthAgent agent = Open(stateDirectory);
        start.SignalAndWait();
        tokens[number] = agent.Credentials.ForProfileAsync(id).GetAwaiter().GetResult().Secret.Reveal();
    }))];
    threads.ForEach(thread => thread.Start());
    threads.ForEach(thread => thread.Join());
    foreach (string token in tokens) Console.WriteLine(token);
}
