import { describe, expect, it } from "vitest";
import { CALLS } from "../checkout/world";
import { randomRun, type RunOptions, type RunReport } from "./random-run";

const RUNS = Number(process.env["FAULT_RUNS"] ?? 40);
const FIRST_SEED = Number(process.env["FAULT_SEED"] ?? 1);

const ALL = ["refuse", "cut", "429", "500", "503", "slow", "kill before", "kill after", "lie", "lie after"];
const LATE = [CALLS.create, `${CALLS.write}${CALLS.expire}`, CALLS.write, CALLS.swap].map((name) => `late ${name}`);

describe("random runs of shoppers, faults, kills and events", () => {
  it.each<[string, number, string[], (seed: number) => RunOptions]>([
    ["without manual edits: every promise is kept", RUNS, ALL, (seed) => ({ seed, edited: false })],
    [
      "with manual edits of the stock: units taken equal units paid and not refunded",
      RUNS,
      ALL,
      (seed) => ({ seed, edited: true }),
    ],
    [
      "with many requests that land late: the same, and no page stays open without a hold",
      RUNS / 2,
      LATE,
      (seed) => ({ seed, edited: seed % 4 > 1, kinds: ["late", "late", "late", "kill after"] }),
    ],
    [
      "with lines changed on Stripe's page: lines missing there are not taken",
      Math.ceil(RUNS / 4),
      [],
      (seed) => ({ seed, edited: false, adjusted: true }),
    ],
  ])("%s", { timeout: 120_000 }, async (name, runs, expected, optionsOf) => {
    const reports: RunReport[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + runs; seed += 1) {
      const report = await randomRun(optionsOf(seed));
      reports.push(report);
      expect(report.violations, `seed ${seed}`).toEqual([]);
    }
    const operations = sum(reports.map((report) => report.operations));
    const faults = sum(reports.map((report) => report.faults));
    const sales = sum(reports.map((report) => report.sales));
    console.info(`${runs} runs from seed ${FIRST_SEED}: ${name}`, { operations, faults, sales });
    // A run without payments or faults would prove nothing.
    expect(Object.keys(faults)).toEqual(expect.arrayContaining(expected));
    expect(operations["boot"]).toBeGreaterThan(0);
    expect(sales["paid"]).toBeGreaterThan(runs);
  });
});

function sum(parts: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const part of parts) for (const [kind, count] of Object.entries(part)) total[kind] = (total[kind] ?? 0) + count;
  return total;
}
