/** What became of one attempt to reserve. `unavailable`: no answer, or 503; whatever it may have held lapses. */
export type AttemptOutcome = "granted" | "refused" | "unavailable";

/** Figures of a whole drill. Units and payments are those of rounds that were looked at in the end. */
export interface Figures {
  /** In which anything was decided. */
  rounds: number;
  /** Granted and refused. */
  attempts: number;
  granted: number;
  refused: number;
  /** Beside the attempts: nothing was decided. */
  unavailable: number;
  /** Payments that went through, refunded ones included. */
  paid: number;
  refunded: number;
  /** Units sold beyond the stock, and units for sale again that were sold. Must be 0. */
  oversold: number;
  /** Units neither sold nor for sale any more: sold too little. */
  missing: number;
  /** Rounds that did not come to rest in time: something was still held, or not taken from the stock yet. */
  restless: number;
  /** How long reserving took, in milliseconds; attempts that were decided. */
  readonly latencies: number[];
  /** From an item's return until the next grant of its product, in milliseconds, where shoppers kept asking. */
  readonly resales: number[];
  /** Returned items that shoppers asked for, and that were not granted again in their round. */
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
    restless: 0,
    unsold: 0,
    latencies: [],
    resales: [],
  };
}

/** The smallest value that at least `share` of them do not exceed (nearest rank); null of none. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

/** One line that can be written over itself while the drill runs. */
export function progressLine(figures: Figures, seconds: number): string {
  const { attempts, granted, paid, oversold } = figures;
  return `${String(Math.round(seconds)).padStart(4)} s  ${attempts} attempts  ${granted} granted  ${paid} paid  ${oversold} oversold`;
}

/** The result as text: a figure a line. */
export function figuresTable({ latencies, resales, ...counts }: Figures): string {
  const duration = (share: number, of: readonly number[] = latencies) => {
    const found = percentile(of, share);
    return found === null ? "-" : `${found.toFixed(0)} ms`;
  };
  const rows: [string, string][] = Object.entries(counts).map(([name, count]) => [name, String(count)]);
  rows.push(["p50", duration(0.5)], ["p95", duration(0.95)], ["p99", duration(0.99)], ["max", duration(1)]);
  rows.push(
    ["returned", String(resales.length)],
    ["resale p50", duration(0.5, resales)],
    ["resale p95", duration(0.95, resales)],
  );
  return rows.map(([name, value]) => `${name.padEnd(12)}${value.padStart(10)}`).join("\n");
}
