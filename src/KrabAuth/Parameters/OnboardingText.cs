using KrabAuth.Agents;

namespace KrabAuth.Parameters;

/// <summary>What a sign-in and onboarding say about the default model.</summary>
internal static class OnboardingText
{
    public static string Of(DefaultModelOffer offer) => offer.State switch
    {
        DefaultModelState.Set => $"Default model set to {offer.Model}",
        DefaultModelState.Available => $"Default model available: {offer.Model} (use -SetDefault to apply)",
        _ => string.Empty,
    };
}
