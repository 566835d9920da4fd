using KrabAuth.Profiles;

namespace KrabAuth.Secrets;

/// <summary>A reference that was followed to a secret, so that it can take the secret's place in the store.</summary>
internal sealed record ProvenReference(SecretReference Reference, Secret Value)
{
    /// <summary>Follows a reference as a person wrote it.</summary>
    /// <exception cref="Diagnostics.KrabAuthException"><c>SecretReferenceInvalid</c>, <c>SecretReferenceUnresolved</c>, <c>SecretReferenceRefused</c>, <c>VaultNeedsPowerShell</c>.</exception>
    public static async Task<ProvenReference> ProveAsync(AuthAgent agent, string profileId, string text, CancellationToken cancellationToken)
    {
        SecretReference reference = SecretReference.Parse(text, agent.Workspace.Config.Secrets);
        Secret value = await agent.Workspace.References.RequireAsync(profileId, reference, cancellationToken).ConfigureAwait(false);
        if (reference.Source == SecretReferenceSource.Vault)
        {
            agent.Workspace.Log.Warning($"Only KrabAuth in PowerShell can follow {reference}: a gateway on the same store sees {profileId} without a secret.");
        }
        return new ProvenReference(reference, value);
    }

    /// <summary>The credential with the reference in place of its secret.</summary>
    public Credential PutInto(Credential credential) => credential switch
    {
        ApiKeyCredential key => key with { Key = null, KeyReference = Reference },
        TokenCredential token => token with { Token = null, TokenReference = Reference },
        _ => credential,
    };
}
