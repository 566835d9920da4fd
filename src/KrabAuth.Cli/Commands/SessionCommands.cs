using System.CommandLine;
using KrabAuth.Cli.Rendering;
using KrabAuth.Routing;

namespace KrabAuth.Cli.Commands;

/// <summary><c>models auth session get|set|clear</c>: which profile a session stays with.</summary>
internal static class SessionCommands
{
    public static Command Create(CommandLine line)
        => new("session", "Show, set or clear the profile that a session stays with.") { Get(line), Set(line), Clear(line) };

    private static Command Get(CommandLine line)
    {
        Option<string> session = SessionOption("The session; all of them without it.");
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        return line.Does(new Command("get", "Show the pins of sessions.") { session, json }, call =>
        {
            AuthAgent agent = call.OpenAgent();
            IReadOnlyList<SessionPin> pins = agent.Sessions.List(call.Text(session));
            if (call.Has(json)) SessionOutput.WriteJson(call.Cli, agent, pins);
            else SessionOutput.WriteText(call.Cli, agent, pins);
            return 0;
        });
    }

    private static Command Set(CommandLine line)
    {
        Option<string> session = SessionOption("The session; main without it.");
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        var profile = new Argument<string>("profile-id") { Description = "The profile." };
        return line.Does(new Command("set", "Fix a profile for a session.") { session, profile, json }, call =>
        {
            AuthAgent agent = call.OpenAgent();
            SessionPin pin = agent.Sessions.SetAsync(call.Text(session) ?? SessionManager.DefaultSession, call.Text(profile)!, call.CancelOnSignal()).GetAwaiter().GetResult();
            if (call.Has(json)) SessionOutput.WriteJson(call.Cli, agent, [pin]);
            else call.Cli.Write($"Agent: {agent.Id}\nSession {pin.Session} stays with {pin.ProfileId} for {pin.Provider}.\n");
            return 0;
        });
    }

    private static Command Clear(CommandLine line)
    {
        Option<string> session = SessionOption("The session; main without it.");
        Option<string> provider = GlobalOptions.Value("--provider", "id", "Only the pin for this provider.");
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        return line.Does(new Command("clear", "Lift the pins of a session.") { session, provider, json }, call =>
        {
            AuthAgent agent = call.OpenAgent();
            string key = call.Text(session) ?? SessionManager.DefaultSession;
            int lifted = agent.Sessions.ClearAsync(key, call.Filled(provider), call.CancelOnSignal()).GetAwaiter().GetResult();
            if (call.Has(json)) SessionOutput.WriteJson(call.Cli, agent, agent.Sessions.List(key));
            else call.Cli.Write($"Agent: {agent.Id}\nSession {key}: {(lifted == 1 ? "1 pin" : $"{lifted} pins")} lifted.\n");
            return 0;
        });
    }

    private static Option<string> SessionOption(string description) => GlobalOptions.Value("--session", "key", description);
}
