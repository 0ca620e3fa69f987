// @ts-check
/**
 * `npm start`: builds when the build is missing or older than its sources, then serves it.
 * Plain JavaScript in one process, so that a signal reaches the server itself and nothing is compiled at start.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const BUILD = "build/server/index.js";
const SOURCES = ["app", "public", "package-lock.json", "vite.config.ts"];

if (newest(SOURCES) > modified(BUILD)) execFileSync(process.execPath, ["node_modules/tsx/dist/cli.mjs", "app/commands/build.ts"], { stdio: "inherit" });

process.env.NODE_ENV ??= "production";
process.env.PORT ||= "3000"; // remix-serve would pick a free one
process.argv[2] = BUILD;
logPathsOnly();
await import("@remix-run/serve/dist/cli.js");

/** What follows the `?` of an address can be a `session_id`, which is a key to a cart. remix-serve logs it with morgan. */
function logPathsOnly() {
  const serve = createRequire(import.meta.url).resolve("@remix-run/serve/dist/cli.js");
  createRequire(serve)("morgan").token("url", (/** @type {{ originalUrl: string }} */ request) => request.originalUrl.split("?")[0]);
}

/** @param {string[]} files */
function newest(files) {
  return Math.max(...files.flatMap((file) => [modified(file), ...(isFolder(file) ? readdirSync(file, { recursive: true }).map((name) => modified(path.join(file, String(name)))) : [])]));
}

/** @param {string} file */
function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** @param {string} file */
function isFolder(file) {
  return statSync(file).isDirectory();
}
