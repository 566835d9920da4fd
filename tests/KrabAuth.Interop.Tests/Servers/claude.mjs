// A process that treats its sign-in as Claude Code does: two proper-lockfile directories in this order, stale after a minute and
// touched every five seconds; what is in the file after they are had decides; the file is written in place.
//   claude.mjs <config directory> <issuer> <client id> <margin in ms>
import fs from "node:fs";
import path from "node:path";
import lockfile from "proper-lockfile";
import { loop, refresh } from "./tokens.mjs";

const [directory, issuer, clientId, margin] = process.argv.slice(2);
const file = path.join(directory, ".credentials.json");
const retries = { retries: 40, factor: 1.3, minTimeout: 20, maxTimeout: 500, randomize: true };
const stats = { refreshes: 0, adopted: 0, errors: [] };

const read = () => JSON.parse(fs.readFileSync(file, "utf8"));
const isUsable = (login) => login.expiresAt - Date.now() > Number(margin);
const lock = (name) => lockfile.lock(name, { realpath: false, stale: 60_000, update: 5000, retries });

await loop(stats, async () => {
  if (isUsable(read().claudeAiOauth)) return;
  const releaseFirst = await lock(path.join(directory, ".oauth_refresh"));
  try {
    const releaseSecond = await lock(fs.realpathSync(directory));
    try {
      const content = read();
      if (isUsable(content.claudeAiOauth)) {
        stats.adopted++;
        return;
      }
      const tokens = await refresh(issuer, clientId, content.claudeAiOauth.refreshToken);
      Object.assign(content.claudeAiOauth, { accessToken: tokens.access_token, refreshToken: tokens.refresh_token, expiresAt: Date.now() + tokens.expires_in * 1000 });
      fs.writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
      stats.refreshes++;
    } finally {
      await releaseSecond();
    }
  } finally {
    await releaseFirst();
  }
});
