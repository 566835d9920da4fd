using System.Collections.ObjectModel;
using System.Management.Automation.Host;
using KrabAuth.Agents;
using KrabAuth.Onboarding;
using KrabAuth.Providers;
using KrabAuth.Secrets;

namespace KrabAuth.Parameters;

/// <summary>The questions of Initialize-KrabAuth: which provider, how, the secret, the default model. The host asks them.</summary>
internal sealed class OnboardingQuestions(PSHost host, AuthAgent agent)
{
    private const int Shown = 12;

    /// <summary>Lets the person choose a provider, and a way where it has several.</summary>
    /// <returns>The choice; empty if the person made none.</returns>
    public string ChooseAuthChoice()
    {
        IReadOnlyList<AuthChoice> offered = agent.Onboarding.Choices.Offered;
        List<string> providers = [.. offered.Select(choice => choice.Provider).Distinct()];
        string message = $"{agent.Workspace.Product} in {agent.Workspace.State.Root}, agent {agent.Id}. Providers: {string.Join(", ", providers.Take(Shown))}; ? for all.";
        while (true)
        {
            string answer = AskText(message, "Provider").Trim();
            if (answer.Length == 0) return string.Empty;
            List<AuthChoice> ways = [.. offered.Where(choice => string.Equals(choice.Provider, answer, StringComparison.OrdinalIgnoreCase))];
            if (ways.Count == 1) return ways[0].Id;
            if (ways.Count > 1) return ways[Ask("How?", string.Empty, ways.Select((way, number) => ($"&{number + 1} {way.Label}", way.Id)))].Id;
            message = answer == "?" ? $"Providers: {string.Join(", ", providers)}." : $"\"{answer}\" is none of them; ? for all.";
        }
    }

    /// <summary>Asks for what a plan lacks, and whether the default model is to change.</summary>
    public OnboardingPlan Complete(OnboardingPlan plan)
    {
        if (plan.Action == OnboardingAction.Ask) plan = AskSecret(plan);
        if (plan.SetDefault || plan.Choice.Provider.Length == 0) return plan;
        DefaultModelOffer offer = agent.Models.OfferDefaultAsync(plan.Choice.Provider, set: false).GetAwaiter().GetResult();
        if (offer.State != DefaultModelState.Available) return plan;
        string now = offer.Configured is { } configured ? $" in place of {configured}" : string.Empty;
        return plan with { SetDefault = Confirm("Default model", $"Use {offer.Model}{now}?", assumeYes: offer.Configured is null) };
    }

    private OnboardingPlan AskSecret(OnboardingPlan plan)
    {
        if (plan.Variable is { } variable && Confirm(plan.ProviderLabel, $"{variable} holds a key. Use it?", assumeYes: true)) return plan.WithVariable();
        if (plan.ExistingProfile is { } id && Confirm(plan.ProviderLabel, $"{id} has a key already. Keep it?", assumeYes: true)) return plan.WithProfile();
        SetupTokenRule? rule = plan.Hint.Length > 0 ? agent.Workspace.Registry.Find(plan.Choice.Provider)?.SetupToken : null;
        return plan.WithSecret(Secret.Of(SecureText.Reveal(FromHost(() => SecretPrompt.AskWhole(host, rule, plan.Choice.Label)))));
    }

    private bool Confirm(string caption, string message, bool assumeYes)
        => Ask(caption, message, [("&Yes", "Yes."), ("&No", "No.")], assumeYes ? 0 : 1) == 0;

    private int Ask(string caption, string message, IEnumerable<(string Label, string Help)> choices, int usual = 0)
        => FromHost(() => host.UI.PromptForChoice(caption, message, new Collection<ChoiceDescription>([.. choices.Select(choice => new ChoiceDescription(choice.Label, choice.Help))]), usual));

    private string AskText(string message, string label)
    {
        var field = new FieldDescription(label);
        field.SetParameterType(typeof(string));
        return FromHost(() => host.UI.Prompt(string.Empty, message, [field])[label]?.BaseObject as string ?? string.Empty);
    }

    /// <summary>An answer of the host. A console whose input has ended gives none, or fails.</summary>
    private static T FromHost<T>(Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception e) when (e is NullReferenceException or KeyNotFoundException)
        {
            throw new HostException("The host gave no answer.", e);
        }
    }
}
