using System.Text;
using System.Text.Json;
using KrabAuth.Agents;
using KrabAuth.Cli.Host;
using KrabAuth.Diagnostics;
using KrabAuth.Onboarding;
using KrabAuth.Profiles;

namespace KrabAuth.Cli.Rendering;

/// <summary>What <c>onboard</c> says, and the line about the default model that a sign-in has too.</summary>
internal static class OnboardOutput
{
    /// <summary>What became of the default model; empty where there is nothing to say.</summary>
    public static string DefaultModelLine(DefaultModelOffer offer) => offer.State switch
    {
        DefaultModelState.Set => $"Default model set to {offer.Model}\n",
        DefaultModelState.Available => $"Default model available: {offer.Model} (use --set-default to apply)\n",
        _ => string.Empty,
    };

    public static void Write(CliContext cli, OnboardingResult result, AuthAgent agent)
    {
        var text = new StringBuilder();
        if (result.ProfileId is { } id)
        {
            AuthProfile profile = agent.Profiles.Get(id);
            string from = result.Action switch
            {
                OnboardingAction.KeepProfile => ", as it was",
                OnboardingAction.StoreVariable => $", from {result.Variable}",
                OnboardingAction.ReferToVariable => $", kept in {result.Variable}",
                _ => string.Empty,
            };
            text.Append($"Auth profile: {id} ({profile.Provider}/{profile.Type.StoredName()}){from}\n");
        }
        else
        {
            text.Append("No credential was added.\n");
        }
        text.Append(DefaultModelLine(result.DefaultModel));
        foreach (AuthCheck check in result.Checks)
        {
            text.Append($"Check: {check.Target} {check.Result.ToString().ToLowerInvariant()} ({check.Reason}), expires {check.ExpiresText}\n");
            if (check.Remedy is { } remedy) text.Append($"  {cli.ForThisCall(remedy.CommandLine)}\n");
        }
        cli.Write(text.ToString());
    }

    public static void WriteJson(CliContext cli, OnboardingResult result) => JsonOutput.Write(cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("authChoice", result.AuthChoice);
        writer.WriteString("provider", result.Provider);
        writer.WriteString("profileId", result.ProfileId);
        writer.WriteString("action", JsonNamingPolicy.KebabCaseLower.ConvertName(result.Action.ToString()));
        writer.WriteOptional("variable", result.Variable);
        writer.WriteString("agentId", result.Agent);
        writer.WriteString("product", result.Product.ToString().ToLowerInvariant());
        writer.WriteString("stateDir", result.StateDirectory);
        writer.WriteStartObject("defaultModel");
        writer.WriteString("model", result.DefaultModel.Model);
        writer.WriteString("configured", result.DefaultModel.Configured);
        writer.WriteString("state", result.DefaultModel.State.ToString().ToLowerInvariant());
        writer.WriteEndObject();
        writer.WriteStartArray("checks");
        foreach (AuthCheck check in result.Checks)
        {
            writer.WriteStartObject();
            writer.WriteString("profileId", check.Target);
            writer.WriteString("result", check.Result.ToString().ToLowerInvariant());
            writer.WriteString("reason", check.Reason);
            if (check.Expires != DateTimeOffset.MaxValue) writer.WriteNumber("expiresAt", check.Expires.ToUnixTimeMilliseconds());
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    public static int WriteChoices(CliContext cli, AuthChoices choices, bool json)
    {
        if (json) WriteChoicesJson(cli, choices);
        else cli.Write(string.Concat(choices.All.Select(choice => $"{choice.Id.PadRight(28)}  {choice.Label}{(choice.Flag is null ? string.Empty : $"  {choice.Flag}")}\n")));
        return 0;
    }

    private static void WriteChoicesJson(CliContext cli, AuthChoices choices) => JsonOutput.Write(cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("choices");
        foreach (AuthChoice choice in choices.All)
        {
            writer.WriteStartObject();
            writer.WriteString("id", choice.Id);
            writer.WriteString("label", choice.Label);
            writer.WriteString("provider", choice.Provider);
            writer.WriteOptional("method", choice.Method?.ToString());
            writer.WriteOptional("flag", choice.Flag);
            writer.WriteTexts("aliases", choice.Aliases);
            writer.WriteTexts("generations", choice.Generations);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
