/**
 * Outcome of one attempt to reserve. `unavailable`: no response, or neither 200 nor 409; a hold it may have placed
 * expires.
 */
export type AttemptOutcome = "granted" | "refused" | "unavailable";

/** Figures of a whole drill. Units and payments are those of finished rounds. */
export interface Figures {
  /** Finished rounds in which at least one attempt was decided. */
  rounds: number;
  /** Granted plus refused. */
  attempts: number;
  granted: number;
  refused: number;
  /** Requests without a decision; not counted as attempts. */
  unavailable: number;
  /** Successful payments, including those refunded later. */
  paid: number;
  refunded: number;
  /** Units sold beyond the stock, plus sold units that are for sale again. Must be 0. */
  oversold: number;
  /** Units that are gone but were not sold. */
  missing: number;
  /** Rounds that did not finish in time: units were still held, or the stock did not yet match the sales. */
  unfinished: number;
  /** Milliseconds that each decided attempt took. */
  readonly latencies: number[];
  /** Milliseconds from the release of an item until the next grant of its product. */
  readonly resales: number[];
  /** Released items that shoppers asked for but did not get for the rest of the round. */
  unsold: number;
}

export function newFigures(): Figures {
  return {
    rounds: 0,
    attempts: 0,
    granted: 0,
    refused: 0,
    unavailable: 0,
    paid: 0,
    refunded: 0,
    oversold: 0,
    missing: 0,
    unfinished: 0,
    unsold: 0,
    latencies: [],
    resales: [],
  };
}

/** The smallest value that `share` (0 to 1) of the values do not exceed (nearest rank). Null if empty. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

/** Progress in one line, to be overwritten while the drill runs. */
export function progressLine(figures: Figures, seconds: number): string {
  const { attempts, granted, paid, oversold } = figures;
  return `${String(Math.round(seconds)).padStart(4)} s  ${attempts} attempts  ${granted} granted  ${paid} paid  ${oversold} oversold`;
}

/** The result as text, one figure per line. */
export function figuresTable({ latencies, resales, ...counts }: Figures): string {
  const duration = (share: number, of: readonly number[] = latencies) => {
    const found = percentile(of, share);
    return found === null ? "-" : `${found.toFixed(0)} ms`;
  };
  const rows: [string, string][] = Object.entries(counts).map(([name, count]) => [name, String(count)]);
  rows.push(["p50", duration(0.5)], ["p95", duration(0.95)], ["p99", duration(0.99)], ["max", duration(1)]);
  rows.push(
    ["resold", String(resales.length)],
    ["resale p50", duration(0.5, resales)],
    ["resale p95", duration(0.95, resales)],
  );
  return rows.map(([name, value]) => `${name.padEnd(12)}${value.padStart(10)}`).join("\n");
}
