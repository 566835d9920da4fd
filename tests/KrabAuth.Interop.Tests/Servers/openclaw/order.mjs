// Puts profiles in order as OpenClaw does: one JSON request in the file that is named, one JSON answer on standard output.
// in:  {"now":1700000000000,"cases":[{"store":{…},"config":{…},"provider":"p","preferred":"p:a"}]}
// out: [["p:a","p:b"],…]
import fs from "node:fs";
import path from "node:path";

const agent = path.join(process.env.OPENCLAW_STATE_DIR, "agents", "main", "agent");
fs.mkdirSync(agent, { recursive: true });
const { ensureAuthProfileStore, resolveAuthProfileOrder } = await import("./node_modules/openclaw/dist/agents/auth-profiles.js");
const { now, cases } = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
Date.now = () => now;
const orders = cases.map(({ store, config, provider, preferred }) => {
  fs.writeFileSync(path.join(agent, "auth-profiles.json"), JSON.stringify(store));
  return resolveAuthProfileOrder({ cfg: config, store: ensureAuthProfileStore(), provider, preferredProfile: preferred ?? undefined });
});
process.stdout.write(JSON.stringify(orders));
