/** The whole shop as separate processes: stand-ins, and app servers that can be killed. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { freePorts } from "../programs";

const TSX = "node_modules/tsx/dist/cli.mjs";
const SERVE = "node_modules/@remix-run/serve/dist/cli.js";
const BUILD = "build/server/index.js";

/** Runs `npm run build` unless the build is newer than its sources. */
export async function ensureBuild(): Promise<void> {
  const newest = Math.max(
    ...readdirSync("app", { recursive: true, withFileTypes: true }).map(
      (entry) => statSync(path.join(entry.parentPath, entry.name)).mtimeMs,
    ),
  );
  const built = statSync(BUILD, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (built > newest && existsSync("build/sandbox")) return;
  // vite.config.ts differs under Vitest.
  const { VITEST: _, ...env } = process.env;
  await promisify(execFile)(process.execPath, [TSX, "app/commands/build.ts"], {
    env: { ...env, NODE_ENV: "production" },
  });
}

export interface StandIns {
  readonly supabaseUrl: string;
  readonly stripeUrl: string;
  stop(): Promise<void>;
}

/** Starts `npm run sandbox`. */
export async function startStandIns(webhookUrls: readonly string[]): Promise<StandIns> {
  const [supabase, stripe] = await freePorts(2);
  const env = {
    ...process.env,
    SANDBOX_SUPABASE_PORT: String(supabase),
    SANDBOX_STRIPE_PORT: String(stripe),
    SANDBOX_WEBHOOK_URLS: webhookUrls.join(","),
  };
  const child = spawn(process.execPath, [TSX, "app/commands/sandbox.ts"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (/^ready$/m.test(output)) resolve();
    });
    child.once("exit", () => reject(new Error(`the sandbox did not start: ${output}`)));
  });
  return {
    supabaseUrl: `http://127.0.0.1:${supabase}`,
    stripeUrl: `http://127.0.0.1:${stripe}`,
    stop: () => end(child, "SIGTERM"),
  };
}

export interface AppServer {
  readonly origin: string;
  /** `kill -9`. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** The latest 200 lines of its output, logged at level error. */
  errors(): readonly string[];
}

/** A production server of the build, as `npm start` runs it. */
export function appServer(port: number, env: Record<string, string>): AppServer {
  let child: ChildProcess | null = null;
  const errors: string[] = [];
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    errors: () => errors,
    async kill() {
      const running = child;
      child = null;
      if (running !== null) await end(running, "SIGKILL");
    },
    async start() {
      const started = spawn(process.execPath, [SERVE, BUILD], {
        env: {
          ...process.env,
          NODE_ENV: "production",
          PORT: String(port),
          PUBLIC_URL: origin,
          LOG_LEVEL: "error",
          ...env,
        },
        stdio: ["ignore", "pipe", "pipe"],
      });
      child = started;
      for (const stream of [started.stdout, started.stderr]) {
        stream.on("data", (chunk: Buffer) => {
          errors.push(
            ...chunk
              .toString()
              .split("\n")
              .filter((line) => line !== ""),
          );
          errors.splice(0, errors.length - 200);
        });
      }
    },
  };
}

/** Waits until the server can sell; throws after `withinMs`. */
export async function untilReady(origin: string, withinMs = 120_000): Promise<void> {
  const last = performance.now() + withinMs;
  for (;;) {
    const status = await fetch(`${origin}/readyz`).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    if (performance.now() > last) throw new Error(`${origin} is not ready: ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function end(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}
