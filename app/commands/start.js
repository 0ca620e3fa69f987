// @ts-check
/**
 * `npm start`: rebuilds if the build is missing or older than its sources, then reads `.env` and serves the build.
 * Plain JavaScript in a single process: signals reach the server directly, and nothing is compiled at startup.
 * Needs only the packages of `dependencies` to serve a build made before.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import path from "node:path";
import { readDotenv } from "./read-dotenv.js";

const BUILD = "build/server/index.js";
/** If none of these is set, the store runs the sandbox (app/env.server.ts). */
const SERVICE_VARIABLES = [
  "SUPABASE_URL",
  "SUPABASE_SECRET_KEY",
  "SUPABASE_SERVICE_ROLE_KEY",
  "STRIPE_SECRET_KEY",
  "STRIPE_WEBHOOK_SECRET",
];
const SOURCES = ["app", "public", "package-lock.json", "vite.config.ts"];

if (newest(SOURCES) > modified(BUILD)) build();
// Only now: builds never read it.
readDotenv();

process.env.NODE_ENV ??= "production";
process.env.PORT ||= "3000"; // remix-serve would pick any free port
process.argv[2] = BUILD;
const serveRequire = createRequire(createRequire(import.meta.url).resolve("@remix-run/serve/dist/cli.js"));
logPathsOnly();
if (!process.env.HOST && SERVICE_VARIABLES.every((name) => !process.env[name]?.trim()))
  listenOnLoopbackOnly(Number(process.env.PORT));
await import("@remix-run/serve/dist/cli.js");

/** Rebuilds. Without the build tools (`npm ci --omit=dev`) it serves what there is: copying files can make sources look newer. */
function build() {
  if (existsSync("node_modules/@remix-run/dev")) {
    process.stdout.write("Building the shop, because its sources have changed since the last build…\n");
    const command = ["node_modules/tsx/dist/cli.mjs", "app/commands/build.ts", "--logLevel", "error"];
    execFileSync(process.execPath, command, { stdio: "inherit" });
  } else if (existsSync(BUILD)) {
    process.stderr.write(
      "The build is older than its sources, and the build tools are not installed, so it is served as it is. If the sources have changed, run: npm ci --include=dev && npm run build\n",
    );
  } else {
    process.stderr.write(
      "There is no build to serve, and the build tools are not installed. Run: npm ci --include=dev && npm run build\n",
    );
    process.exit(1);
  }
}

/** Keeps query strings out of remix-serve's access log (morgan): a `session_id` in a query gives access to a cart. */
function logPathsOnly() {
  serveRequire("morgan").token(
    "url",
    (/** @type {{ originalUrl: string }} */ request) => request.originalUrl.split("?")[0],
  );
}

/**
 * Makes the sandbox reachable from this machine only, because its operator routes need no token. `localhost` can mean
 * 127.0.0.1 or ::1 while a server listens on one address: connections to ::1 are handed to it.
 * @param {number} port
 */
function listenOnLoopbackOnly(port) {
  process.env.HOST = "127.0.0.1";
  const { application } = serveRequire("express");
  const listen = application.listen;
  application.listen = function (/** @type {unknown[]} */ ...args) {
    const server = listen.apply(this, args);
    const other = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => server.emit("connection", socket));
    other.on("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      // This machine has no IPv6.
      if (error.code !== "EADDRNOTAVAIL" && error.code !== "EAFNOSUPPORT") throw error;
    });
    other.listen(port, "::1");
    for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => other.close());
    return server;
  };
}

/** @param {string[]} files */
function newest(files) {
  return Math.max(
    ...files.flatMap((file) => [
      modified(file),
      ...(isFolder(file)
        ? readdirSync(file, { recursive: true }).map((name) => modified(path.join(file, String(name))))
        : []),
    ]),
  );
}

/** @param {string} file */
function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** @param {string} file */
function isFolder(file) {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
