/**
 * `npm test`: types, lint, format, unused code, build, unit and conformance suites, end-to-end tests in a real browser.
 * All steps run even after a failure. The last line adds up Vitest and Playwright; a step that fails without a failed
 * test counts as one failure. Playwright repeats a failed test once: one that then passes counts as passed and is listed
 * as flaky.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { relative } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { tallyOfPlaywright } from "./playwright-report";

const VITEST_REPORT = "test-results/unit.json";
const PLAYWRIGHT_REPORT = "test-results/e2e.json";

const vitestReport = z.object({
  numPassedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      /** Empty unless the file could not be loaded. */
      message: z.string(),
      assertionResults: z.array(
        z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()).default([]) }),
      ),
    }),
  ),
});

interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** Repeated at the end, since often only the tail of a long log is kept. */
  readonly reasons?: readonly string[];
  /** Tests that passed at the second try. */
  readonly flaky?: readonly string[];
}

ensurePrograms();
for (const report of [VITEST_REPORT, PLAYWRIGHT_REPORT]) rmSync(report, { force: true });

/** They only read the sources or write to build/, so they run side by side. */
const checks = await Promise.all([
  check("types", ["typescript/bin/tsc", "--noEmit"]),
  check("lint", ["eslint/bin/eslint.js", "--max-warnings", "0", "."]),
  check("format", ["prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."]),
  check("unused code", ["knip/bin/knip.js"]),
  check("build", ["tsx/dist/cli.mjs", "app/commands/build.ts"]),
]);
const tallies = [
  ...checks,
  suite(
    "unit",
    ["vitest/vitest.mjs", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${VITEST_REPORT}`],
    readVitest,
  ),
  suite("e2e", ["@playwright/test/cli.js", "test"], readPlaywright),
];
for (const reason of tallies.flatMap(({ reasons }) => reasons ?? [])) console.log(`\nFAILED ${reason}`);
for (const test of tallies.flatMap(({ flaky }) => flaky ?? []))
  console.log(`\nFLAKY ${test.replace(/(?=\n|$)/, ": passed at the second try")}`);
const total = tallies.reduce((sum, { passed, failed }) => ({
  passed: sum.passed + passed,
  failed: sum.failed + failed,
}));
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

/** Runs a program from node_modules and prints its output when it ends. A failure counts as one. */
async function check(name: string, [program = "", ...args]: readonly string[]): Promise<Tally> {
  const child = spawn(process.execPath, [`node_modules/${program}`, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const [output, errors, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  console.log(`\n— ${name}: ${status === 0 ? "passed" : `failed (status ${status})`}\n${output}${errors}`);
  return { passed: 0, failed: status === 0 ? 0 : 1 };
}

/** Runs a test program from node_modules. Counts the tests in its report, or one failure if it failed without any. */
function suite(name: string, [program = "", ...args]: readonly string[], readReport: () => Tally): Tally {
  console.log(`\n— ${name}`);
  const { status } = spawnSync(process.execPath, [`node_modules/${program}`, ...args], { stdio: "inherit" });
  const tally = readReport();
  if (status === 0 || tally.failed > 0) return tally;
  console.log(`${name} failed (status ${status})`);
  return { ...tally, failed: 1 };
}

/** A file that could not be loaded, set up or cleaned up counts as one failure if none of its tests failed. */
function readVitest(): Tally {
  const report = read(VITEST_REPORT, vitestReport);
  const reasons = (report?.testResults ?? []).flatMap((file) => {
    const failed = file.assertionResults.filter(({ status }) => status === "failed");
    const reasonsOfTests = failed.map(({ fullName, failureMessages }) => `${fullName}\n${failureMessages.join("\n")}`);
    const reasonsOfFile =
      file.status === "failed" && failed.length === 0 ? [file.message || "set-up or clean-up failed (see above)"] : [];
    return [...reasonsOfTests, ...reasonsOfFile].map((reason) => `${relative(".", file.name)}: ${reason}`);
  });
  return { passed: report?.numPassedTests ?? 0, failed: reasons.length, reasons };
}

function readPlaywright(): Tally {
  const report = read(PLAYWRIGHT_REPORT, z.unknown());
  return report === null ? { passed: 0, failed: 0 } : tallyOfPlaywright(report);
}

function read<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> | null {
  return existsSync(file) ? schema.parse(JSON.parse(readFileSync(file, "utf8"))) : null;
}

/** Installs missing programs of the suites (apt-get, as root), or says what to install and exits. */
function ensurePrograms(): void {
  const programs = [
    { found: () => has("redis-server"), packages: ["redis-server"], hint: "redis-server is missing: install Redis 7" },
    { found: () => has("psql"), packages: ["postgresql"], hint: "PostgreSQL is missing: install its server" },
    {
      found: () => has("nginx") || existsSync("/usr/sbin/nginx"),
      packages: ["nginx-light"],
      hint: "nginx is missing: install it",
    },
    {
      found: () => has("chromium") || hasPlaywrightBrowser(),
      packages: ["chromium"],
      hint: "Chromium is missing: run npx playwright install chromium",
    },
    // Elsewhere, Playwright's own Firefox and WebKit take their place once they are installed.
    {
      found: () => process.platform !== "linux" || has("firefox-esr"),
      packages: ["firefox-esr"],
      hint: "Firefox is missing: install firefox-esr",
    },
    {
      found: () => process.platform !== "linux" || (has("WebKitWebDriver") && has("Xvfb")),
      packages: ["webkit2gtk-driver", "xvfb"],
      hint: "WebKit is missing: install webkit2gtk-driver and xvfb",
    },
  ];
  const missing = programs.filter((program) => !program.found());
  if (missing.length === 0) return;
  if (has("apt-get") && process.getuid?.() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    spawnSync("apt-get", ["update", "-qq"], { stdio: "ignore", env });
    for (const { packages } of missing)
      spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], { stdio: "inherit", env });
  }
  const stillMissing = missing.filter((program) => !program.found());
  for (const { hint } of stillMissing) console.error(hint);
  if (stillMissing.length > 0) process.exit(1);
}

function has(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" }).status === 0;
}

function hasPlaywrightBrowser(): boolean {
  const { stdout } = spawnSync(
    process.execPath,
    ["-e", "console.log(require('playwright').chromium.executablePath())"],
    { encoding: "utf8" },
  );
  return existsSync(stdout.trim());
}
