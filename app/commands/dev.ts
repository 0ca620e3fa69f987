/** `npm run dev`: runs the store with hot reload. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { SANDBOX_DUMP_FILE } from "~/sandbox/supabase/sandbox-dump-file";
import { writeSandboxDump } from "~/sandbox/supabase/sandbox-dump.server";
import { readDotenv } from "./read-dotenv.js";

readDotenv();
if (!existsSync(SANDBOX_DUMP_FILE)) await writeSandboxDump(SANDBOX_DUMP_FILE);

const port = process.env.PORT ?? "3000";
const vite = spawn(
  process.execPath,
  ["node_modules/@remix-run/dev/dist/cli.js", "vite:dev", "--port", port, "--strictPort"],
  {
    stdio: "inherit",
    env: { ...process.env, PORT: port, NODE_ENV: "development" },
  },
);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => vite.kill(signal));
vite.on("exit", (code) => process.exit(code ?? 0));
