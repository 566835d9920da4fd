using KrabAuth;
using KrabAuth.Providers;
using KrabAuth.Storage;

// krabauth-worker <state directory> <prefix> <count>: adds <prefix>-0, <prefix>-1 … and tells each id once it is stored.
// Without a count it goes on until it is killed.
string stateDirectory = args[0];
string prefix = args[1];
int count = args.Length > 2 ? int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture) : int.MaxValue;

AuthAgent agent = new AuthWorkspace(new WorkspaceOptions { Product = Product.OpenClaw, StateDirectory = stateDirectory }).OpenAgent();
for (int i = 0; i < count; i++)
{
    var secret = new NewSecret("openrouter", SignInMethod.ApiKey, $"sk-or-worker-{prefix}-{i}") { ProfileId = $"openrouter:{prefix}-{i}" };
    await agent.Profiles.AddAsync(secret).ConfigureAwait(false);
    await Console.Out.WriteLineAsync(secret.ProfileId).ConfigureAwait(false);
}
