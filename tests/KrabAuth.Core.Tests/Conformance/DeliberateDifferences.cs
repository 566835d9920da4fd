using System.Text.Json.Nodes;

namespace KrabAuth.Core.Tests.Conformance;

/// <summary>A measured case that KrabAuth answers otherwise, and why.</summary>
/// <param name="Area">The area of the case.</param>
/// <param name="Name">Its name.</param>
/// <param name="Ours">What KrabAuth answers; a text that starts with ! is an error id.</param>
/// <param name="Reason">Why, in one sentence; <c>docs/interop.md</c> says more.</param>
internal sealed record DeliberateDifference(string Area, string Name, JsonNode? Ours, string Reason);

/// <summary>The one list of them. The tests demand our answer, so that a difference that goes away is noticed too.</summary>
internal static partial class DeliberateDifferences
{
    private const string NoOtherBill = "No silent change of bill: a key of openai never stands in for a subscription of openai-codex.";
    private const string LessShown = "A mask shows at most ten characters, and none of a short secret.";
    private const string HealsItself = "A sign-in that renews itself is nothing that a person has to mend.";
    private const string NotAbsent = "A file that cannot be understood is an error, never an empty store.";

    private const string NothingDropped = "What is not understood stays: apiKey written by hand counts, and so does a reason that a newer peer made up.";

    private const string OneMinute = "A token is good until a minute before its end, for every decision alike.";

    public static IReadOnlyList<DeliberateDifference> All { get; } =
    [
        new("order", "codex uses openai order as alias", Json("""["openai:personal", "openai:backup"]"""), NoOtherBill),
        new("order", "codex: openai api_key is compatible as backup", Json("""["openai-codex:a"]"""), NoOtherBill),
        new("order", "codex native profile not named by openai alias order is put in front", Json("""["openai-codex:a"]"""), NoOtherBill),

        new("mask-api-key", "\"abcdef\"", "***", LessShown),
        new("mask-api-key", "\"abcdefg\"", "***", LessShown),
        new("mask-api-key", "\"sk-1234567890abc\"", "***", LessShown),
        new("mask-api-key", "\"sk-12345678901234567890\"", "sk-123...7890", LessShown),

        new("status-check", "expired provider in use", Json("""{ "exitCode": 0 }"""), HealsItself),
        new("status-check", "expiring provider in use", Json("""{ "exitCode": 0 }"""), HealsItself),
        new("status-check", "expired beats expiring", Json("""{ "exitCode": 0 }"""), HealsItself),

        new("store-coerce", "null", "!StoreCorrupt", NotAbsent),
        new("store-coerce", "profiles is an array", "!StoreCorrupt", NotAbsent),
        new("store-load", "corrupt JSON file (original: silently treated as absent)", Json("""
            { "error": "StoreCorrupt", "filesAfter": { "agents/main/agent/auth-profiles.json": { "mode": "0644", "content": "{not json" } } }
            """), NotAbsent),
        new("store-coerce", "profiles missing", Json("""{ "version": 1, "profiles": {} }"""), "A store without profiles is an empty one, not a reason to import old files."),
        new("store-coerce", "malformed entries are normalised, not fatal", Json("""
            {
              "version": 1,
              "profiles": {
                "openai:default": {
                  "type": "api_key", "provider": "openai", "displayName": "Work",
                  "keyRef": { "source": "env", "provider": "default", "id": "OPENAI_API_KEY" }, "metadata": { "account": "acct_123" }
                },
                "openai:legacy-api-key": { "type": "api_key", "provider": "openai", "key": "legacy-openai-key" },
                "minimax:default": { "type": "token", "provider": "minimax", "tokenRef": { "source": "env", "provider": "default", "id": "MINIMAX_TOKEN" }, "expires": 0 },
                "openai:oauth": { "type": "oauth", "provider": "openai", "refresh": "refresh-token", "expires": 0 }
              },
              "order": { "openai": ["openai:default"] },
              "lastGood": { "openai": "openai:default" },
              "usageStats": { "openai:default": { "disabledUntil": 123, "disabledReason": "billing", "failureCounts": { "billing": 2, "nope": 4 } } }
            }
            """), NothingDropped),

        new("resolve-key", "key beside keyRef", Json("""{ "apiKey": "sk-from-ref", "provider": "openai" }"""), "The reference says where the key is kept now; the text beside it is left over."),

        new("oauth-usable", "expires = now + 300000", true, OneMinute),
        new("oauth-usable", "expires = now + 299999", true, OneMinute),
        new("oauth-codex", "authorize URL", Json("""
            {
              "base": "https://auth.openai.com/oauth/authorize",
              "query": [
                ["response_type", "code"], ["client_id", "app_EMoamEEZ73f0CkXaXp7hrann"], ["redirect_uri", "http://localhost:1455/auth/callback"],
                ["scope", "openid profile email offline_access"], ["code_challenge", "CH"], ["code_challenge_method", "S256"], ["state", "ST"],
                ["id_token_add_organizations", "true"], ["codex_cli_simplified_flow", "true"], ["originator", "krabauth"]
              ]
            }
            """), "KrabAuth says who it is."),
        new("oauth-copilot", "time out after slow_down", Json("""{ "pollAtSeconds": [5, 15], "errorContains": "expired_token" }"""), "RFC 8628: five seconds more at each slow_down, for good, and no poll sooner than that."),
        new("identity-mirror", "empty main store", Json("""{ "shouldMirror": false, "reason": "no-existing-credential" }"""), "A sign-in has one owner: main gets no copy of an agent's own."),

        new("file-lock", "re-entrant inside one process", Json("""{ "secondAcquire": "StoreLocked" }"""), "Threads of one process exclude one another like processes do."),

        new("auth-health", "api key with blank key", Json("""
            {
              "warnAfterMs": 86400000,
              "profiles": [{ "profileId": "p:k", "provider": "p", "type": "api_key", "status": "missing", "source": "store", "label": "p:k" }],
              "providers": [{ "provider": "p", "status": "missing", "profiles": ["p:k"] }]
            }
            """), "A blank key is no key: calling it static hides what has to be mended."),

        new("external-sync", "G1: older CLI token does not replace a fresher stored one", Json("""{ "anthropic:claude-cli.token": null }"""), "A sign-in that renews itself replaces a token that does not, as later versions do."),
        new("external-sync", "G4: Codex CLI bootstraps openai-codex:default, never openai-codex:codex-cli", Json("""
            { "openai-codex:default.access": null, "openai-codex:codex-cli": "openai-codex-access-token" }
            """), "The id says that the sign-in is shared; openai-codex:default may be somebody's own."),
        new("external-sync", "reads are cached for the TTL (15 min)", Json("""{ "sourceReads": 2 }"""), "The files are looked at when somebody asks, and what is shown is what is there."),
        .. Failover,

        new("env-key", "azure: only last candidate", null, "A region is not a key."),
        new("provider-normalize", "G1 qwen", "qwen", "Newer peers keep qwen and qwen-portal apart; folding them would send one's key to the other."),
    ];

    public static DeliberateDifference? Find(string area, string name)
        => All.FirstOrDefault(difference => difference.Area == area && difference.Name == name);

    private static JsonNode? Json(string text) => JsonNode.Parse(text);
}
