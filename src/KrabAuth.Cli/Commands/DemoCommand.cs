using System.CommandLine;
using KrabAuth.Cli.Demo;
using KrabAuth.Cli.Host;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Storage;

namespace KrabAuth.Cli.Commands;

/// <summary><c>demo</c>: what KrabAuth does, shown on this machine alone, in a directory that is thrown away.</summary>
internal static class DemoCommand
{
    private const string Provider = "demo";
    private const int Threads = 16;

    public static Command Create(CommandLine line) => line.Does(
        new Command("demo", "See it work in ten seconds: no account, no network, nothing of yours touched."),
        call => RunAsync(call.Cli, call.CancelOnSignal()).GetAwaiter().GetResult());

    private static async Task<int> RunAsync(CliContext cli, CancellationToken stop)
    {
        string directory = Directory.CreateTempSubdirectory("krabauth-demo-").FullName;
        try
        {
            await using var server = new DemoServer("me@example.com", "work@example.com");
            AuthAgent agent = new AuthWorkspace(new WorkspaceOptions { Product = Product.KrabKrab, StateDirectory = directory, Host = new EmptyEnvironment(directory), Log = cli }).OpenAgent();
            return await ShowAsync(cli, server, agent, stop).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<int> ShowAsync(CliContext cli, DemoServer server, AuthAgent agent, CancellationToken stop)
    {
        cli.Write($"An authorization server runs at {server.Issuer}, a store in {agent.Paths.Directory}.\n\n");

        Step(cli, 1, "Define the provider: an issuer and a client id are enough, the rest is looked up.");
        agent.Workspace.Registry.Add(new ProviderDefinition
        {
            Provider = Provider,
            Label = "Demo",
            OAuth = new OAuthSettings { Issuer = new Uri(server.Issuer), ClientId = "krabauth-demo", Scopes = ["openid", "email", "offline_access"] },
        });

        Step(cli, 2, "Sign in two accounts: browser, redirect to this machine, proof key (RFC 8252, RFC 7636).");
        // The first account's token is short-lived, so that it has expired when it is needed.
        server.Life = TimeSpan.FromSeconds(1);
        AuthProfile first = await SignInAsync(agent, stop).ConfigureAwait(false);
        server.Life = TimeSpan.FromHours(1);
        AuthProfile second = await SignInAsync(agent, stop).ConfigureAwait(false);
        cli.Write($"   {first.ProfileId}\n   {second.ProfileId}\n");

        Step(cli, 3, "Look at them. The first one's token lives for a second: it has expired, and can be renewed.");
        await ExpireAsync(first, stop).ConfigureAwait(false);
        foreach (AuthProfile profile in agent.Profiles.List()) cli.Write($"   {profile.ProfileId,-24} {profile.StatusText,-22} {profile.ExpiresText}\n");

        Step(cli, 4, $"Ask for the expired token from {Threads} threads at once. Its refresh token works once; a second use would sign the account out.");
        UsableCredential[] credentials = await Task.WhenAll(Enumerable.Range(0, Threads)
            .Select(_ => Task.Run(() => agent.Credentials.ForProfileAsync(first.ProfileId, stop), stop))).ConfigureAwait(false);
        int different = credentials.Select(credential => credential.Secret).Distinct().Count();
        cli.Write($"   {Threads} answers, {different} token, {server.Refreshes} request at the server\n");

        Step(cli, 5, "Choose: the second account first. Every program that shares the store obeys.");
        await agent.Orders.SetAsync(Provider, [second.ProfileId, first.ProfileId], stop).ConfigureAwait(false);
        cli.Write($"   selected: {agent.Orders.Resolve(Provider).Selected}\n");

        bool asPromised = different == 1 && server.Refreshes == 1;
        cli.Write($"\n{(asPromised ? "Done. The directory is removed again." : "This is not what should have happened; please report it.")}\n");
        return asPromised ? 0 : 1;
    }

    private static async Task<AuthProfile> SignInAsync(AuthAgent agent, CancellationToken stop)
    {
        using var person = new DemoPerson();
        AuthProfile profile = await agent.SignIns.SignInAsync(new SignInRequest(Provider), person, person, stop).ConfigureAwait(false);
        await person.Page.ConfigureAwait(false);
        return profile;
    }

    /// <summary>A second is short, and not over at once. A delay leaves out parts of a millisecond, and may end before its time.</summary>
    private static async Task ExpireAsync(AuthProfile profile, CancellationToken stop)
    {
        while (profile.Expires - DateTimeOffset.UtcNow is { } left && left >= TimeSpan.Zero) await Task.Delay(left + TimeSpan.FromMilliseconds(1), stop).ConfigureAwait(false);
    }

    private static void Step(CliContext cli, int number, string text) => cli.Write($"{(number > 1 ? "\n" : string.Empty)}{number}. {text}\n");
}
