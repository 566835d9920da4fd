using System.Management.Automation;
using System.Security;
using KrabAuth.Completion;
using KrabAuth.Diagnostics;
using KrabAuth.Errors;
using KrabAuth.Parameters;
using KrabAuth.Secrets;
using KrabAuth.Transfer;

namespace KrabAuth.Commands;

/// <summary>Writes profiles to a file that a password protects, for another machine.</summary>
[Cmdlet(VerbsData.Export, "KrabAuthProfile", SupportsShouldProcess = true)]
[OutputType(typeof(TransferResult))]
public sealed class ExportKrabAuthProfileCommand : TransferCmdlet
{
    private readonly List<string> _ids = [];
    private AuthAgent? _agent;

    /// <summary>The file to write.</summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "The file to write")]
    [Alias("LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>The password that protects the file, at least eight characters; asked for if left out.</summary>
    [Parameter(HelpMessage = "The password that protects the file")]
    public SecureString? Password { get; set; }

    /// <summary>Only these profiles; wildcards are allowed.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Only these profiles; wildcards are allowed")]
    [TextTransformation(nameof(ProfileId))]
    [Alias("Id")]
    [ArgumentCompleter(typeof(ProfileIdCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? ProfileId { get; set; }

    /// <summary>Only this provider.</summary>
    [Parameter(HelpMessage = "Only this provider")]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Provider { get; set; }

    /// <summary>Exports OAuth sign-ins too.</summary>
    [Parameter(HelpMessage = "Export OAuth sign-ins too")]
    public SwitchParameter IncludeOAuth { get; set; }

    /// <summary>Removes the exported OAuth sign-ins here.</summary>
    [Parameter(HelpMessage = "Remove the exported OAuth sign-ins here")]
    public SwitchParameter Move { get; set; }

    /// <summary>Replaces the file.</summary>
    [Parameter(HelpMessage = "Replace the file")]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => Forget(nameof(Password));

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Path, () =>
    {
        AuthAgent agent = OpenAgent();
        if (_agent is not null && _agent.Paths.Directory != agent.Paths.Directory) throw AuthErrors.OptionConflict("A file holds the profiles of one agent; these are of several.");
        _agent = agent;
        _ids.AddRange(ProfileId ?? []);
    });

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(Path, () =>
    {
        // A pipeline that brought nothing means no profile, and not all of them.
        if (_agent is not { } agent) return;
        string path = FullPath(Path);
        if (!Force && System.IO.Path.Exists(path)) throw AuthErrors.TransferFileExists(path);
        if ((Password ?? (IsWhatIf ? new SecureString() : Ask(path))) is not { } password) return;
        TransferPlan plan = agent.Transfers.PlanExport(new ExportRequest(path, Secret.Of(SecureText.Reveal(password)))
        {
            Provider = Provider,
            IncludeOAuth = IncludeOAuth,
            Move = Move,
            Force = Force,
        });
        foreach (string id in _ids.Where(id => !WildcardPattern.ContainsWildcardCharacters(id) && plan.Results.All(result => result.ProfileId != id))) Guard(id, () => throw AuthErrors.ProfileNotFound(id, agent.Paths.StorePath));
        CarryOut(plan, Matcher(_ids.Count == 0 ? null : _ids), "Export", $" to {path}", (ids, token) => agent.Transfers.ExportAsync(plan, ids, token));
    });

    private SecureString? Ask(string path)
    {
        try
        {
            return SecretPrompt.AskTwice(Host, string.Empty, $"Password for {path}");
        }
        catch (Exception e) when (SecretPrompt.IsNobodyThere(e))
        {
            WriteError(ErrorRecords.PasswordRequired(path, isNew: true));
            return null;
        }
    }
}
