using System.Management.Automation;
using System.Security;
using KrabAuth.Completion;
using KrabAuth.Errors;
using KrabAuth.Parameters;
using KrabAuth.Secrets;
using KrabAuth.Storage;
using KrabAuth.Transfer;

namespace KrabAuth.Commands;

/// <summary>Imports profiles from a file, from another agent or product, from the environment or from a vault.</summary>
[Cmdlet(VerbsData.Import, "KrabAuthProfile", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(TransferResult))]
public sealed class ImportKrabAuthProfileCommand : TransferCmdlet
{
    /// <summary>A file: one that was exported, a store, an <c>auth.json</c> or <c>oauth.json</c>, or a <c>.env</c>.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "The file")]
    [TextTransformation("PSPath", "FullName", nameof(Path))]
    [Alias("PSPath", "FullName", "LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>The password of an exported file; asked for if left out.</summary>
    [Parameter(ParameterSetName = "Path", HelpMessage = "The password of an exported file")]
    public SecureString? Password { get; set; }

    /// <summary>The product to import from.</summary>
    [Parameter(ParameterSetName = "Agent", HelpMessage = "The product to import from")]
    public Product? FromProduct { get; set; }

    /// <summary>The state directory to import from, where it is not the product's usual one.</summary>
    [Parameter(ParameterSetName = "Agent", HelpMessage = "The state directory to import from")]
    [ValidateNotNullOrEmpty]
    public string? FromStateDirectory { get; set; }

    /// <summary>The agent to import from; the default one if left out.</summary>
    [Parameter(ParameterSetName = "Agent", HelpMessage = "The agent to import from")]
    [ArgumentCompleter(typeof(AgentCompleter))]
    [ValidateNotNullOrEmpty]
    public string? FromAgent { get; set; }

    /// <summary>Imports the environment variables that the catalog knows.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Environment", HelpMessage = "Import environment variables")]
    public SwitchParameter FromEnvironment { get; set; }

    /// <summary>The SecretManagement vault to import from.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Vault", HelpMessage = "The SecretManagement vault to import from")]
    [ValidateNotNullOrEmpty]
    public string FromVault { get; set; } = string.Empty;

    /// <summary>Only these profiles; wildcards are allowed.</summary>
    [Parameter(HelpMessage = "Only these profiles; wildcards are allowed")]
    [ArgumentCompleter(typeof(ProfileIdCompleter))]
    [Alias("Id")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? ProfileId { get; set; }

    /// <summary>Only this provider; with <c>-FromVault</c> the provider of what it holds.</summary>
    [Parameter(HelpMessage = "Only this provider; of a vault, the provider of its secrets")]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Provider { get; set; }

    /// <summary>Moves OAuth sign-ins: they are removed where they come from.</summary>
    [Parameter(ParameterSetName = "Agent", HelpMessage = "Remove OAuth sign-ins where they come from")]
    public SwitchParameter Move { get; set; }

    /// <summary>Copies OAuth sign-ins, because nobody uses them at the source any longer.</summary>
    [Parameter(HelpMessage = "Copy OAuth sign-ins that nobody uses there any longer")]
    public SwitchParameter IncludeOAuth { get; set; }

    /// <summary>Replaces profiles of the same id.</summary>
    [Parameter(HelpMessage = "Replace profiles of the same id")]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => Forget(nameof(Password));

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Source, () =>
    {
        AuthAgent agent = OpenAgent();
        string? path = ParameterSetName == "Path" ? FullPath(Path) : null;
        SecureString? password = Password;
        if (path is not null && password is null && TransferManager.IsProtected(path) && (password = Ask(path)) is null) return;
        var request = new ImportRequest
        {
            Path = path,
            Password = password is null ? null : Secret.Of(SecureText.Reveal(password)),
            From = ParameterSetName == "Agent" ? OpenSource(agent) : null,
            FromEnvironment = FromEnvironment,
            Vault = ParameterSetName == "Vault" ? FromVault : null,
            Provider = Provider,
            Move = Move,
            IncludeOAuth = IncludeOAuth,
            Force = Force,
        };
        TransferPlan plan = Await(token => agent.Transfers.PlanImportAsync(request, token));
        CarryOut(plan, Matcher(ProfileId), "Import", string.Empty, (ids, token) => agent.Transfers.ImportAsync(plan, ids, token));
    });

    private string Source => ParameterSetName switch
    {
        "Path" => Path,
        "Vault" => FromVault,
        "Environment" => "environment",
        _ => FromStateDirectory ?? FromProduct?.ToString() ?? FromAgent ?? string.Empty,
    };

    private AuthAgent OpenSource(AuthAgent agent)
        => (FromProduct is null && FromStateDirectory is null ? agent.Workspace : OpenWorkspace(FromProduct ?? agent.Workspace.Product, FromStateDirectory)).OpenAgent(FromAgent);

    private SecureString? Ask(string path)
    {
        try
        {
            return SecretPrompt.Ask(Host, string.Empty, $"Password of {path}");
        }
        catch (Exception e) when (SecretPrompt.IsNobodyThere(e))
        {
            WriteError(ErrorRecords.PasswordRequired(path, isNew: false));
            return null;
        }
    }
}
