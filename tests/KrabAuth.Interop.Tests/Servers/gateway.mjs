// A process that uses and refreshes a profile as the OpenClaw gateway of 2026.2 does: expired, it takes the lock of the store
// (proper-lockfile), reads again, asks, writes in place. With the directory of an installed openclaw, its own modules do that.
//   gateway.mjs <state directory> <profile id> <issuer> <client id> [openclaw directory]
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import lockfile from "proper-lockfile";
import { loop, refresh } from "./tokens.mjs";

const [state, id, issuer, clientId, openclaw] = process.argv.slice(2);
const store = path.join(state, "agents", "main", "agent", "auth-profiles.json");
const options = { retries: { retries: 10, factor: 2, minTimeout: 100, maxTimeout: 10_000, randomize: true }, stale: 30_000 };
const stats = { uses: 0, refreshes: 0, errors: [], modules: openclaw !== undefined };

// Modules that older programs run beside each other read whatever is there, half a file too, and look again.
function read() {
  for (;;) {
    try {
      return JSON.parse(fs.readFileSync(store, "utf8"));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
}

async function resolve() {
  const profile = read().profiles[id];
  if (Date.now() < profile.expires) return profile.access;
  const release = await lockfile.lock(store, options);
  try {
    const content = read();
    const current = content.profiles[id];
    if (Date.now() < current.expires) return current.access;
    const tokens = await refresh(issuer, clientId, current.refresh);
    content.profiles[id] = { ...current, access: tokens.access_token, refresh: tokens.refresh_token, expires: Date.now() + tokens.expires_in * 1000 };
    fs.writeFileSync(store, `${JSON.stringify(content, null, 2)}\n`, "utf8");
    stats.refreshes++;
    return tokens.access_token;
  } finally {
    await release();
  }
}

async function modules() {
  process.env.OPENCLAW_STATE_DIR = state;
  // The provider's address is in the modules: what they ask it goes to the test's server, in the form that it reads. Five minutes
  // are what they take off the life of a token.
  globalThis.fetch = new Proxy(globalThis.fetch, {
    apply: async (original, self, [url, init]) => {
      if (!/anthropic\.com|claude\.com/.test(String(url))) return original.call(self, url, init);
      const asked = JSON.parse(init.body);
      const body = new URLSearchParams({ grant_type: asked.grant_type, client_id: clientId, refresh_token: asked.refresh_token });
      const response = await original.call(self, `${issuer}/token`, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body });
      const answer = await response.json();
      if (!response.ok) stats.errors.push(`signed out: ${answer.error_description}`);
      else stats.refreshes++;
      return new Response(JSON.stringify({ ...answer, expires_in: answer.expires_in + 300 }), { status: response.status });
    },
  });
  const load = (name) => import(pathToFileURL(path.join(openclaw, "dist", "agents", "auth-profiles", name)).href);
  const [{ resolveApiKeyForProfile }, { ensureAuthProfileStore }] = [await load("oauth.js"), await load("store.js")];
  return async () => {
    const profiles = ensureAuthProfileStore();
    return profiles.profiles[id] ? (await resolveApiKeyForProfile({ store: profiles, profileId: id }))?.apiKey : undefined;
  };
}

const use = openclaw ? await modules() : resolve;
await loop(stats, async () => {
  if (!(await use())) throw new Error("no key");
  stats.uses++;
});
