/** One line of the final table. */
export interface Row {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  readonly met: boolean;
}

/** What one thing costs: how often it was done, and what it took. */
export interface Figure {
  readonly what: string;
  readonly times: number;
  readonly unit: string;
  readonly median: number;
  readonly p99: number;
}

export interface Report {
  readonly rows: readonly Row[];
  readonly figures: readonly Figure[];
}

export type Say = (progress: string) => void;

/** A benchmark: tells how far it is, and what it found. */
export type Bench = (say: Say) => Promise<Report>;

export function figure(what: string, unit: string, values: readonly number[], times = values.length): Figure {
  return { what, times, unit, median: percentile(values, 0.5), p99: percentile(values, 0.99) };
}

/** Nearest rank; throws on an empty list. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error("nothing was measured");
  return value;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Three significant digits. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Milliseconds of processor time that this process has used, garbage collection included: a busy neighbour does not count. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** The heap in use after a full collection, in bytes. */
export function heapBytes(): number {
  if (globalThis.gc === undefined) throw new Error("run with --expose-gc");
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
