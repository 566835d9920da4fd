// Reads a store as OpenClaw does, and tells which profiles of a provider it would try, in order, and which it would skip.
//   waiting.mjs <module of credentials> <agentDir> <provider> [model]
// out: {"order":["p:a","p:b"],"waiting":["p:b"]}
import { pathToFileURL } from "node:url";

const [module, agentDir, provider, model] = process.argv.slice(2);
const theirs = await import(pathToFileURL(module).href);
const read = theirs.ensureAuthProfileStoreWithoutExternalProfiles ?? theirs.ensureAuthProfileStore;
const store = read(agentDir);
const order = theirs.resolveAuthProfileOrder({ cfg: {}, store, provider });
const waiting = order.filter((id) => theirs.isProfileInCooldown(store, id, undefined, model)).sort();
process.stdout.write(JSON.stringify({ order, waiting }));
