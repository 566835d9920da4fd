using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Providers;

namespace KrabAuth.OAuth;

/// <summary>The one request of a renewal: to the token endpoint of the provider, or to its program. It is never cancelled: its answer is saved.</summary>
internal static class RefreshRequest
{
    /// <param name="workspace">The state directory, whose definition of the provider counts.</param>
    /// <param name="id">The profile, for the log.</param>
    /// <param name="credential">What is renewed.</param>
    /// <exception cref="KrabAuthException"><c>EndpointUnknown</c>, <c>ClientUnknown</c>, <c>PluginFailed</c>.</exception>
    public static async Task<OAuthResult<OAuthCredential>> SendAsync(AuthWorkspace workspace, string id, OAuthCredential credential)
    {
        ProviderDefinition? definition = workspace.Registry.Find(credential.Provider);
        if (definition is { Command.Count: > 0 }) return await new ProviderPlugin(definition, workspace.Log, workspace.Options.Clock).RefreshAsync(credential, CancellationToken.None).ConfigureAwait(false);
        OAuthSettings settings = definition?.OAuth ?? throw AuthErrors.EndpointUnknown(credential.Provider, "token");
        HttpMessageHandler handler = workspace.Options.Http ?? OAuthHttp.CreateHandler();
        try
        {
            using var http = new OAuthHttp(handler, workspace.Options.Clock);
            OAuthResult<OAuthSettings> complete = await ServerMetadata.CompleteAsync(settings, http, CancellationToken.None).ConfigureAwait(false);
            if (complete.Value is not { } known) return complete.Error!;
            workspace.Log.Verbose($"Asking {known.TokenEndpoint?.Host} for a new token of {id}.");
            var client = new OAuthClient(credential.Provider, known, http, workspace.Options.Clock, workspace.Options.Host, credential.ClientId);
            return await client.RefreshAsync(credential, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            if (workspace.Options.Http is null) handler.Dispose();
        }
    }
}
