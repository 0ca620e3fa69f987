import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { freePort, startCommand } from "../api/store-process";
import { send } from "./load";

/** A copy of the shop with the routes of `tests/bench/routes`: baselines run on the same server as the product. */
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

/**
 * Starts the copy with the stand-ins in a separate process (`npm run sandbox`) and 24 products with plenty of stock.
 */
export async function openBenchStore(report: (progress: string) => void): Promise<BenchStore> {
  report("starting the shop and its stand-ins");
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
      figuresSchema.parse(JSON.parse((await send(undefined, { method: "GET", url: `${url}/bench/figures` })).text)),
    async close() {
      await stop(server);
      await standIns.stop();
    },
  };
}

/** Rebuilds the copy from scratch, so that no older version is measured. Does not include the database dump. */
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

/** Adds the database dump that `npm run build` creates to the copy, or removes it. */
export function setDump(isPresent: boolean): void {
  const dump = "build/sandbox/supabase.tar";
  if (!existsSync(dump)) throw new Error("the database dump is missing: run npm run build first");
  if (isPresent) cpSync(dump, path.join(FOLDER, dump));
  else rmSync(path.join(FOLDER, dump), { force: true });
}

/** Starts the copy like `npm start`, passing on only PATH and HOME of the caller's environment. */
export function startProcess(port: number, env: Readonly<Record<string, string>>, folder = FOLDER): ChildProcess {
  const { PATH = "", HOME = "", BENCH_NODE_OPTIONS = "" } = process.env;
  return spawn(
    process.execPath,
    ["--expose-gc", ...BENCH_NODE_OPTIONS.split(" ").filter(Boolean), "app/commands/start.js"],
    {
      cwd: folder,
      env: { PATH, HOME, NODE_ENV: "production", PORT: String(port), HOST: "127.0.0.1", ...env },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
}

export async function untilReady(url: string, server: ChildProcess): Promise<void> {
  const end = Date.now() + BOOT_MS;
  for (;;) {
    const status = await send(undefined, { method: "GET", url: `${url}/readyz` }).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    if (server.exitCode !== null || Date.now() > end) throw new Error("the store did not become ready");
    await sleep(20);
  }
}

export async function stop(server: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => server.once("close", resolve));
  server.kill("SIGTERM");
  await Promise.race([closed, sleep(5_000).then(() => server.kill("SIGKILL"))]);
}

async function stockUp(supabaseUrl: string, key: string): Promise<string[]> {
  const headers = {
    apikey: key,
    Authorization: `Bearer ${key}`,
    "Content-Type": "application/json",
    Prefer: "return=representation",
  };
  const rest = async (method: string, query: string, body?: object) => {
    const response = await fetch(`${supabaseUrl}/rest/v1/products?${query}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`the database stand-in responded with ${response.status}: ${await response.text()}`);
    return z.array(z.object({ id: z.string() })).parse(await response.json());
  };
  const existing = await rest("GET", "select=id");
  const missing = Array.from({ length: Math.max(0, PRODUCTS - existing.length) }, (_, i) => ({
    name: `Bench ${i}`,
    price: 10,
    description: "A placeholder product.",
    image_url: "/products/tide-mug.svg",
  }));
  if (missing.length > 0) await rest("POST", "select=id", missing);
  const rows = await rest("PATCH", "inventory_count=gte.0&select=id", { inventory_count: 100_000_000 });
  return rows.map(({ id }) => id).slice(0, PRODUCTS);
}
