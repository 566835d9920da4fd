using System.CommandLine;
using System.Text;
using System.Text.Json;
using KrabAuth.Cli.Rendering;
using KrabAuth.Diagnostics;
using KrabAuth.OAuth;
using KrabAuth.Providers;
using KrabAuth.Routing;

namespace KrabAuth.Cli.Commands;

/// <summary><c>models providers list|add|remove</c>: the providers of the catalog, and those that the user defines.</summary>
internal static class ProviderCommands
{
    public static Command Create(CommandLine line) => new("providers", "Providers: those that are known, and your own.") { List(line), Add(line), Remove(line) };

    private static Command List(CommandLine line)
    {
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        return line.Does(new Command("list", "List the providers and how each is signed in to.") { json }, call =>
        {
            ProviderRegistry registry = call.OpenAgent().Workspace.Registry;
            if (call.Has(json))
            {
                JsonOutput.Write(call.Cli, writer => WriteJson(writer, registry));
                return 0;
            }
            var text = new StringBuilder();
            foreach (ProviderDefinition provider in registry.List())
            {
                text.Append($"{provider.Provider,-22} {provider.Label,-30} {string.Join(", ", provider.Methods)}{(registry.IsOwn(provider.Provider) ? "  (yours)" : string.Empty)}\n");
            }
            call.Cli.Write(text.ToString());
            return 0;
        });
    }

    private static Command Add(CommandLine line)
    {
        Option<string> id = GlobalOptions.Value("--id", "id", "The provider's id: lower-case letters, digits, dots, underscores, hyphens.");
        id.Required = true;
        Option<string> label = GlobalOptions.Value("--label", "text", "Its name for people.");
        Option<string> issuer = GlobalOptions.Value("--issuer", "url", "The issuer; the endpoints are looked up there.");
        Option<string> authorization = GlobalOptions.Value("--authorization-endpoint", "url", "Where the user signs in, without an issuer.");
        Option<string> token = GlobalOptions.Value("--token-endpoint", "url", "Where codes are exchanged, without an issuer.");
        Option<string> device = GlobalOptions.Value("--device-endpoint", "url", "Where device codes are asked for.");
        Option<string> revocation = GlobalOptions.Value("--revocation-endpoint", "url", "Where tokens are revoked.");
        Option<string> clientId = GlobalOptions.Value("--client-id", "id", "The client id.");
        Option<string[]> scope = new("--scope") { HelpName = "scopes", Description = "Scopes, separated by spaces; may be repeated.", Arity = ArgumentArity.OneOrMore };
        Option<string> secret = GlobalOptions.Value("--client-secret-env", "name", "The environment variable that holds the client secret.");
        Option<string> redirect = GlobalOptions.Value("--redirect-uri", "url", "The redirect URI as registered; http://127.0.0.1:<any>/callback without it.");
        Option<string[]> command = new("--command") { HelpName = "program", Description = "A program and its arguments that sign in instead; may be repeated.", Arity = ArgumentArity.OneOrMore };
        Option<string[]> header = new("--header") { HelpName = "header", Description = "An HTTP header such as \"x-api-key: {secret}\", in place of the bearer token; may be repeated.", Arity = ArgumentArity.OneOrMore };
        Option<string> force = GlobalOptions.Flag("--force", "Replace your definition of the same id.");
        var add = new Command("add", "Define a provider of your own.") { id, label, issuer, authorization, token, device, revocation, clientId, scope, secret, redirect, header, command, force };
        return line.Does(add, call =>
        {
            string provider = ProviderId.Normalize(call.Required(id));
            IReadOnlyList<string> program = call.Texts(command);
            if (program.Count == 0 && call.Text(clientId) is null) throw call.Missing("--client-id or --command");
            var settings = new OAuthSettings
            {
                Issuer = Address(call, issuer),
                AuthorizationEndpoint = Address(call, authorization),
                TokenEndpoint = Address(call, token),
                DeviceAuthorizationEndpoint = Address(call, device),
                RevocationEndpoint = Address(call, revocation),
                ClientId = call.Text(clientId),
                ClientSecretVariables = call.Text(secret) is { } variable ? [variable] : [],
                ClientSecretRequired = call.Text(secret) is not null,
                ClientAuthentication = call.Text(secret) is null ? ClientAuthentication.None : ClientAuthentication.Basic,
                Scopes = [.. call.Texts(scope).SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries))],
                RedirectUri = call.Text(redirect) ?? new OAuthSettings().RedirectUri,
            };
            var definition = new ProviderDefinition
            {
                Provider = provider,
                Label = call.Text(label) ?? provider,
                OAuth = program.Count == 0 ? settings : null,
                Command = program,
                Headers = ProviderDefinition.HeadersForAll(Headers(call.Texts(header))),
            };
            string path = call.OpenAgent().Workspace.Registry.Add(definition, call.Has(force));
            call.Cli.Write($"Provider {provider} is defined in {path}\nSign in: {call.Cli.ForThisCall($"krabauth models auth login --provider {CommandWord.Shell(provider)}")}\n");
            return 0;
        });
    }

    private static Command Remove(CommandLine line)
    {
        var id = new Argument<string>("id") { Description = "The provider.", Arity = ArgumentArity.ExactlyOne };
        return line.Does(new Command("remove", "Remove a definition of yours. Profiles stay.") { id }, call =>
        {
            call.OpenAgent().Workspace.Registry.Remove(call.Text(id)!);
            call.Cli.Write($"Removed provider definition: {call.Text(id)}\n");
            return 0;
        });
    }

    private static Dictionary<string, string> Headers(IReadOnlyList<string> texts)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string text in texts)
        {
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1) throw AuthErrors.OptionMissing($"\"{text}\" is no header.", Remedy.Same("Write it as in: --header \"x-api-key: {secret}\""));
            headers[text[..colon].Trim()] = text[(colon + 1)..].Trim();
        }
        return headers;
    }

    private static Uri? Address(Invocation call, Option<string> option)
    {
        if (call.Text(option) is not { } text) return null;
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) ? uri : throw AuthErrors.OptionMissing($"{option.Name} is no address: {text}", Remedy.Same("Give a whole address, such as https://login.example.com"));
    }

    private static void WriteJson(Utf8JsonWriter writer, ProviderRegistry registry)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("providers");
        foreach (ProviderDefinition provider in registry.List())
        {
            writer.WriteStartObject();
            writer.WriteString("id", provider.Provider);
            writer.WriteString("label", provider.Label);
            writer.WriteTexts("methods", provider.Methods.Select(method => method.ToString()));
            writer.WriteBoolean("own", registry.IsOwn(provider.Provider));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
