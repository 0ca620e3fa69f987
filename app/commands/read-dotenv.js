// @ts-check
import { readFileSync } from "node:fs";
import { parse } from "dotenv";

/**
 * Reads `.env` of the working directory into `process.env` if the command was started with `--dotenv`, as npm's scripts
 * do, and says so. Variables that the process already has win, empty ones too. Takes the flag out of the arguments.
 * Tests, benchmarks and builds start the same files without it, so that a merchant's keys stay out of them.
 */
export function readDotenv() {
  const flag = process.argv.indexOf("--dotenv");
  if (flag === -1) return;
  process.argv.splice(flag, 1);
  const text = contents();
  warnOfComments(text);
  const read = parse(text);
  const names = Object.keys(read);
  if (names.length === 0) return;
  const kept = names.filter((name) => process.env[name] !== undefined);
  for (const [name, value] of Object.entries(read)) process.env[name] ??= value;
  process.stdout.write(`Read .env: ${names.length} ${names.length === 1 ? "variable" : "variables"}${except(kept)}\n`);
}

function contents() {
  try {
    return readFileSync(".env", "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    process.stderr.write(`.env cannot be read: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

/** A comment begins at any unquoted #, so a colour, or an address with a fragment, would lose its end without a word. */
const CUT_VALUE = /^\s*(?:export\s+)?([\w.-]+)\s*=(?:(?!\s*["'`])[^#\r\n]*[^#\s])?#/gm;

/** After a space it is always a comment; in front of what looks like a colour, not meant as one. */
const LOST_COLOUR = /^\s*(?:export\s+)?([\w.-]+)\s*=\s+#[\da-f]{3,8}\s*$/gim;

/** @param {string} text */
function warnOfComments(text) {
  for (const [, name] of [...text.matchAll(CUT_VALUE), ...text.matchAll(LOST_COLOUR)])
    process.stderr.write(`.env: ${name} ends at its #, which begins a comment. Put the value in quotes.\n`);
}

/** @param {readonly string[]} kept */
function except(kept) {
  return kept.length === 0 ? "" : `; the environment's own ${kept.join(", ")} took precedence`;
}
