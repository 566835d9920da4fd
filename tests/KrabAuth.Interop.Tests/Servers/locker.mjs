// A peer at the lock of a store, with the peers' options: npm's proper-lockfile.
//   locker.mjs hold <store>                     holds the lock until a line comes on standard input
//   locker.mjs write <store> <prefix> <count>   adds profiles: lock, read, change, write in place, release
import fs from "node:fs";
import readline from "node:readline";
import lockfile from "proper-lockfile";

const options = { realpath: true, retries: { retries: 10, factor: 2, minTimeout: 100, maxTimeout: 10_000, randomize: true }, stale: 30_000 };
const [mode, store, prefix, count] = process.argv.slice(2);

if (mode === "hold") {
  const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  let release;
  try {
    release = await lockfile.lock(store, { ...options, retries: 0 });
  } catch (error) {
    if (error.code !== "ELOCKED") throw error;
    console.log("busy");
    release = await lockfile.lock(store, options);
  }
  console.log("held");
  await lines.next();
  // What it read under the lock must be what it finds at the end: nobody else wrote meanwhile.
  console.log(JSON.stringify(JSON.parse(fs.readFileSync(store, "utf8"))));
  await release();
  console.log("released");
  process.exit(0);
}

for (let i = 0; i < Number(count); i++) {
  const release = await lockfile.lock(store, options);
  try {
    const content = JSON.parse(fs.readFileSync(store, "utf8"));
    content.profiles[`openrouter:${prefix}-${i}`] = { type: "api_key", provider: "openrouter", key: `sk-or-peer-${prefix}-${i}` };
    fs.writeFileSync(store, `${JSON.stringify(content, null, 2)}\n`);
  } finally {
    await release();
  }
  console.log(`openrouter:${prefix}-${i}`);
}
