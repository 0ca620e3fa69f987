import { randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { seed, startServer } from "./supabase-sandbox.server";

/** Writes the file from which a sandbox starts quickly. Replaces it in one step; its folder is made when missing. */
export async function writeSandboxDump(file: string): Promise<void> {
  const { connection } = await startServer(undefined);
  try {
    await seed(connection.driver);
    // So that a start has no log to replay.
    await connection.driver.exec("checkpoint");
    const dump = await connection.driver.dumpDataDir("none");
    await mkdir(path.dirname(file), { recursive: true });
    const unfinished = `${file}.${randomUUID()}`;
    await writeFile(unfinished, new Uint8Array(await dump.arrayBuffer()));
    await rename(unfinished, file);
  } finally {
    await connection.close();
  }
}
