/**
 * `npm run bench [-- NAME…] [-- --strict]`: runs each benchmark in its own process, then prints all targets and
 * measurements. A missed target is reported, but only fails the run with `--strict`.
 */
import { fork } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import path from "node:path";
import { build } from "vite";
import tsconfigPaths from "vite-tsconfig-paths";
import { z } from "zod";
import { short } from "./report";
import { buildCopy } from "./store";

const BENCHES = [
  "memory",
  "memory-size",
  "mass-lapse",
  "reserve",
  "page",
  "database-reads",
  "redis",
  "streams",
  "boot",
] as const;
const OVER_HTTP: ReadonlySet<string> = new Set(["reserve", "page", "database-reads", "streams", "boot"]);
const FOLDER = ".cache/bench";
const RESULTS = `${FOLDER}/results.json`;

const reportSchema = z.object({
  rows: z.array(z.object({ what: z.string(), target: z.string(), measured: z.string(), met: z.boolean() })),
  figures: z.array(
    z.object({ what: z.string(), times: z.number(), unit: z.string(), median: z.number(), p99: z.number() }),
  ),
});
type Report = z.output<typeof reportSchema>;

const args = process.argv.slice(2).filter((arg) => arg !== "--");
const isStrict = args.includes("--strict");
const names = args.filter((arg) => !arg.startsWith("--"));
const unknown = [
  ...names.filter((name) => !BENCHES.some((bench) => bench === name)),
  ...args.filter((arg) => arg.startsWith("--") && arg !== "--strict"),
];
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(", ")}. Choose from ${BENCHES.join(", ")}, --strict`);
  process.exit(2);
}
const chosen = BENCHES.filter((bench) => names.length === 0 || names.includes(bench));

await compile();
if (chosen.some((name) => OVER_HTTP.has(name))) {
  console.error("— building the shop with the benchmark routes");
  buildCopy();
}
const results = [];
for (const name of chosen) {
  const start = loadavg()[0] ?? 0;
  results.push({ name, load: [start, loadavg()[0] ?? 0], report: await run(name) });
}
mkdirSync(FOLDER, { recursive: true });
writeFileSync(RESULTS, JSON.stringify({ node: process.version, processors: availableParallelism(), results }, null, 2));
for (const { name, report } of results) print(name, report);
const rows = results.flatMap(({ report }) => report?.rows ?? []);
const failed = results.filter(({ report }) => report === null).map(({ name }) => name);
console.log(`\n${rows.filter((row) => row.met).length} of ${rows.length} targets met; all figures are in ${RESULTS}`);
if (failed.length > 0) console.log(`did not finish: ${failed.join(", ")}`);
process.exit(failed.length > 0 || (isStrict && rows.some((row) => !row.met)) ? 1 : 0);

/**
 * Compiles the benchmarks with Vite, like the shop: under `tsx` the code is slower, and Lua files cannot be imported.
 */
async function compile(): Promise<void> {
  await build({
    configFile: false,
    envDir: false,
    logLevel: "warn",
    plugins: [tsconfigPaths()],
    build: {
      ssr: true,
      outDir: `${FOLDER}/compiled`,
      target: "es2022",
      minify: false,
      rollupOptions: { input: "tests/bench/child.ts" },
    },
  });
}

/** Returns null if the benchmark failed. */
async function run(name: string): Promise<Report | null> {
  console.error(`— ${name}`);
  const child = fork(path.resolve(FOLDER, "compiled/child.js"), [name], {
    execArgv: ["--expose-gc", "--max-old-space-size=3000"],
    env: { ...process.env, NODE_ENV: "production" },
  });
  const message = new Promise<unknown>((resolve) => child.once("message", resolve));
  const exited = new Promise<null>((resolve) => child.once("exit", () => resolve(null)));
  const report = await Promise.race([message, exited]);
  if (child.connected) child.disconnect();
  await exited;
  return report === null ? null : reportSchema.parse(report);
}

function print(name: string, report: Report | null): void {
  console.log(`\n${name}`);
  for (const { what, times, unit, median, p99 } of report?.figures ?? []) {
    console.log(
      `  ${what}: median ${short(median)} ${unit}, p99 ${short(p99)} ${unit} (${times.toLocaleString("en")} times)`,
    );
  }
  for (const { what, target, measured, met } of report?.rows ?? [])
    console.log(`  ${met ? "met   " : "missed"} ${what}: ${measured}; target ${target}`);
}
