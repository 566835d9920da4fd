using KrabAuth.Cli.Host;
using KrabAuth.Diagnostics;
using KrabAuth.OAuth;

namespace KrabAuth.Cli.Input;

/// <summary>
/// A sign-in at the terminal, or under a program: the address stands on a line of its own on standard output, everything else
/// on standard error, and an answer can be pasted, or written to standard input, while the browser is waited for.
/// </summary>
internal sealed class SignInPrompt(CliContext cli, bool addressToError = false) : ISignInPrompt
{
    private const string Question = "Paste the address of the page that follows, or wait for it";
    private bool _asking;

    /// <inheritdoc/>
    public bool CanPaste => true;

    /// <inheritdoc/>
    public void ShowAddress(Uri address, bool opened, string? note)
    {
        if (note is not null) cli.WriteError(note);
        cli.WriteError(opened ? "Your browser was opened to sign in. If it shows nothing, open this address:" : "Open this address in your browser:");
        Show($"\n{address.AbsoluteUri}\n\n");
    }

    /// <inheritdoc/>
    public void ShowDeviceCode(DeviceCode code)
    {
        cli.WriteError("Open this page on any device and type the code. Never type a code that somebody sent you.");
        Show($"\n{code.CompleteUri?.AbsoluteUri ?? code.VerificationUri.AbsoluteUri}\n\n{code.UserCode}\n\n");
    }

    /// <inheritdoc/>
    public async Task<string?> ReadPastedAsync(CancellationToken cancellationToken)
    {
        // The console's reader has no true waiting: its ReadLineAsync blocks the caller, and with it the browser's answer.
        if (!cli.CanAsk) return await Task.Run(cli.InputLines.ReadLine, CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
        _asking = true;
        string? line = await Task.Run(() => Terminal.Open().ReadLine(cli, $"{Question}: ", isSecret: true, cancellationToken), CancellationToken.None).ConfigureAwait(false);
        // The terminal gives keys and no signals here: Ctrl+C is a key, and means the sign-in.
        return line ?? (cancellationToken.IsCancellationRequested ? null : throw new PromptCancelledException());
    }

    /// <inheritdoc/>
    public void ShowProblem(string problem) => cli.WriteError($"{problem}. Try again.");

    /// <inheritdoc/>
    public void ShowProgramLine(string line) => cli.WriteError(line);

    /// <inheritdoc/>
    public void ShowTimeLeft(TimeSpan left)
    {
        if (!cli.CanAsk || !cli.CanShowProgress) return;
        // The same line again and again: nothing that is pasted is shown, so nothing is overwritten.
        string text = _asking ? $"{Question} ({left:m\\:ss} left): " : $"Waiting ({left:m\\:ss} left) ";
        cli.WriteErrorText($"\r{text}");
    }

    /// <summary>Where a program reads the result from standard output, a person is told elsewhere.</summary>
    private void Show(string text)
    {
        if (addressToError) cli.WriteErrorText(TextCells.CleanLines(text));
        else cli.Write(text);
    }
}
