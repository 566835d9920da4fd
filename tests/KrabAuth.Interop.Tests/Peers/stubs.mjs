// Loaded before a gateway of which only the package itself is there: an import that is not installed, or that this Node.js does not
// know, is answered by a thing that can be called, made and read without end. Enough for code that is loaded and never run.
import { register } from "node:module";

const hooks = `
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
const wanted = new Map();
export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!context.parentURL?.startsWith("file:") || /^[./]/.test(specifier)) throw error;
    const names = wanted.get(specifier) ?? new Set();
    wanted.set(specifier, names);
    const from = specifier.replace(/[.*+?^\${}()|[\\]\\\\]/g, "\\\\$&");
    const imports = new RegExp("(?:import|export)\\\\s*(?:[\\\\w$]+\\\\s*,\\\\s*)?\\\\{([^}]*)\\\\}\\\\s*from\\\\s*[\\"']" + from + "[\\"']", "g");
    for (const [, list] of readFileSync(fileURLToPath(context.parentURL), "utf8").matchAll(imports)) {
      for (const name of list.split(",").map((item) => item.trim().split(/\\s+as\\s+/)[0])) if (name && name !== "default") names.add(name);
    }
    return { url: "stub:" + encodeURIComponent(specifier) + "?" + [...names].join(","), shortCircuit: true };
  }
}
export async function load(url, context, next) {
  if (!url.startsWith("stub:")) return next(url, context);
  const read = "(target, key) => key === Symbol.toPrimitive ? () => '' : key === 'prototype' ? target.prototype : key === Symbol.iterator ? function* () {} : anything";
  const names = url.split("?")[1].split(",").filter(Boolean).map((name) => "export const " + name + " = anything;");
  const source = "const anything = new Proxy(function () {}, { get: " + read + ", apply: () => anything, construct: () => anything });";
  return { format: "module", source: [source, "export default anything;", ...names].join("\\n"), shortCircuit: true };
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
