using System.Management.Automation;
using System.Management.Automation.Host;
using System.Text;
using KrabAuth.OAuth;

namespace KrabAuth.Parameters;

/// <summary>
/// Talks to the person through the cmdlet's streams. Core calls it from any thread; what it has to say goes through the
/// pipeline thread, on which keys are read too, a few at a time, so that neither Ctrl+C nor the browser has to wait for them.
/// </summary>
internal sealed class PipelinePrompt(PSCmdlet cmdlet, string label, Action<Action> onPipelineThread) : ISignInPrompt
{
    private const char Backspace = '\b';
    private const char Delete = '\u007F';

    private readonly StringBuilder _typed = new();
    private TaskCompletionSource<string?>? _reading;

    /// <inheritdoc/>
    public bool CanPaste { get; } = HasKeys(cmdlet.Host);

    /// <inheritdoc/>
    public void ShowAddress(Uri address, bool opened, string? note)
    {
        if (note is not null) onPipelineThread(() => cmdlet.WriteWarning(note));
        Say(opened ? "Your browser was opened to sign in. If it shows nothing, open this address:" : "Open this address in your browser:", "SignIn");
        Say($"\n{address.AbsoluteUri}\n", "SignIn");
        if (CanPaste) Say("If the browser is on another machine, paste the address of the page that follows here.", "SignIn");
    }

    /// <inheritdoc/>
    public void ShowDeviceCode(DeviceCode code)
    {
        Say("Open this page on any device and type the code. Never type a code that somebody sent you.", "DeviceCode");
        Say($"\n{code.CompleteUri?.AbsoluteUri ?? code.VerificationUri.AbsoluteUri}\n\n{code.UserCode}\n", "DeviceCode");
    }

    /// <inheritdoc/>
    public Task<string?> ReadPastedAsync(CancellationToken cancellationToken)
    {
        var reading = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellationToken.Register(() => reading.TrySetResult(null));
        _reading = reading;
        return reading.Task;
    }

    /// <inheritdoc/>
    public void ShowProblem(string problem) => onPipelineThread(() => cmdlet.WriteWarning($"{problem}. Try again."));

    /// <inheritdoc/>
    public void ShowProgramLine(string line) => Say(line, "SignIn");

    /// <inheritdoc/>
    public void ShowTimeLeft(TimeSpan left) => onPipelineThread(() => cmdlet.WriteProgress(
        new ProgressRecord(0, $"Signing in to {label}", $"Waiting for you, {left:m\\:ss} left") { SecondsRemaining = (int)left.TotalSeconds }));

    /// <summary>Takes the keys that were pressed since the last call. On the pipeline thread.</summary>
    public void TakeKeys()
    {
        PSHostRawUserInterface keyboard = cmdlet.Host.UI.RawUI;
        while (_reading is { Task.IsCompleted: false } reading && keyboard.KeyAvailable)
        {
            char key = keyboard.ReadKey(ReadKeyOptions.NoEcho | ReadKeyOptions.IncludeKeyDown).Character;
            switch (key)
            {
                case '\r' or '\n' when keyboard.KeyAvailable:
                    // A terminal wraps what is pasted: more is there already, so this is no end.
                    break;
                case '\r' or '\n':
                    string text = _typed.ToString();
                    _typed.Clear();
                    _reading = null;
                    reading.TrySetResult(text);
                    break;
                case Backspace or Delete:
                    if (_typed.Length > 0) _typed.Length--;
                    break;
                case '\0':
                    break;
                default:
                    _typed.Append(key);
                    break;
            }
        }
    }

    /// <summary>Takes the progress away. On the pipeline thread.</summary>
    public void End() => cmdlet.WriteProgress(new ProgressRecord(0, $"Signing in to {label}", "Done") { RecordType = ProgressRecordType.Completed });

    private void Say(string text, string tag)
        => onPipelineThread(() => cmdlet.WriteInformation(new HostInformationMessage { Message = text }, ["PSHOST", "KrabAuth", tag]));

    /// <summary>A host without a keyboard says so by an exception: a job, a service, redirected input.</summary>
    private static bool HasKeys(PSHost host)
    {
        try
        {
            _ = host.UI.RawUI.KeyAvailable;
            return !Console.IsInputRedirected;
        }
        catch (Exception e) when (e is HostException or NotImplementedException or InvalidOperationException or NullReferenceException)
        {
            return false;
        }
    }
}
