// OpenClaw's own modules, asked for what the tests want to know.
//   openclaw.mjs token <dist> <agentDir> <profileId>   a token of the profile, renewed if it has expired
//   openclaw.mjs loop <dist> <agentDir> <profileId>    the same as a gateway does it, again and again until standard input ends
import path from "node:path";
import { pathToFileURL } from "node:url";

const [action, dist, agentDir, profileId] = process.argv.slice(2);
const load = (module) => import(pathToFileURL(path.join(dist, "agents", "auth-profiles", `${module}.js`)).href);

const { ensureAuthProfileStore } = await load("store");
const { resolveApiKeyForProfile } = await load("oauth");
const resolve = async () => (await resolveApiKeyForProfile({ cfg: {}, store: ensureAuthProfileStore(agentDir), profileId, agentDir }))?.apiKey;

async function loop() {
  const stats = { uses: 0, refreshes: 0, errors: [] };
  let ended = false;
  process.stdin.on("end", () => { ended = true; }).resume();
  console.log("running");
  while (!ended) {
    // A gateway that reads while a file is written in place finds no profiles, and asks again at its next turn.
    const isThere = ensureAuthProfileStore(agentDir).profiles[profileId];
    try {
      if (isThere && (await resolve())) stats.uses++;
    } catch (error) {
      stats.errors.push(String(error?.message ?? error));
    }
    await new Promise((go) => setTimeout(go, 20));
  }
  console.log(JSON.stringify({ ...stats, refreshes: globalThis.refreshed ?? 0 }));
}

switch (action) {
  case "token": console.log((await resolve()) ?? "none"); break;
  case "loop": await loop(); break;
  default: throw new Error(`There is no ${action}.`);
}
