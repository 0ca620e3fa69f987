/**
 * `npm run build`: builds the server, compresses what browsers load, and writes a dump of the sandbox database, since creating one takes
 * seconds. Passes its arguments on to Vite.
 */
import { execFileSync } from "node:child_process";
import { SANDBOX_DUMP_FILE } from "~/sandbox/supabase/sandbox-dump-file";
import { writeSandboxDump } from "~/sandbox/supabase/sandbox-dump.server";
import { compressAssets } from "./compress-assets";

const vite = ["node_modules/@remix-run/dev/dist/cli.js", "vite:build", ...process.argv.slice(2)];
execFileSync(process.execPath, vite, { stdio: "inherit" });
compressAssets("build/client/assets");
await writeSandboxDump(SANDBOX_DUMP_FILE);
// PGlite would keep the process alive.
process.exit(0);
