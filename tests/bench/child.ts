/** Runs one benchmark in its own process and sends its report to the parent. */
import type { Bench } from "./report";

const benches: Record<string, () => Promise<{ default: Bench }>> = {
  memory: () => import("./memory"),
  "memory-size": () => import("./memory-size"),
  "mass-lapse": () => import("./mass-lapse"),
  reserve: () => import("./reserve"),
  page: () => import("./page"),
  "database-reads": () => import("./database-reads"),
  redis: () => import("./redis"),
  streams: () => import("./streams"),
  boot: () => import("./boot"),
};

const load = benches[process.argv[2] ?? ""];
if (load === undefined) throw new Error(`there is no benchmark named ${process.argv[2] ?? ""}`);
const { default: bench } = await load();
const report = await bench((progress) => console.error(`  ${progress}`));
process.send?.(report, () => process.exit(0));
