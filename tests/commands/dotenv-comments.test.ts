import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";

const MODULE = pathToFileURL(path.resolve("app/commands/read-dotenv.js")).href;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "dotenv-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What reading this `.env` warns of, and the variable X that it sets. */
async function read(text: string): Promise<{ warning: string; x: string }> {
  writeFileSync(path.join(folder, ".env"), text);
  const script = `const { readDotenv } = await import("${MODULE}"); readDotenv(); console.log("X=" + process.env.X);`;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "-e", script, "--", "--dotenv"],
    { cwd: folder, env: { PATH: process.env["PATH"], NODE_ENV: "production" } },
  );
  return { warning: stderr, x: /X=(.*)/.exec(stdout)?.[1] ?? "" };
}

it.each([
  ["X=#14595c", ""],
  ["X = #14595c", ""],
  ["A=1\nexport X=Imprint=https://shop.test/#imprint,Terms=https://shop.test/terms", "Imprint=https://shop.test/"],
])("a value that a # cuts off is named: %j", async (text, x) => {
  expect(await read(text)).toEqual({
    warning: ".env: X ends at its #, which begins a comment. Put the value in quotes.\n",
    x,
  });
});

it.each([
  ['X="#14595c"', "#14595c"],
  ["X=1 # one", "1"],
  ["X= # none", ""],
  ["# A=b#c\n#A=#c\nX=rgb(1, 2, 3)", "rgb(1, 2, 3)"],
])("a quoted one, and a comment, are not: %j", async (text, x) => {
  expect(await read(text)).toEqual({ warning: "", x });
});
