/** A real PostgreSQL with a temporary data directory on a free port, for tests that need several connections. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chown, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { freePorts, installPackage } from "../programs";

const run = promisify(execFile);
const DEBIAN = "/usr/lib/postgresql";
const NEED = "These tests need PostgreSQL";
const isRoot = process.getuid?.() === 0;

export interface PostgresqlServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startPostgresql(): Promise<PostgresqlServer> {
  const bin = await findBinaries();
  const directory = await mkdtemp(path.join(os.tmpdir(), "holdfast-postgresql-"));
  // PostgreSQL refuses to run as root, so root runs it as the user that Debian's package creates.
  const [as, user] = isRoot ? [["runuser", "-u", "postgres", "--"], await postgresUser()] : [[], null];
  if (user !== null) await chown(directory, user.uid, user.gid);
  const command = (name: string, ...rest: string[]): [string, string[]] => {
    const [program = "", ...before] = [...as, path.join(bin, name), ...rest];
    return [program, before];
  };

  const data = path.join(directory, "data");
  await run(...command("initdb", "-D", data, "-U", "holdfast", "-A", "trust", "-E", "UTF8", "--no-sync"), {
    cwd: directory,
  });
  const [port = 0] = await freePorts(1);
  const settings = ["-p", String(port), "-h", "127.0.0.1", "-k", directory, "-c", "fsync=off"];
  const server = spawn(...command("postgres", "-D", data, ...settings), {
    cwd: directory,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const stopped = once(server, "exit");

  await new Promise<void>((resolve, reject) => {
    let log = "";
    server.stderr.on("data", (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes("database system is ready to accept connections")) resolve();
    });
    server.once("exit", () => reject(new Error(`PostgreSQL did not start: ${log}`)));
  });

  return {
    url: `postgres://holdfast@127.0.0.1:${port}/postgres`,
    async stop() {
      await run(...command("pg_ctl", "-D", data, "-m", "immediate", "stop"), { cwd: directory });
      await stopped;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function findBinaries(): Promise<string> {
  if (!existsSync(DEBIAN)) {
    // Keep the package from starting its own server.
    if (isRoot) await mkdir("/etc/postgresql-common", { recursive: true });
    if (isRoot)
      await writeFile("/etc/postgresql-common/createcluster.conf", "create_main_cluster = false\n", {
        flag: "wx",
      }).catch(() => undefined);
    await installPackage("postgresql", NEED);
  }
  const versions = (await readdir(DEBIAN).catch(() => [])).sort((a, b) => Number(b) - Number(a));
  const found = versions
    .map((version) => path.join(DEBIAN, version, "bin"))
    .find((bin) => existsSync(path.join(bin, "initdb")));
  if (found === undefined) throw new Error(`${NEED}: apt-get install postgresql`);
  return found;
}

async function postgresUser(): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (flag) => Number((await run("id", [flag, "postgres"])).stdout)),
  );
  if (uid === undefined || gid === undefined) throw new Error("There is no user postgres");
  return { uid, gid };
}
