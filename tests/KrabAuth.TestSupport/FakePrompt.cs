using System.Collections.Concurrent;
using System.Threading.Channels;
using KrabAuth.OAuth;

namespace KrabAuth.TestSupport;

/// <summary>A person at a terminal: sees what is shown, and pastes what a test says.</summary>
public sealed class FakePrompt : ISignInPrompt
{
    private readonly Channel<string?> _pasted = Channel.CreateUnbounded<string?>();
    private readonly TaskCompletionSource<(Uri Address, bool Opened, string? Note)> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DeviceCode> _code = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<string> _problems = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<TimeSpan> _left = new();
    private readonly ConcurrentQueue<string> _lines = new();

    public bool CanPaste { get; init; } = true;

    /// <summary>What was shown when the sign-in began.</summary>
    public Task<(Uri Address, bool Opened, string? Note)> Address => _address.Task;

    public Task<DeviceCode> DeviceCode => _code.Task;

    /// <summary>What was left, each time that it was told.</summary>
    public IReadOnlyCollection<TimeSpan> TimesLeft => _left;

    public IReadOnlyCollection<string> ProgramLines => _lines;

    /// <summary>Pastes a text.</summary>
    public void Paste(string text) => _pasted.Writer.TryWrite(text);

    /// <summary>Closes standard input.</summary>
    public void EndInput() => _pasted.Writer.TryWrite(null);

    /// <summary>The next thing that was found wrong with a pasted text.</summary>
    public Task<string> NextProblemAsync(CancellationToken cancellationToken) => _problems.Reader.ReadAsync(cancellationToken).AsTask();

    void ISignInPrompt.ShowAddress(Uri address, bool opened, string? note) => _address.TrySetResult((address, opened, note));

    void ISignInPrompt.ShowDeviceCode(DeviceCode code) => _code.TrySetResult(code);

    Task<string?> ISignInPrompt.ReadPastedAsync(CancellationToken cancellationToken) => _pasted.Reader.ReadAsync(cancellationToken).AsTask();

    void ISignInPrompt.ShowProblem(string problem) => _problems.Writer.TryWrite(problem);

    void ISignInPrompt.ShowProgramLine(string line) => _lines.Enqueue(line);

    void ISignInPrompt.ShowTimeLeft(TimeSpan left) => _left.Enqueue(left);
}
