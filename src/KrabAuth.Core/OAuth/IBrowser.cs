namespace KrabAuth.OAuth;

/// <summary>Opens the page where the user signs in.</summary>
public interface IBrowser
{
    /// <summary>Opens an address; false if there is no browser to open it in.</summary>
    bool TryOpen(Uri address);
}

/// <summary>Talks to the person who signs in.</summary>
public interface ISignInPrompt
{
    /// <summary>Whether the person can paste an answer.</summary>
    bool CanPaste { get; }

    /// <summary>Shows the address to sign in at, on a line of its own.</summary>
    /// <param name="address">It carries the state: nobody else should see it.</param>
    /// <param name="opened">Whether a browser was opened already.</param>
    /// <param name="note">Why none was, or that the port is busy; null if all is as usual.</param>
    void ShowAddress(Uri address, bool opened, string? note);

    /// <summary>Shows a device code (RFC 8628 §3.3) with a warning never to type one that somebody else sent (§5.4).</summary>
    void ShowDeviceCode(DeviceCode code);

    /// <summary>Waits for a pasted answer; null if there will be none.</summary>
    Task<string?> ReadPastedAsync(CancellationToken cancellationToken);

    /// <summary>Tells what was wrong with a pasted answer; another one is waited for.</summary>
    void ShowProblem(string problem);

    /// <summary>Shows a line that a provider's own program has for the person.</summary>
    void ShowProgramLine(string line);

    /// <summary>Counts down.</summary>
    void ShowTimeLeft(TimeSpan left);
}

/// <summary>What a person types on another device.</summary>
/// <param name="UserCode">The code.</param>
/// <param name="VerificationUri">The page to type it in.</param>
/// <param name="CompleteUri">The page with the code in it, where the server gives one.</param>
/// <param name="ExpiresIn">How long it can be used.</param>
public sealed record DeviceCode(string UserCode, Uri VerificationUri, Uri? CompleteUri, TimeSpan ExpiresIn);
