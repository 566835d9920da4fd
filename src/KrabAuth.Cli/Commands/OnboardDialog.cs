using KrabAuth.Agents;
using KrabAuth.Cli.Input;
using KrabAuth.Cli.Rendering;
using KrabAuth.Onboarding;
using KrabAuth.Providers;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Cli.Commands;

/// <summary>The questions of <c>onboard</c>: whose files, which provider, how, the secret, the default model.</summary>
internal static class OnboardDialog
{
    /// <summary>The state directory to set up. Where nobody said whose it is, and others are there, the person says.</summary>
    public static AuthWorkspace ChooseWorkspace(Invocation call)
    {
        AuthWorkspace workspace = call.OpenWorkspace();
        if (!call.LeavesProductOpen || Directory.Exists(workspace.State.Root) || workspace.OtherProducts is not { Count: > 0 } others) return workspace;
        IReadOnlyList<MenuItem> items = [.. others.Prepend(workspace.Product).Select(product => new MenuItem(product.ToString().ToLowerInvariant(), Describe(call, product)))];
        return call.ChooseProduct(ProductLayout.Parse(Menu.Choose(call.Cli, "Whose credentials are to be set up?", items)));
    }

    public static string ChooseAuthChoice(Invocation call, AuthAgent agent)
    {
        IReadOnlyList<AuthChoice> offered = agent.Onboarding.Choices.Offered;
        IReadOnlyList<MenuItem> providers = [.. offered.Select(choice => choice.Provider).Distinct().Select(provider => new MenuItem(provider, LabelOf(agent, provider)))];
        string provider = Menu.Choose(call.Cli, "Which provider?", providers);
        List<AuthChoice> ways = [.. offered.Where(choice => choice.Provider == provider)];
        return ways.Count == 1 ? ways[0].Id : Menu.Choose(call.Cli, "How?", [.. ways.Select(way => new MenuItem(way.Id, way.Label))]);
    }

    /// <summary>A provider that can be signed in to.</summary>
    public static string ChooseSignIn(Invocation call, AuthAgent agent)
    {
        IEnumerable<string> providers = agent.Onboarding.Choices.Offered.Where(choice => choice.Method == SignInMethod.OAuth).Select(choice => choice.Provider).Distinct();
        return Menu.Choose(call.Cli, "Which provider?", [.. providers.Select(provider => new MenuItem(provider, LabelOf(agent, provider)))]);
    }

    /// <summary>Asks for what a plan lacks, and whether the default model is to change.</summary>
    public static OnboardingPlan Complete(Invocation call, AuthAgent agent, OnboardingPlan plan)
    {
        if (plan.Action == OnboardingAction.Ask) plan = AskSecret(call, plan);
        if (plan.SetDefault || plan.Choice.Provider.Length == 0) return plan;
        DefaultModelOffer offer = agent.Models.OfferDefaultAsync(plan.Choice.Provider, set: false).GetAwaiter().GetResult();
        if (offer.State != DefaultModelState.Available) return plan;
        string now = offer.Configured is { } configured ? $" in place of {configured}" : string.Empty;
        return plan with { SetDefault = call.Confirm($"Use {offer.Model} as the default model{now}?", assumeYes: offer.Configured is null) };
    }

    private static OnboardingPlan AskSecret(Invocation call, OnboardingPlan plan)
    {
        if (plan.Variable is { } variable && call.Confirm($"{variable} holds a key. Use it?", assumeYes: true)) return plan.WithVariable();
        if (plan.ExistingProfile is { } id && call.Confirm($"{id} has a key already. Keep it?", assumeYes: true)) return plan.WithProfile();
        if (plan.Hint.Length > 0) call.Cli.WriteError(plan.Hint);
        return plan.WithSecret(Secret.Of(SecretSource.Read(call.Cli, $"Paste {plan.Choice.Label}")));
    }

    private static string LabelOf(AuthAgent agent, string provider) => agent.Workspace.Registry.Find(provider)?.Label ?? provider;

    private static string Describe(Invocation call, Product product)
        => PathText.Short(StateDirectory.Find(product, null, call.Cli.Environment).Root, call.Cli.Environment);
}
