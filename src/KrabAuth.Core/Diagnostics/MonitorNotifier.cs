using System.ComponentModel;
using System.Text.Json.Nodes;
using KrabAuth.Host;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics;

/// <summary>
/// Runs the user's command for one change. No shell is involved. The command gets one JSON object on standard input and the same in
/// a few variables; neither holds a secret. Exit code 0 says that the news was taken.
/// </summary>
internal sealed class MonitorNotifier(AuthAgent agent, MonitorOptions options)
{
    private string? _broken;

    /// <returns>Why the news was not taken, or <see langword="null"/>.</returns>
    public async Task<string?> TellAsync(MonitorChange change, CancellationToken cancellationToken)
    {
        if (options.Command.Count == 0) return null;
        string program = options.Command[0];
        // What hangs or does not start will do so with the next piece of news too, and a run is to end.
        if (_broken is not null) return _broken;
        string? next = change.Remedy is { } remedy ? options.Spell(remedy.CommandLine) : null;
        var call = new ProgramCall(program, options.Command.Skip(1), Message(change, next))
        {
            Timeout = options.Timeout,
            Directory = agent.Workspace.Options.Host.CurrentDirectory,
            AddedVariables = Variables(change, next),
            OnErrorLine = line => agent.Workspace.Log.Verbose($"{program}: {line}"),
        };
        try
        {
            ProgramAnswer answer = await ChildProgram.RunAsync(call, agent.Workspace.Options.Clock, cancellationToken).ConfigureAwait(false);
            return answer.ExitCode == 0 ? null : $"{program} ended with exit code {answer.ExitCode}";
        }
        catch (TimeoutException e)
        {
            return _broken = $"{program} was ended: {e.Message}";
        }
        catch (Win32Exception e)
        {
            return _broken = $"{program} could not be started: {e.Message}";
        }
        catch (IOException e)
        {
            return $"{program} failed: {e.Message}";
        }
    }

    private string Message(MonitorChange change, string? next)
    {
        var message = new JsonObject
        {
            ["version"] = 1,
            ["event"] = MonitorFile.Word(change.Event),
            ["kind"] = MonitorFile.Word(change.Kind),
            ["target"] = change.Target,
            ["provider"] = change.Provider,
            ["profileId"] = change.ProfileId,
            ["message"] = change.Message,
            ["next"] = next,
            ["now"] = change.Check is null ? null : State(MonitoredState.Of(change.Check)),
            ["before"] = change.Before is null ? null : State(change.Before),
            ["expires"] = change.Check?.Expires is { } expires && expires != DateTimeOffset.MaxValue && expires != DateTimeOffset.MinValue ? expires.ToUnixTimeMilliseconds() : null,
            ["time"] = agent.Workspace.NowMilliseconds,
            ["agent"] = agent.Id,
            ["product"] = MonitorFile.Word(agent.Workspace.Product),
            ["stateDirectory"] = agent.Workspace.State.Root,
        };
        return message.ToJsonString() + "\n";
    }

    private Dictionary<string, string> Variables(MonitorChange change, string? next) => new(StringComparer.Ordinal)
    {
        ["KRABAUTH_EVENT"] = MonitorFile.Word(change.Event),
        ["KRABAUTH_TARGET"] = change.Target,
        ["KRABAUTH_PROVIDER"] = change.Provider,
        ["KRABAUTH_REASON"] = change.Check?.Reason ?? "removed",
        ["KRABAUTH_MESSAGE"] = change.Message,
        ["KRABAUTH_NEXT"] = next ?? string.Empty,
        ["KRABAUTH_AGENT"] = agent.Id,
    };

    private static JsonObject State(MonitoredState state) => new()
    {
        ["result"] = MonitorFile.Word(state.Result),
        ["status"] = MonitorFile.Word(state.Status),
        ["reason"] = state.Reason,
    };
}
