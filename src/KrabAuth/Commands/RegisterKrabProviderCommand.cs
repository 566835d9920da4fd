using System.Collections;
using System.Management.Automation;
using KrabAuth.OAuth;
using KrabAuth.Plugins;
using KrabAuth.Providers;
using KrabAuth.Routing;

namespace KrabAuth.Commands;

/// <summary>Defines a provider: by an issuer, by endpoints, by a program, or for this session by a script block.</summary>
[Cmdlet(VerbsLifecycle.Register, "KrabProvider", DefaultParameterSetName = "Issuer", SupportsShouldProcess = true)]
[OutputType(typeof(ProviderDefinition))]
public sealed class RegisterKrabProviderCommand : KrabCmdlet
{
    /// <summary>The provider's id: lower-case letters, digits, dots, underscores, hyphens.</summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "The provider's id")]
    [ValidateNotNullOrEmpty]
    public string Provider { get; set; } = string.Empty;

    /// <summary>Its name for people.</summary>
    [Parameter(HelpMessage = "Its name for people")]
    public string? Label { get; set; }

    /// <summary>The issuer (RFC 8414); the endpoints are looked up there.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Issuer", HelpMessage = "The issuer's address")]
    public Uri? Issuer { get; set; }

    /// <summary>Where the user signs in.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Endpoints", HelpMessage = "Where the user signs in")]
    public Uri? AuthorizationEndpoint { get; set; }

    /// <summary>Where codes and refresh tokens are exchanged.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Endpoints", HelpMessage = "Where codes are exchanged")]
    public Uri? TokenEndpoint { get; set; }

    /// <summary>Where device codes are asked for (RFC 8628).</summary>
    [Parameter(ParameterSetName = "Endpoints", HelpMessage = "Where device codes are asked for")]
    public Uri? DeviceAuthorizationEndpoint { get; set; }

    /// <summary>Where tokens are revoked (RFC 7009).</summary>
    [Parameter(ParameterSetName = "Endpoints", HelpMessage = "Where tokens are revoked")]
    public Uri? RevocationEndpoint { get; set; }

    /// <summary>The client id.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Issuer", HelpMessage = "The client id")]
    [Parameter(Mandatory = true, ParameterSetName = "Endpoints", HelpMessage = "The client id")]
    public string? ClientId { get; set; }

    /// <summary>The scopes.</summary>
    [Parameter(ParameterSetName = "Issuer", HelpMessage = "The scopes")]
    [Parameter(ParameterSetName = "Endpoints", HelpMessage = "The scopes")]
    public string[] Scope { get; set; } = [];

    /// <summary>The environment variable that holds the client secret, where the provider wants one.</summary>
    [Parameter(ParameterSetName = "Issuer", HelpMessage = "The variable that holds the client secret")]
    [Parameter(ParameterSetName = "Endpoints", HelpMessage = "The variable that holds the client secret")]
    public string? ClientSecretVariable { get; set; }

    /// <summary>The redirect URI as registered, byte for byte; any port of this machine if left out.</summary>
    [Parameter(ParameterSetName = "Issuer", HelpMessage = "The redirect URI as registered")]
    [Parameter(ParameterSetName = "Endpoints", HelpMessage = "The redirect URI as registered")]
    public string? RedirectUri { get; set; }

    /// <summary>A program that signs in and refreshes, by its full path.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Program", HelpMessage = "A program that signs in, by its full path")]
    public string? Command { get; set; }

    /// <summary>Its arguments.</summary>
    [Parameter(ParameterSetName = "Program", HelpMessage = "The program's arguments")]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>
    /// A script block that signs in, for this session. It gives a hashtable with <c>Access</c>, and where there are any
    /// <c>Refresh</c>, <c>Expires</c>, <c>Email</c>, <c>AccountId</c>; or the token alone.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = "ScriptBlock", HelpMessage = "A script block that signs in, for this session")]
    public ScriptBlock? SignIn { get; set; }

    /// <summary>The HTTP headers that a credential is sent in, where the provider wants no bearer token; <c>{secret}</c> stands where the secret goes.</summary>
    [Parameter(ParameterSetName = "Issuer", HelpMessage = "HTTP headers, with {secret} where the secret goes")]
    [Parameter(ParameterSetName = "Endpoints", HelpMessage = "HTTP headers, with {secret} where the secret goes")]
    [Parameter(ParameterSetName = "Program", HelpMessage = "HTTP headers, with {secret} where the secret goes")]
    public IDictionary Header { get; set; } = new Hashtable();

    /// <summary>Replaces a definition of the same id.</summary>
    [Parameter(HelpMessage = "Replace a definition of the same id")]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(Provider, () =>
    {
        string id = ProviderId.Normalize(Provider);
        ProviderRegistry registry = OpenWorkspace().Registry;
        registry.RequireId(id);
        if (!ShouldProcess(id, "Define provider")) return;
        if (SignIn is not null)
        {
            ScriptSignIns.Register(id, SignIn, Force);
            WriteObject(new ProviderDefinition { Provider = id, Label = Label ?? id, Methods = [SignInMethod.OAuth] });
            return;
        }
        string path = registry.Add(Definition(id), Force);
        WriteVerbose($"Wrote {path}.");
        WriteObject(registry.Find(id));
    });

    private ProviderDefinition Definition(string id) => new()
    {
        Provider = id,
        Label = Label ?? id,
        Headers = ProviderDefinition.HeadersForAll(Header.Keys.Cast<object>().ToDictionary(name => $"{name}", name => $"{Header[name]}")),
        Command = Command is null ? [] : [FullPath(Command), .. ArgumentList],
        OAuth = Command is not null ? null : new OAuthSettings
        {
            Issuer = Issuer,
            AuthorizationEndpoint = AuthorizationEndpoint,
            TokenEndpoint = TokenEndpoint,
            DeviceAuthorizationEndpoint = DeviceAuthorizationEndpoint,
            RevocationEndpoint = RevocationEndpoint,
            ClientId = ClientId,
            Scopes = [.. Scope.SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries))],
            ClientSecretVariables = ClientSecretVariable is null ? [] : [ClientSecretVariable],
            ClientSecretRequired = ClientSecretVariable is not null,
            ClientAuthentication = ClientSecretVariable is null ? ClientAuthentication.None : ClientAuthentication.Basic,
            RedirectUri = RedirectUri ?? new OAuthSettings().RedirectUri,
        },
    };
}
