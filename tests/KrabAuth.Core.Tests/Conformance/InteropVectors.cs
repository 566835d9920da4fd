using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Conformance;

public sealed class InteropVectors
{
    [Theory]
    [Vectors("interop.json", "env-key")]
    public void Key_in_the_environment(Vector vector)
    {
        using var state = new TempState();
        foreach ((string name, JsonNode? value) in vector.Given["env"]!.AsObject()) state.Host.Set(name, value!.GetValue<string>());
        FoundKey? key = state.Workspace().Environment.FindKey(vector.Text("provider")!);
        vector.Answer(key is null ? null : new JsonObject { ["apiKey"] = key.Value.Reveal(), ["source"] = key.Source.ToString() });
    }

    // What KrabAuth never reads, it need not load: a variable is looked for where it is needed.
    [Theory]
    [Vectors("interop.json", "dotenv")]
    public void Variable_of_a_file(Vector vector)
    {
        using var state = new TempState();
        Write(Path.Combine(state.Home, "here", ".env"), vector.Text("cwdDotEnv"));
        Write(Path.Combine(state.Home, ".openclaw", ".env"), vector.Text("stateDirDotEnv"));
        Write(Path.Combine(state.Home, ".config", "openclaw", "gateway.env"), vector.Text("gatewayEnv"));
        foreach ((string name, JsonNode? value) in vector.Given["processEnv"]!.AsObject()) state.Host.Set(name, value!.GetValue<string>());
        state.Host.CurrentDirectory = Path.Combine(state.Home, "here");
        KeyEnvironment environment = new AuthWorkspace(new WorkspaceOptions { Product = Product.OpenClaw, Host = state.Host, Log = state.Log }).Environment;
        vector.Answer(new JsonObject(vector.Expected!.AsObject().Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)environment.Find(entry.Key)?.Value))));
    }

    private static void Write(string path, string? content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (content is not null) File.WriteAllText(path, content);
    }

    [Theory]
    [Vectors("interop.json", "provider-normalize")]
    public void Provider_as_spelt(Vector vector)
    {
        string provider = vector.Text("provider")!;
        vector.Answer(vector.Given["generation"] is null
            ? new JsonObject { ["normalizeProviderId"] = ProviderId.Normalize(provider), ["normalizeProviderIdForAuth"] = ProviderId.Normalize(provider) }
            : ProviderId.Canonical(provider));
    }

    [Theory]
    [Vectors("interop.json", "provider-auth-alias")]
    public void Provider_by_an_alias(Vector vector) => vector.Answer(ProviderId.Canonical(vector.Text("provider")));

    [Theory]
    [Vectors("interop.json", "secret-ref")]
    public void Secret_reference(Vector vector)
    {
        using JsonDocument value = JsonDocument.Parse(vector.Given["value"]?.ToJsonString() ?? "null");
        SecretReference? reference = value.RootElement.ValueKind == JsonValueKind.String
            ? SecretReference.FromInline(value.RootElement.GetString())
            : SecretReference.FromJson(value.RootElement);
        vector.Answer(Json(reference));
    }

    [Theory]
    [Vectors("interop.json", "secret-input-ref")]
    public void Reference_beside_a_value(Vector vector)
    {
        using JsonDocument given = JsonDocument.Parse(vector.Given["refValue"]?.ToJsonString() ?? "null");
        SecretReference? beside = SecretReference.FromJson(given.RootElement);
        SecretReference? used = new ApiKeyCredential("p", Secret.Of(vector.Text("value")), beside).Reference;
        vector.Answer(new JsonObject
        {
            ["explicitRef"] = Json(beside),
            ["inlineRef"] = Json(beside is null ? SecretReference.FromInline(vector.Text("value")) : null),
            ["ref"] = Json(used),
        });
    }

    private static JsonObject? Json(SecretReference? reference) => reference is null ? null : new JsonObject
    {
        ["source"] = reference.Source.ToString().ToLowerInvariant(),
        ["provider"] = reference.Provider,
        ["id"] = reference.Id,
    };
}
