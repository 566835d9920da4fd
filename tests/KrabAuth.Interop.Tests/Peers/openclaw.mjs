// OpenClaw's own modules, asked for what the tests want to know.
//   openclaw.mjs token <dist> <agentDir> <profileId>   a token of the profile, renewed if it has expired
import path from "node:path";
import { pathToFileURL } from "node:url";

const [action, dist, agentDir, profileId] = process.argv.slice(2);
const load = (module) => import(pathToFileURL(path.join(dist, "agents", "auth-profiles", `${module}.js`)).href);

if (action !== "token") throw new Error(`There is no ${action}.`);
const { ensureAuthProfileStore } = await load("store");
const { resolveApiKeyForProfile } = await load("oauth");
const resolved = await resolveApiKeyForProfile({ cfg: {}, store: ensureAuthProfileStore(agentDir), profileId, agentDir });
console.log(resolved?.apiKey ?? "none");
