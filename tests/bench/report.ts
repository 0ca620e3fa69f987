/** A target and its measurement: one line of the final table. */
export interface Row {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  readonly met: boolean;
}

/** The distribution of one measured quantity. */
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

export type ReportProgress = (progress: string) => void;

export type Bench = (report: ReportProgress) => Promise<Report>;

export function figure(what: string, unit: string, values: readonly number[], times = values.length): Figure {
  return { what, times, unit, median: percentile(values, 0.5), p99: percentile(values, 0.99) };
}

/** Percentile by nearest rank; throws on an empty list. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error("there are no measurements");
  return value;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Formats a number with three significant digits. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Processor time of this process, in milliseconds, garbage collection included. Other processes do not affect it. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Heap in use after a full garbage collection, in bytes. */
export function heapBytes(): number {
  if (globalThis.gc === undefined) throw new Error("run with --expose-gc");
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
