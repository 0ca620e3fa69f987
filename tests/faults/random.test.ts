import { describe, expect, it } from "vitest";

import { randomRun, type RunReport } from "./random-run";

const RUNS = Number(process.env["FAULT_RUNS"] ?? 40);
const FIRST_SEED = Number(process.env["FAULT_SEED"] ?? 1);

describe("random runs of shoppers, faults, kills and events", () => {
  it.each([
    ["nobody edits the stock: every promise is kept", false],
    ["somebody edits the stock by hand: what is taken is what is paid and not refunded", true],
  ])("%s", { timeout: 120_000 }, async (_name, edited) => {
    const reports: RunReport[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed += 1) {
      const report = await randomRun({ seed, edited });
      reports.push(report);
      expect(report.violations, `seed ${seed}`).toEqual([]);
    }
    const operations = sum(reports.map((report) => report.operations));
    const faults = sum(reports.map((report) => report.faults));
    const sales = sum(reports.map((report) => report.sales));
    console.info(`${RUNS} runs, seeds ${FIRST_SEED} to ${FIRST_SEED + RUNS - 1}${edited ? ", edited" : ""}`, { operations, faults, sales });
    // A run without payments or faults would prove nothing.
    expect(Math.min(...Object.values(faults))).toBeGreaterThan(0);
    expect(operations["boot"]).toBeGreaterThan(0);
    expect(sales["paid"]).toBeGreaterThan(RUNS);
  });
});

function sum(parts: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const part of parts) for (const [kind, count] of Object.entries(part)) total[kind] = (total[kind] ?? 0) + count;
  return total;
}
