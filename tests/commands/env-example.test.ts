import { readFileSync } from "node:fs";
import { parse } from "dotenv";
import { describe, expect, it } from "vitest";
import { ENVIRONMENT_VARIABLES, parseEnvironment } from "~/env.server";

const example = readFileSync(".env.example", "utf8");
/** With every variable set that it mentions. */
const complete = example.replace(/^#(?=[A-Z])/gm, "");

/** Rules of `docker run --env-file`: whole lines, names without spaces, values as they are, quotes and # included. */
function parseDocker(text: string): Record<string, string> {
  return assignments(
    text.split("\n").filter((line) => line !== "" && !line.startsWith("#")),
    (value) => value,
  );
}

/** Rules of systemd's `EnvironmentFile=`: comments begin with # or ;, quotes and backslashes are interpreted. */
function parseSystemd(text: string): Record<string, string> {
  return assignments(
    text.split("\n").filter((line) => !/^\s*([#;]|$)/.test(line)),
    (value) => {
      if (/["'\\]/.test(value)) throw new Error(`systemd would interpret ${value}`);
      return value.trim();
    },
  );
}

function assignments(lines: readonly string[], valueOf: (text: string) => string): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value = ""] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
      if (name === undefined) throw new Error(`not NAME=value: ${line}`);
      return [name, valueOf(value)];
    }),
  );
}

describe(".env.example", () => {
  it.each([
    ["as it is", example],
    ["with every variable set", complete],
  ])("means the same to npm's commands, Docker and systemd, %s", (_, text) => {
    const read = parse(text);
    expect(parseDocker(text)).toEqual(read);
    expect(parseSystemd(text)).toEqual(read);
  });

  it("names each variable once, and no other", () => {
    const names = [...complete.matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1]);
    // Set by the commands; an older name. Read by the server that serves the build; by doctor.
    const expected = ENVIRONMENT_VARIABLES.filter((name) => !["NODE_ENV", "SUPABASE_SERVICE_ROLE_KEY"].includes(name));
    expect(names.sort()).toEqual([...expected, "HOST", "SUPABASE_PUBLISHABLE_KEY"].sort());
  });

  it("runs the sandbox if copied without a change, and the shop with the first block and any example", () => {
    expect(parseEnvironment(parse(example)).isSandbox).toBe(true);
    const required = {
      PUBLIC_URL: "https://shop.example.com",
      SESSION_SECRET: "s".repeat(32),
      SUPABASE_URL: "https://abcdefgh.supabase.co",
      SUPABASE_SECRET_KEY: "sb_secret_1",
      STRIPE_SECRET_KEY: "sk_test_1",
      STRIPE_WEBHOOK_SECRET: "whsec_1",
      ADMIN_TOKEN: "t".repeat(16),
    };
    expect(parseEnvironment({ ...parse(complete), ...required }).isSandbox).toBe(false);
  });

  it.each([
    "PORT=3000 # the port",
    "ADMIN_TOKEN='quoted'",
    'ADMIN_TOKEN="quoted"',
    "PORT = 3000",
    "ADMIN_TOKEN=pass#word",
  ])("would not pass with %s (negative control)", (line) => {
    const agree = () => {
      const read = parse(line);
      expect(parseDocker(line)).toEqual(read);
      expect(parseSystemd(line)).toEqual(read);
    };
    expect(agree).toThrow();
  });
});
