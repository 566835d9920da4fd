// A certified OpenID provider on a port of its own: a public native client, PKCE, refresh tokens that work once.
// Who signs in is said by the header x-account; there is nobody to ask.
import http from "node:http";
import { generateKeyPairSync } from "node:crypto";
import { text } from "node:stream/consumers";
import Provider from "oidc-provider";
import { Gates } from "./gates.mjs";
import { announce, listen, serveControl } from "./control.mjs";

const clientId = "krabauth-test";
const scope = "openid offline_access email";
let accessLife = Number(process.argv[2] ?? 3600);
const stats = { refreshes: 0, refreshed: 0, reuseDetected: 0, exchanges: 0, deviceGrants: 0, revocations: 0, grantsRevoked: 0, discoveries: 0, errors: [] };
const gates = new Gates();

const server = http.createServer();
const issuer = `http://127.0.0.1:${await listen(server)}`;
const provider = new Provider(issuer, {
  clients: [{
    client_id: clientId,
    application_type: "native",
    token_endpoint_auth_method: "none",
    grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
    response_types: ["code"],
    redirect_uris: ["http://127.0.0.1/callback", "http://localhost/callback"],
    id_token_signed_response_alg: "ES256",
  }],
  claims: { openid: ["sub"], email: ["email"] },
  // The e-mail stands in the ID token, where a client without a user-info request finds it.
  conformIdTokenClaims: false,
  cookies: { keys: ["for tests"] },
  features: { deviceFlow: { enabled: true }, devInteractions: { enabled: false }, revocation: { enabled: true } },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: emailOf(id) }) }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  jwks: { keys: [{ ...generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" }), use: "sig", alg: "ES256" }] },
  pkce: { required: () => true },
  rotateRefreshToken: () => true,
  ttl: { AccessToken: () => accessLife, AuthorizationCode: 60, DeviceCode: 300, Grant: 86_400, IdToken: 3600, Interaction: 300, RefreshToken: 86_400, Session: 86_400 },
});

// "bob@team" and "bob" are two accounts with one e-mail.
function emailOf(account) { return `${account.split("@")[0]}@example.com`; }

const refreshing = (ctx) => ctx.oidc?.params?.grant_type === "refresh_token";
provider.on("grant.success", (ctx) => {
  if (refreshing(ctx)) stats.refreshed++;
  else if (ctx.oidc.params.grant_type === "authorization_code") stats.exchanges++;
  else stats.deviceGrants++;
});
provider.on("grant.error", (ctx, error) => {
  if (error.error === "authorization_pending") return;
  stats.errors.push(`${error.error}: ${error.error_detail ?? error.error_description}`);
  if (error.error_detail === "refresh token already used") stats.reuseDetected++;
});
provider.on("grant.revoked", () => stats.grantsRevoked++);
provider.on("server_error", (_, error) => console.error(error));

provider.use(async (ctx, next) => {
  if (ctx.path === "/.well-known/openid-configuration") {
    stats.discoveries++;
    if (await gates.through("discovery") === "drop") return hangUp(ctx);
  }
  if (ctx.path === "/token/revocation") stats.revocations++;
  const isToken = ctx.path === "/token";
  if (isToken) {
    // Read before the gate: who dies there has sent its request all the same.
    ctx.req.body = await text(ctx.req);
    if (await gates.through("request") === "drop") return hangUp(ctx);
  }
  await next();
  if (isToken && refreshing(ctx)) {
    stats.refreshes++;
    if (await gates.through("answer") === "drop") return hangUp(ctx);
    ctx.res.once("finish", () => gates.through("answered"));
  }
  // So that a test need not poll at the usual pace.
  if (ctx.path === "/device/auth" && ctx.status === 200) ctx.body = { ...ctx.body, interval: 1 };
});

function hangUp(ctx) {
  ctx.respond = false;
  ctx.req.socket.destroy();
}

async function grant(accountId) {
  const made = new provider.Grant({ accountId, clientId });
  made.addOIDCScope(scope);
  return made.save();
}

// Login and consent at once.
async function interact(request, response) {
  const accountId = request.headers["x-account"] ?? "alice";
  if (accountId === "nobody") return provider.interactionFinished(request, response, { error: "access_denied", error_description: "the person said no" });
  await provider.interactionFinished(request, response, { login: { accountId }, consent: { grantId: await grant(accountId) } });
}

const callback = provider.callback();
server.on("request", (request, response) => {
  if (!request.url.startsWith("/interaction/")) return callback(request, response);
  interact(request, response).catch((error) => response.writeHead(500).end(String(error?.stack ?? error)));
});

const control = await serveControl(gates, {
  "/stats": () => ({ ...stats, requests: gates.seen("request"), answered: gates.seen("answered") }),
  "/life": ({ seconds }) => { accessLife = Number(seconds); return {}; },
  // A refresh token of its own grant, as if the account had signed in.
  "/issue": async ({ account }) => {
    const client = await provider.Client.find(clientId);
    const token = new provider.RefreshToken({ accountId: account, client, grantId: await grant(account), gty: "authorization_code", scope, authTime: Math.floor(Date.now() / 1000) });
    return { refresh: await token.save(), email: emailOf(account), accountId: account };
  },
});
announce({ issuer, clientId, control: `http://127.0.0.1:${control.address().port}` });
