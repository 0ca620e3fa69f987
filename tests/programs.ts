/** Helpers for tests that run other programs: free ports, and installation of Debian packages. */
import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Below the range of outgoing connections, so that a killed server finds its port free when it restarts. Each worker of Vitest draws
 * from a part of its own: its probe of a port would be in the way of another worker's server that is starting there.
 */
const FIRST_PORT = 20_000;
const PORTS_PER_WORKER = 3_000;
const WORKERS = 4;

const handedOut = new Set<number>();

/** Ports of 127.0.0.1 that are free now, each handed out once by this process. */
export async function freePorts(count: number): Promise<number[]> {
  const first = FIRST_PORT + (Number(process.env.VITEST_POOL_ID ?? 0) % WORKERS) * PORTS_PER_WORKER;
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(first, first + PORTS_PER_WORKER);
    if (handedOut.has(port) || !(await isFree(port))) continue;
    handedOut.add(port);
    ports.push(port);
  }
  return ports;
}

export async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, "127.0.0.1");
  try {
    await once(probe, "listening"); // rejects on an error
  } catch {
    return false;
  }
  probe.close();
  await once(probe, "close");
  return true;
}

/** Installs a Debian package if possible; otherwise throws an error that says what is missing. */
export async function installPackage(name: string, need: string): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) throw new Error(`${need}: apt-get install ${name}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update"], { env });
  await run("apt-get", ["install", "-y", "--no-install-recommends", name], { env });
}
