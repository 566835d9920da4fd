using System.Management.Automation;
using System.Security;
using KrabAuth.Completion;
using KrabAuth.Parameters;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;

namespace KrabAuth.Commands;

/// <summary>Changes a profile's secret or the place where it is kept, expiry, e-mail or name.</summary>
[Cmdlet(VerbsCommon.Set, "KrabAuthProfile", SupportsShouldProcess = true)]
[OutputType(typeof(AuthProfile))]
public sealed class SetKrabAuthProfileCommand : ProfileCmdlet
{
    /// <summary>A new secret in place of the old one.</summary>
    [Parameter(HelpMessage = "A new secret")]
    public SecureString? Secret { get; set; }

    /// <summary>Where the secret is kept from now on: <c>env:NAME</c>, <c>file:alias:/pointer</c>, <c>exec:alias:id</c>, <c>vault:Name/secret</c>.</summary>
    [Parameter(HelpMessage = "Where the secret is kept, such as env:NAME or vault:Name/secret")]
    [ArgumentCompleter(typeof(SecretReferenceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? SecretReference { get; set; }

    /// <summary>The end of a static token; <c>[DateTimeOffset]::MaxValue</c> for none.</summary>
    [Parameter(HelpMessage = "The end of a static token")]
    public DateTimeOffset? Expires { get; set; }

    /// <summary>The end of a static token, from now: a TimeSpan, or <c>365d</c>, <c>12h</c>, <c>1h30m</c>.</summary>
    [Parameter(HelpMessage = "The end of a static token, from now")]
    [DurationTransformation]
    public TimeSpan? ExpiresIn { get; set; }

    /// <summary>The account's e-mail; an empty text removes it.</summary>
    [Parameter(HelpMessage = "The account's e-mail")]
    [AllowEmptyString]
    public string? Email { get; set; }

    /// <summary>A name for people; an empty text removes it.</summary>
    [Parameter(HelpMessage = "A name for people")]
    [AllowEmptyString]
    public string? DisplayName { get; set; }

    /// <summary>Gives the changed profile.</summary>
    [Parameter(HelpMessage = "Give the changed profile")]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    /// <remarks>A secret that is given as a reference by mistake is forgotten as one.</remarks>
    protected override void BeginProcessing() => Forget(nameof(Secret), nameof(SecretReference));

    private protected override void Process(AuthAgent agent, string id)
    {
        if (Expires is not null && ExpiresIn is not null) throw AuthErrors.OptionConflict("Choose either -Expires or -ExpiresIn, not both.");
        if (!ShouldProcess(id, "Change profile")) return;
        var changes = new ProfileChanges
        {
            Reference = SecretReference,
            SecretText = Secret is null ? null : SecureText.Reveal(Secret),
            Expires = Expires ?? (ExpiresIn is { } span ? DateTimeOffset.UtcNow + span : null),
            Email = Email,
            DisplayName = DisplayName,
        };
        AuthProfile profile = Await(token => agent.Profiles.SetAsync(id, changes, token));
        if (PassThru) WriteObject(profile);
    }
}
