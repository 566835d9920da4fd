// OpenClaw's own modules, asked for what the tests want to know.
//   openclaw.mjs token <dist> <agentDir> <profileId>   a token of the profile, renewed if it has expired
//   openclaw.mjs config <dist>                         what its configuration says, and whether it is valid
import path from "node:path";
import { pathToFileURL } from "node:url";

const [action, dist, agentDir, profileId] = process.argv.slice(2);
const load = (...names) => import(pathToFileURL(path.join(dist, ...names)).href);

if (action === "token") {
  const { ensureAuthProfileStore } = await load("agents", "auth-profiles", "store.js");
  const { resolveApiKeyForProfile } = await load("agents", "auth-profiles", "oauth.js");
  const resolved = await resolveApiKeyForProfile({ cfg: {}, store: ensureAuthProfileStore(agentDir), profileId, agentDir });
  console.log(resolved?.apiKey ?? "none");
} else if (action === "config") {
  const { createConfigIO } = await load("config", "io.js");
  const { buildAgentSummaries } = await load("commands", "agents.config.js");
  const { valid, issues, config } = await createConfigIO().readConfigFileSnapshot();
  console.log(JSON.stringify({ valid, issues, auth: config.auth, agents: buildAgentSummaries(config) }));
} else {
  throw new Error(`There is no ${action}.`);
}
