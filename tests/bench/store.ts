import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { freePort, startCommand } from "../api/store-process";
import { fire } from "./load";

/** A copy of the shop with the routes of `tests/bench/routes` in it: what is measured against runs on the same server, and not in the product. */
const FOLDER = path.resolve(".cache/bench/store");
const COPIED = ["app", "public", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"];
const BOOT_MS = 60_000;
export const PRODUCTS = 24;

export interface BenchStore {
  readonly url: string;
  readonly productIds: readonly string[];
  readonly figures: () => Promise<z.output<typeof figuresSchema>>;
  readonly close: () => Promise<void>;
}

const figuresSchema = z.object({
  reads: z.number(),
  most_at_once: z.number(),
  heap_bytes: z.number(),
  resident_bytes: z.number(),
});

/** The copied shop on the stand-ins of `npm run sandbox`, which run as a process of their own, and 24 products with plenty of stock. */
export async function openBenchStore(say: (text: string) => void): Promise<BenchStore> {
  say("starting the shop and its stand-ins");
  const standIns = await startCommand(
    "app/commands/sandbox.ts",
    { SANDBOX_SUPABASE_PORT: "0", SANDBOX_STRIPE_PORT: "0" },
    /^ready$/m,
  );
  const env = Object.fromEntries(
    [...standIns.output().matchAll(/\b([A-Z_]+)=(\S+)/g)].map(([, name = "", value = ""]) => [name, value]),
  );
  const productIds = await stockUp(env.SUPABASE_URL ?? "", env.SUPABASE_SECRET_KEY ?? "");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = startProcess(port, {
    ...env,
    PUBLIC_URL: url,
    SESSION_SECRET: "s".repeat(32),
    RATE_LIMIT_PER_MINUTE: "0",
    MAX_UNITS_PER_CLIENT: "0",
    TRUSTED_PROXY_HOPS: "1",
  });
  await untilReady(url, server);
  return {
    url,
    productIds,
    figures: async () =>
      figuresSchema.parse(JSON.parse((await fire(undefined, { method: "GET", url: `${url}/bench/figures` })).text)),
    async close() {
      await stop(server);
      await standIns.stop();
    },
  };
}

/** Anew each time, so that nothing of an older version is measured. The dump of the database is not part of it. */
export function buildCopy(): void {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const name of COPIED) cpSync(name, path.join(FOLDER, name), { recursive: true, preserveTimestamps: true });
  cpSync("tests/bench/routes", path.join(FOLDER, "app/routes"), { recursive: true, preserveTimestamps: true });
  cpSync("tests/bench/read-counter.server.ts", path.join(FOLDER, "app/read-counter.server.ts"));
  symlinkSync(path.resolve("node_modules"), path.join(FOLDER, "node_modules"));
  execFileSync(process.execPath, ["node_modules/@remix-run/dev/dist/cli.js", "vite:build"], {
    cwd: FOLDER,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** Gives the copy the sandbox's database as `npm run build` leaves it, or takes it away. */
export function placeDump(isThere: boolean): void {
  const dump = "build/sandbox/supabase.tar";
  if (!existsSync(dump)) throw new Error("run npm run build first: the sandbox's database is missing");
  if (isThere) cpSync(dump, path.join(FOLDER, dump));
  else rmSync(path.join(FOLDER, dump), { force: true });
}

/** As `npm start` starts it; nothing of the caller's own environment reaches it. */
export function startProcess(port: number, env: Readonly<Record<string, string>>): ChildProcess {
  const { PATH = "", HOME = "", BENCH_NODE_OPTIONS = "" } = process.env;
  return spawn(
    process.execPath,
    ["--expose-gc", ...BENCH_NODE_OPTIONS.split(" ").filter(Boolean), "app/commands/start.js"],
    {
      cwd: FOLDER,
      env: { PATH, HOME, NODE_ENV: "production", PORT: String(port), HOST: "127.0.0.1", ...env },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
}

export async function untilReady(url: string, server: ChildProcess): Promise<void> {
  const end = Date.now() + BOOT_MS;
  for (;;) {
    const status = await fire(undefined, { method: "GET", url: `${url}/readyz` }).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    if (server.exitCode !== null || Date.now() > end) throw new Error("the store did not become ready");
    await sleep(20);
  }
}

export async function stop(server: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => server.once("close", resolve));
  server.kill("SIGTERM");
  await Promise.race([ended, sleep(5_000).then(() => server.kill("SIGKILL"))]);
}

async function stockUp(supabaseUrl: string, key: string): Promise<string[]> {
  const headers = {
    apikey: key,
    Authorization: `Bearer ${key}`,
    "Content-Type": "application/json",
    Prefer: "return=representation",
  };
  const send = async (method: string, query: string, body?: object) => {
    const response = await fetch(`${supabaseUrl}/rest/v1/products?${query}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`the stand-in answered ${response.status}: ${await response.text()}`);
    return z.array(z.object({ id: z.string() })).parse(await response.json());
  };
  const there = await send("GET", "select=id");
  const missing = Array.from({ length: Math.max(0, PRODUCTS - there.length) }, (_, i) => ({
    name: `Bench ${i}`,
    price: 10,
    description: "Stands where a product would.",
    image_url: "/products/tide-mug.svg",
  }));
  if (missing.length > 0) await send("POST", "select=id", missing);
  const rows = await send("PATCH", "inventory_count=gte.0&select=id", { inventory_count: 100_000_000 });
  return rows.map(({ id }) => id).slice(0, PRODUCTS);
}
