using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Security;
using System.Text;
using KrabAuth.Parameters;
using KrabAuth.Secrets;

namespace KrabAuth.Plugins;

/// <summary>
/// The vaults of the session's SecretManagement. Core asks from any thread; the commands run on the pipeline thread, where the engine
/// is, and where a vault that is locked can ask for its password.
/// </summary>
internal sealed class SessionVault(Action<Action> onPipelineThread) : ISecretVault
{
    private const string Module = "Microsoft.PowerShell.SecretManagement";

    /// <inheritdoc/>
    public Task<Secret?> GetAsync(string? vault, string name, CancellationToken cancellationToken) => OnPipelineThread(
        () =>
        {
            using PowerShell command = Command("Get-Secret", vault).AddParameter("Name", name);
            PSObject? found = Invoke(command).FirstOrDefault(item => item is not null);
            return found is null ? null : Secret.Of(Text(found.BaseObject));
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<VaultEntry>> ListAsync(string vault, CancellationToken cancellationToken) => OnPipelineThread<IReadOnlyList<VaultEntry>>(
        () =>
        {
            using PowerShell command = Command("Get-SecretInfo", vault);
            return [.. Invoke(command).OfType<PSObject>().Select(item => new VaultEntry(vault, item.Properties["Name"]?.Value?.ToString() ?? string.Empty, Metadata(item.Properties["Metadata"]?.Value)))];
        },
        cancellationToken);

    private async Task<T> OnPipelineThread<T>(Func<T> work, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        // A cmdlet that was stopped empties its queue no more.
        using CancellationTokenRegistration stop = cancellationToken.Register(() => done.TrySetCanceled(cancellationToken));
        onPipelineThread(() =>
        {
            try
            {
                done.TrySetResult(work());
            }
            catch (Exception e) when (e is IOException or PipelineStoppedException)
            {
                done.TrySetException(e);
            }
        });
        return await done.Task.ConfigureAwait(false);
    }

    /// <summary>By the module's name: a function of the user's that is called Get-Secret too gets no say.</summary>
    private static PowerShell Command(string name, string? vault)
    {
        PowerShell command = PowerShell.Create(RunspaceMode.CurrentRunspace).AddCommand($"{Module}\\{name}").AddParameter("ErrorAction", ActionPreference.Stop);
        return vault is null ? command : command.AddParameter("Vault", vault);
    }

    private static Collection<PSObject> Invoke(PowerShell command)
    {
        try
        {
            return command.Invoke();
        }
        catch (CommandNotFoundException)
        {
            throw new IOException($"the module {Module} is not installed");
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            if (e.ErrorRecord.FullyQualifiedErrorId.StartsWith("GetSecretNotFound", StringComparison.Ordinal)) return [];
            throw new IOException(e.Message, e);
        }
    }

    private static string Text(object secret) => secret switch
    {
        string text => text,
        SecureString text => SecureText.Reveal(text),
        PSCredential credential => SecureText.Reveal(credential.Password),
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        _ => throw new IOException("the secret is neither text nor a credential"),
    };

    private static Dictionary<string, string> Metadata(object? value)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        switch (value is PSObject wrapped ? wrapped.BaseObject : value)
        {
            case IDictionary table:
                foreach (DictionaryEntry entry in table) metadata[entry.Key.ToString()!] = entry.Value?.ToString() ?? string.Empty;
                break;
            case IEnumerable<KeyValuePair<string, object>> pairs:
                foreach ((string name, object text) in pairs) metadata[name] = text?.ToString() ?? string.Empty;
                break;
            default:
                break;
        }
        return metadata;
    }
}
