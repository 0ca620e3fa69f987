import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import playwright from "../../playwright.config";
import { startProcess } from "../bench/store";
import { ensureBuild } from "../drill/processes";
import { freePorts } from "../programs";

const { PATH = "", HOME = "" } = process.env;
/** Vitest's own variables would change what the commands do. */
const ENV = { PATH, HOME, NODE_ENV: "production" as const };

const LEFT_OUT: ReadonlySet<string> = new Set([".git", ".cache", ".env", "test-results"]);

/** A copy of the project, by links, so that a `.env` there reaches nobody else. */
let project: string;
/** Supabase, Stripe and Redis of the merchant whose keys are in `.env`. Nothing may connect to it uninvited. */
let merchant: Server;
let visits = 0;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  await ensureBuild();
  mkdirSync(".cache", { recursive: true });
  project = mkdtempSync(path.resolve(".cache/dotenv-"));
  for (const name of readdirSync("."))
    if (!LEFT_OUT.has(name)) symlinkSync(path.resolve(name), path.join(project, name));
  merchant = createServer((socket) => {
    visits += 1;
    socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(merchant, "listening");
  const { port } = merchant.address() as AddressInfo;
  writeFileSync(
    path.join(project, ".env"),
    [
      `PUBLIC_URL=https://shop.test`,
      `SESSION_SECRET=${"s".repeat(32)}`,
      `SUPABASE_URL=http://127.0.0.1:${port}`,
      `SUPABASE_SECRET_KEY=sb_secret_live`,
      `STRIPE_SECRET_KEY=sk_live_merchant`,
      `STRIPE_WEBHOOK_SECRET=whsec_merchant`,
      `STRIPE_API_BASE=http://127.0.0.1:${port}`,
      `SANDBOX_WEBHOOK_URLS=http://127.0.0.1:${port}/api/webhooks/stripe`,
      `VITE_SECRET=vite_secret_live`,
      "",
    ].join("\n"),
  );
}, 300_000);

afterEach(async () => {
  for (const child of running) await end(child);
});

afterAll(() => {
  merchant?.close();
  rmSync(project, { recursive: true, force: true });
});

/** Runs a command line in the project, in a process group of its own. */
function run(
  command: string,
  env: Readonly<Record<string, string>> = {},
): { child: ChildProcess; output: () => string } {
  return collect(
    spawn("sh", ["-c", command], {
      cwd: project,
      env: { ...ENV, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    }),
  );
}

function collect(child: ChildProcess): { child: ChildProcess; output: () => string } {
  running.add(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return { child, output: () => text };
}

async function end(child: ChildProcess): Promise<void> {
  running.delete(child);
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const closed = once(child, "close");
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
  await closed;
}

/** Waits until the sandbox sells at this port, and a little longer for what it might do on the side. */
async function untilSandboxSells(port: number): Promise<void> {
  const payments = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      async (response) => (response.ok ? ((await response.json()) as { payments: string }).payments : null),
      () => null,
    );
  await expect.poll(payments, { timeout: 60_000 }).toBe("sandbox");
  await sleep(500);
}

describe("a .env file with a merchant's live keys", { timeout: 300_000 }, () => {
  it("is read by npm start, which says so: the environment's own variables win, empty ones too", async () => {
    const [port = 0] = await freePorts(1);
    const before = visits;
    const { output } = run("npm start", { PORT: String(port), STRIPE_API_BASE: "", SESSION_SECRET: "t".repeat(32) });
    await expect.poll(() => visits, { timeout: 60_000 }).toBeGreaterThan(before);
    expect(output()).toContain(
      "Read .env: 9 variables; the environment's own SESSION_SECRET, STRIPE_API_BASE took precedence\n",
    );
  });

  it.each(["dev", "doctor", "drill"])("is read by npm run %s", async (command) => {
    const [port = 0] = await freePorts(1);
    const { output } = run(`npm run ${command}`, { PORT: String(port) });
    await expect.poll(output, { timeout: 60_000 }).toContain("Read .env: 9 variables\n");
  });

  it("is not read by the stores of the end-to-end tests", async () => {
    const servers = [playwright.webServer ?? []].flat();
    expect(servers).not.toEqual([]);
    const before = visits;
    for (const { command, env } of servers.slice(0, 1)) {
      const [port = 0] = await freePorts(1);
      const { output } = run(command, { ...env, PORT: String(port) });
      await untilSandboxSells(port);
      expect(output()).not.toContain(".env");
    }
    expect(new Set(servers.map(({ command }) => command)).size).toBe(1);
    expect(visits).toBe(before);
  });

  it("is not read by the store of a benchmark, nor by npm run sandbox", async () => {
    const ports = await freePorts(3);
    const [store = 0, supabase, stripe] = ports;
    const before = visits;
    collect(startProcess(store, {}, project));
    await untilSandboxSells(store);
    const { output } = run("npm run sandbox", {
      SANDBOX_SUPABASE_PORT: String(supabase),
      SANDBOX_STRIPE_PORT: String(stripe),
    });
    await expect.poll(output, { timeout: 60_000 }).toMatch(/^ready$/m);
    expect(output()).toContain("Webhooks: none");
    expect(visits).toBe(before);
  });

  it("is not read by Vitest, neither into process.env nor into import.meta.env", async () => {
    const file = "seen.test.ts";
    writeFileSync(
      path.join(project, file),
      `import { expect, it } from "vitest";
       it("sees", () => expect(JSON.stringify([process.env, import.meta.env])).not.toMatch(/merchant|_live/));`,
    );
    const vitest = path.resolve("node_modules/vitest/vitest.mjs");
    const config = `import config from "./vite.config"; export default async (env) => ({ ...(await config(env)), test: { include: ["${file}"] } });`;
    writeFileSync(path.join(project, "seen.config.ts"), config);
    const { stdout } = await promisify(execFile)(process.execPath, [vitest, "run", "--config", "seen.config.ts"], {
      cwd: project,
      env: { ...ENV, NODE_ENV: "test" },
    });
    expect(stdout).toContain("1 passed");
  });

  describe("and Remix's Vite plugin, which copies such files into its process", () => {
    beforeAll(() => {
      // Vite does not find its sources through links.
      rmSync(path.join(project, "app"));
      cpSync("app", path.join(project, "app"), { recursive: true });
      writeFileSync(path.join(project, ".env.local"), "LOCAL_KEY=sk_live_local\nNODE_ENV=development\n");
      // Ends the process once all plugins have changed the configuration.
      writeFileSync(
        path.join(project, "probe.config.ts"),
        `import { writeFileSync } from "node:fs";
         import config from "./vite.config";
         const probe = { name: "probe", configResolved({ env }) {
           writeFileSync("probe.json", JSON.stringify([process.env, env]));
           process.exit(0);
         } };
         export default async (env) => {
           const real = await config(env);
           return { ...real, plugins: [real.plugins, probe] };
         };`,
      );
    });

    it.each(["vite:build", "vite:dev"])("is not read by %s", async (command) => {
      rmSync(path.join(project, "probe.json"), { force: true });
      const remix = "node_modules/@remix-run/dev/dist/cli.js";
      const { child, output } = run(`${process.execPath} ${remix} ${command} --config probe.config.ts`);
      if (child.exitCode === null) await once(child, "close");
      expect(child.exitCode, output()).toBe(0);
      const seen = readFileSync(path.join(project, "probe.json"), "utf8");
      expect(seen).toContain('"PATH"');
      expect(seen).not.toMatch(/merchant|_live|_USER_NODE_ENV/);
    });
  });
});
