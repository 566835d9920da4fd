// A process of a race under npm's proper-lockfile, with the options of the gateways: locker.mjs <folder of node_modules> <file> <count>
import fs from "node:fs";
import { createRequire } from "node:module";
import readline from "node:readline";

const [modules, file, count] = process.argv.slice(2);
const lockfile = createRequire(`${modules}/`)("proper-lockfile");
const options = { realpath: true, retries: { retries: 10, factor: 2, minTimeout: 100, maxTimeout: 10_000, randomize: true }, stale: 30_000 };
console.log("ready");
const lines = readline.createInterface({ input: process.stdin });
await new Promise((resolve) => lines.once("line", resolve));
lines.close();

let done = 0;
let longestWait = 0;
for (let i = 0; i < Number(count); i++) {
  const asked = performance.now();
  let release;
  try {
    release = await lockfile.lock(file, options);
  } catch (error) {
    if (error.code !== "ELOCKED") throw error;
    // It gave up: the update does not happen, and the wait counts.
    longestWait = Math.max(longestWait, performance.now() - asked);
    continue;
  }
  longestWait = Math.max(longestWait, performance.now() - asked);
  try {
    const content = JSON.parse(fs.readFileSync(file, "utf8"));
    content.count++;
    fs.writeFileSync(file, JSON.stringify(content));
    done++;
  } finally {
    await release();
  }
}
console.log(JSON.stringify({ done, longestWait }));
