/** A real redis-server for tests, with its own directory and a free port. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createClient } from "redis";
import { freePorts, installPackage } from "./programs";

const PROGRAM = "/usr/bin/redis-server";

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Runs one command, given as words. */
  command(...words: string[]): Promise<unknown>;
  /** Kills the process. Data that was not written to disk is lost. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same port and directory. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** `settings` are arguments of redis-server. By default nothing is written to disk. */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  if (!existsSync(PROGRAM)) await installPackage("redis-server", "These tests need Redis 7");
  const directory = await mkdtemp(path.join(os.tmpdir(), "holdfast-redis-"));
  const [port = 0] = await freePorts(1);
  let server: ChildProcess | null = null;

  const redis: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    port,
    async command(...words) {
      const client = createClient({ url: redis.url });
      client.on("error", () => undefined);
      await client.connect();
      try {
        return await client.sendCommand(words);
      } finally {
        client.destroy();
      }
    },
    async kill() {
      const running = server;
      server = null;
      if (running === null || running.exitCode !== null || running.signalCode !== null) return;
      const exited = once(running, "exit");
      running.kill("SIGKILL");
      await exited;
    },
    async start() {
      const started = spawn(
        PROGRAM,
        [
          "--port",
          String(port),
          "--bind",
          "127.0.0.1",
          "--dir",
          directory,
          "--save",
          "",
          "--appendonly",
          "no",
          ...settings,
        ],
        {
          stdio: ["ignore", "pipe", "inherit"],
        },
      );
      server = started;
      await new Promise<void>((resolve, reject) => {
        let log = "";
        started.stdout.on("data", (chunk: Buffer) => {
          log += chunk.toString();
          if (log.includes("Ready to accept connections")) resolve();
        });
        started.once("exit", () => reject(new Error(`redis-server did not start: ${log}`)));
      });
    },
    async stop() {
      await redis.kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
  await redis.start();
  return redis;
}
