using System.CommandLine;
using System.Globalization;
using KrabAuth.Diagnostics;
using KrabAuth.Routing;

namespace KrabAuth.Cli.Commands;

/// <summary>The options that say what a credential is wanted for.</summary>
internal sealed class RequestOptions
{
    public Option<string> Model { get; } = GlobalOptions.Value("--model", "name", "The model: waits for another model alone do not count.");

    public Option<string> Session { get; } = GlobalOptions.Value("--session", "key", "The session that stays with one profile.");

    public Option<string> NewSession { get; } = GlobalOptions.Flag("--new-session", "The session starts anew: the next profile is taken.");

    public Option<string> Compactions { get; } = GlobalOptions.Value("--compactions", "count", "How often the session was compacted; once more moves it on.");

    public Option<string> AllowEnvironment { get; } = GlobalOptions.Flag("--allow-environment", "Use a key of environment or configuration where no profile can be used.");

    /// <summary>Whether any of them was given.</summary>
    public bool IsGiven(Invocation call) => new[] { Model, Session, NewSession, Compactions, AllowEnvironment }.Any(call.Has);

    /// <summary>The request that a call makes.</summary>
    public CredentialRequest Read(Invocation call, string provider)
    {
        string? session = call.Text(Session);
        string? count = call.Text(Compactions);
        int compactions = 0;
        if (count is not null && !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out compactions)) throw AuthErrors.OptionMissing("--compactions needs a whole number.", Remedy.Same("Use the number of times that the session was compacted, such as 1."));
        if (session is null && (count is not null || call.Has(NewSession))) throw call.Missing("--session");
        return new CredentialRequest(provider)
        {
            Model = call.Text(Model),
            Session = session is null ? null : new SessionTurn(session) { IsNew = call.Has(NewSession), CompactionCount = count is null ? null : compactions },
            AllowEnvironment = call.Has(AllowEnvironment),
        };
    }
}
