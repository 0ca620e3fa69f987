/** `npm run build`: what `npm start` serves, and the sandbox's database as a dump, because making one anew takes seconds. */
import { execFileSync } from "node:child_process";
import { SANDBOX_DUMP_FILE } from "~/sandbox/supabase/sandbox-dump-file";
import { writeSandboxDump } from "~/sandbox/supabase/sandbox-dump.server";

execFileSync(process.execPath, ["node_modules/@remix-run/dev/dist/cli.js", "vite:build"], { stdio: "inherit" });
await writeSandboxDump(SANDBOX_DUMP_FILE);
// PGlite keeps the process alive.
process.exit(0);
