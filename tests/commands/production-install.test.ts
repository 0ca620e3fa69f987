import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { stop, untilReady } from "../bench/store";
import { ensureBuild } from "../drill/processes";
import { freePorts } from "../programs";

const START = ["app/commands/start.js"];
const { PATH = "", HOME = "" } = process.env;
const ENV = { PATH, HOME, NODE_ENV: "production" as const };

/** What is deployed: the project, its build, and the packages that `npm ci --omit=dev` installs. */
let deployed: string;

beforeAll(async () => {
  await ensureBuild();
  mkdirSync(".cache", { recursive: true });
  deployed = mkdtempSync(path.resolve(".cache/deployed-"));
  for (const name of ["app", "build", "public", "package.json", "package-lock.json", "vite.config.ts"])
    cpSync(name, path.join(deployed, name), { recursive: true });
  for (const name of productionPackages()) {
    mkdirSync(path.join(deployed, path.dirname(name)), { recursive: true });
    symlinkSync(path.resolve(name), path.join(deployed, name));
  }
}, 300_000);

afterAll(() => rmSync(deployed, { recursive: true, force: true }));

/** Folders of the lock file's packages that production needs. Nested ones are left out: they come with their parents. */
function productionPackages(): string[] {
  const lock = z.object({
    packages: z.record(z.string(), z.object({ dev: z.boolean().optional(), optional: z.boolean().optional() })),
  });
  const { packages } = lock.parse(JSON.parse(readFileSync("package-lock.json", "utf8")));
  return Object.entries(packages)
    .filter(([name, { dev, optional }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(name) && !dev && !optional)
    .map(([name]) => name);
}

describe("npm start without the build tools", { timeout: 300_000 }, () => {
  it("serves a build made before, and warns if its sources look newer", async () => {
    const inAnHour = Date.now() / 1000 + 3600;
    utimesSync(path.join(deployed, "app/root.tsx"), inAnHour, inAnHour);
    const [port = 0] = await freePorts(1);
    const server = spawn(process.execPath, START, { cwd: deployed, env: { ...ENV, PORT: String(port) } });
    let output = "";
    server.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    await untilReady(`http://127.0.0.1:${port}`, server);
    await stop(server);
    expect(output).toContain(
      "The build is older than its sources, and the build tools are not installed, so it is served as it is.",
    );
  });

  it("says how to build if there is no build", () => {
    rmSync(path.join(deployed, "build"), { recursive: true });
    const { status, stderr } = spawnSync(process.execPath, START, { cwd: deployed, env: ENV, encoding: "utf8" });
    expect(stderr).toBe(
      "There is no build to serve, and the build tools are not installed. Run: npm ci --include=dev && npm run build\n",
    );
    expect(status).toBe(1);
  });
});
