import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { freePorts } from "../programs";

/** The built store as a separate process, started like `npm start`, on 127.0.0.1. */
export interface StoreProcess {
  readonly url: string;
  /** Its output so far, at most the last 2 MB. */
  readonly output: () => string;
  /** Sends the signal (default: SIGKILL) and waits for the exit code; null if a signal ended the process. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

type ProcessEnvironment = Readonly<Record<string, string>>;

interface Running {
  readonly output: () => string;
  readonly exited: Promise<number | null>;
  readonly child: ChildProcess;
}

/** Of a busy machine, on which it may build first. A store that exits is not waited for. */
const BOOT_MS = 240_000;
const STORE = ["app/commands/start.js"];

/**
 * Starts the store and resolves once it is ready, or with `until: "alive"` once it listens. Passes on only PATH and
 * HOME of the caller's environment. Rebuilds first if the build is older than the sources.
 */
export async function startStore(
  env: ProcessEnvironment = {},
  options: { port?: number; until?: "ready" | "alive" } = {},
): Promise<StoreProcess> {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const store = await withBootLock(async () => {
    const started = run(STORE, { PORT: String(port), HOST: "127.0.0.1", RATE_LIMIT_PER_MINUTE: "0", ...env });
    await waitUntilOk(`${url}/healthz`, started);
    return started;
  });
  if (options.until !== "alive") await waitUntilOk(`${url}/readyz`, store);
  return { url, output: store.output, stop: (signal) => stop(store, signal) };
}

/** Starts a store that is expected to fail, and waits until the process exits by itself. */
export async function startUntilExit(env: ProcessEnvironment): Promise<{ status: number | null; output: string }> {
  const port = await freePort();
  return withBootLock(async () => {
    const store = run(STORE, { PORT: String(port), HOST: "127.0.0.1", ...env });
    const status = await Promise.race([store.exited, sleep(BOOT_MS, "running" as const, { ref: false })]);
    if (status !== "running") return { status, output: store.output() };
    await stop(store);
    throw new Error(`the store did not exit:\n${store.output()}`);
  });
}

/** Starts another command of app/commands from its source; resolves once its output matches `ready`. */
export async function startCommand(
  file: string,
  env: ProcessEnvironment,
  ready: RegExp,
  args: readonly string[] = [],
): Promise<Omit<StoreProcess, "url"> & { readonly exited: Promise<number | null> }> {
  const command = run(["--import", "tsx", file, ...args], env);
  const end = Date.now() + BOOT_MS;
  while (!ready.test(command.output())) {
    if (command.child.exitCode !== null || Date.now() > end)
      throw new Error(`${file} did not start:\n${command.output()}`);
    await sleep(50);
  }
  return { output: command.output, exited: command.exited, stop: (signal) => stop(command, signal) };
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

function run(args: readonly string[], env: ProcessEnvironment): Running {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [...args], {
    env: { PATH, HOME, NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const collect = (chunk: Buffer) => {
    text = (text + chunk.toString("utf8")).slice(-2_000_000);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const exited = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  return { child, exited, output: () => text };
}

async function stop({ child, exited }: Running, signal: NodeJS.Signals = "SIGKILL"): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  return exited;
}

async function waitUntilOk(url: string, { child, output }: Running): Promise<void> {
  const end = Date.now() + BOOT_MS;
  for (;;) {
    const isOk = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isOk) return;
    if (child.exitCode !== null || Date.now() > end) {
      child.kill("SIGKILL");
      throw new Error(`no successful response from ${url}:\n${output()}`);
    }
    await sleep(50);
  }
}

const LOCK = "node_modules/.cache/holdfast-store-boot";

/** Serializes starts across parallel test files: each may build, and two builds would write the same files. */
async function withBootLock<T>(work: () => Promise<T>): Promise<T> {
  while (!tryLock()) await sleep(100);
  try {
    return await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function tryLock(): boolean {
  mkdirSync("node_modules/.cache", { recursive: true });
  try {
    writeFileSync(LOCK, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    if (!isOwnerAlive()) rmSync(LOCK, { force: true });
    return false;
  }
}

function isOwnerAlive(): boolean {
  try {
    process.kill(Number(readFileSync(LOCK, "utf8")), 0);
    return true;
  } catch (error) {
    // Otherwise the lock was just released, or is being written: try again.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
