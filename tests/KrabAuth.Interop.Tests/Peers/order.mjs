// Puts profiles in order as OpenClaw does: what it is asked in a file of JSON, one JSON answer on standard output.
//   order.mjs <dist> <file>
// in:  {"now":1700000000000,"cases":[{"store":{…},"config":{…},"provider":"p","preferred":"p:a"}]}
// out: [["p:a","p:b"],…]
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const agent = path.join(process.env.OPENCLAW_STATE_DIR, "agents", "main", "agent");
fs.mkdirSync(agent, { recursive: true });
const { ensureAuthProfileStore, resolveAuthProfileOrder } = await import(pathToFileURL(path.join(process.argv[2], "agents", "auth-profiles.js")).href);
const { now, cases } = JSON.parse(fs.readFileSync(process.argv[3], "utf8"));
Date.now = () => now;
const orders = cases.map(({ store, config, provider, preferred }) => {
  fs.writeFileSync(path.join(agent, "auth-profiles.json"), JSON.stringify(store));
  return resolveAuthProfileOrder({ cfg: config, store: ensureAuthProfileStore(), provider, preferredProfile: preferred ?? undefined });
});
process.stdout.write(JSON.stringify(orders));
