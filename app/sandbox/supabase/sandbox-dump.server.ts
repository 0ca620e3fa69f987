import { randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { seed, startServer } from "./supabase-sandbox.server";

/** Writes the database dump that speeds up the start of the sandbox. Replaces an existing file atomically. */
export async function writeSandboxDump(file: string): Promise<void> {
  const { connection } = await startServer(undefined);
  try {
    await seed(connection.driver);
    // Leaves no write-ahead log to replay at startup.
    await connection.driver.exec("checkpoint");
    const dump = await connection.driver.dumpDataDir("none");
    await mkdir(path.dirname(file), { recursive: true });
    const temporary = `${file}.${randomUUID()}`;
    await writeFile(temporary, new Uint8Array(await dump.arrayBuffer()));
    await rename(temporary, file);
  } finally {
    await connection.close();
  }
}
