// OpenClaw's own modules, asked for what the tests want to know.
//   openclaw.mjs token <dist> <agentDir> <profileId>   a token of the profile, renewed if it has expired
//   openclaw.mjs loop <dist> <agentDir> <profileId>    the same as a gateway does it, again and again until standard input ends
//   openclaw.mjs config <dist>                         what its configuration says, and whether it is valid
import path from "node:path";
import { pathToFileURL } from "node:url";

const [action, dist, agentDir, profileId] = process.argv.slice(2);
const load = (...names) => import(pathToFileURL(path.join(dist, ...names)).href);

async function open() {
  const { ensureAuthProfileStore } = await load("agents", "auth-profiles", "store.js");
  const { resolveApiKeyForProfile } = await load("agents", "auth-profiles", "oauth.js");
  const store = () => ensureAuthProfileStore(agentDir);
  return { store, resolve: async () => (await resolveApiKeyForProfile({ cfg: {}, store: store(), profileId, agentDir }))?.apiKey };
}

async function loop() {
  const { store, resolve } = await open();
  const stats = { uses: 0, refreshes: 0, errors: [] };
  let ended = false;
  process.stdin.on("end", () => { ended = true; }).resume();
  console.log("running");
  while (!ended) {
    // A gateway that reads while a file is written in place finds no profiles, and asks again at its next turn.
    const isThere = store().profiles[profileId];
    try {
      if (isThere && (await resolve())) stats.uses++;
    } catch (error) {
      stats.errors.push(String(error?.message ?? error));
    }
    await new Promise((go) => setTimeout(go, 20));
  }
  console.log(JSON.stringify({ ...stats, refreshes: globalThis.refreshed ?? 0 }));
}

async function config() {
  const { createConfigIO } = await load("config", "io.js");
  const { buildAgentSummaries } = await load("commands", "agents.config.js");
  const { valid, issues, config } = await createConfigIO().readConfigFileSnapshot();
  console.log(JSON.stringify({ valid, issues, auth: config.auth, agents: buildAgentSummaries(config) }));
}

switch (action) {
  case "token": console.log((await (await open()).resolve()) ?? "none"); break;
  case "loop": await loop(); break;
  case "config": await config(); break;
  default: throw new Error(`There is no ${action}.`);
}
