namespace KrabAuth.Diagnostics.Doctor;

/// <summary>The checks.</summary>
internal static class DoctorChecks
{
    /// <summary>Runs first: what is closed hides everything else.</summary>
    public static readonly PermissionCheck Permissions = new();

    /// <summary>Runs next: without the configuration nobody knows who the agents are, and which accounts are meant.</summary>
    public static readonly ConfigUnreadableCheck Configuration = new();

    /// <summary>The others, in the order in which they run: what keeps others from looking comes first, and what the configuration is evidence for before the configuration.</summary>
    public static readonly IReadOnlyList<IDoctorCheck> Others =
    [
        new UnsafePathCheck(), new StaleLockCheck(), new HeldLockCheck(), new LeftoverCheck(),
        new FileLockingCheck(), new NetworkCheck(), new FutureFileCheck(),
        new UnreadableCheck(), new LinkedStoreCheck(), new LegacyFileCheck(),
        new FlatStoreCheck(), new KeyAliasCheck(), new AwsMarkerCheck(), new UnusableEntryCheck(),
        new ExternalLoginCheck(), new StaleCopyCheck(), new ClockCheck(), .. CredentialCheck.All, new UnresolvedReferenceCheck(), new CooldownCheck(), new DuplicateCheck(),
        new OldCacheCheck(), new RefusedSettingCheck(), new OAuthIdCheck(), new ConfigProfileCheck(), new ConfigModeCheck(), new HiddenProfileCheck(),
        new StoredOrderCheck(), new ConfigOrderCheck(), new OrphanCheck(), new DefinitionCheck(),
        new InheritedAccountCheck(), new AgentAccountCheck(), new EnvironmentAccountCheck(), new UnusedKeyCheck(), new ExternalAccountCheck(),
        new GatewayCheck(),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<IDoctorCheck> All => [Permissions, Configuration, .. Others];
}
