namespace KrabAuth.Profiles;

/// <summary>The places that a credential can come from.</summary>
public enum CredentialSourceKind
{
    /// <summary>A profile of the store.</summary>
    Profile,

    /// <summary>A variable of the process.</summary>
    Environment,

    /// <summary>A variable of a <c>.env</c> file.</summary>
    DotEnv,

    /// <summary>A variable of <c>env</c> in the configuration.</summary>
    ConfigEnvironment,

    /// <summary>A variable of the login shell.</summary>
    Shell,

    /// <summary><c>models.providers.&lt;provider&gt;.apiKey</c> of the configuration.</summary>
    ConfigKey,
}

/// <summary>Where a credential comes from, without a word of the secret.</summary>
/// <param name="Kind">The kind of place.</param>
/// <param name="Name">The profile id, the variable, or the configuration's member.</param>
/// <param name="Path">The file, where it is one.</param>
public sealed record CredentialSource(CredentialSourceKind Kind, string Name, string? Path = null)
{
    /// <summary>In one line, the first word telling the kind: <c>env: NAME</c>, <c>shell env: NAME</c>, <c>config: models.providers.p.apiKey</c>.</summary>
    public override string ToString() => Kind switch
    {
        CredentialSourceKind.Profile => $"profile: {Name}",
        CredentialSourceKind.Environment => $"env: {Name}",
        CredentialSourceKind.DotEnv or CredentialSourceKind.ConfigEnvironment => $"env: {Name} ({Path})",
        CredentialSourceKind.Shell => $"shell env: {Name}",
        _ => $"config: {Name}",
    };

    /// <summary>What a key from here is: a variable whose name says so holds a token.</summary>
    internal CredentialType Type => Kind != CredentialSourceKind.ConfigKey && Name.Contains("OAUTH_TOKEN", StringComparison.Ordinal) ? CredentialType.OAuth : CredentialType.ApiKey;
}
