import type { History, HistoryStep } from "~/operator/operator-desk";

/** One line or row of bars over time. */
export interface ChartSeries {
  readonly label: string;
  /** Which colour role it is drawn in. */
  readonly role: "accent" | "good" | "warn" | "bad";
  readonly shape: "line" | "bars";
  /** One for each of the times; null: nothing to tell of that step. */
  readonly values: readonly (number | null)[];
}

export interface ChartFigures {
  /** Epoch seconds, ascending. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly unit: "count" | "percent";
}

type Minute = Omit<HistoryStep, "at"> & { readonly at: number };
type Count = "granted" | "refused" | "expired" | "completed" | "released" | "latePayments" | "oversoldUnits";

const COUNTS: readonly Count[] = [
  "granted",
  "refused",
  "expired",
  "completed",
  "released",
  "latePayments",
  "oversoldUnits",
];
const MINUTE_MS = 60_000;
/** Minutes that a rate covers. A single minute would jump between 0 and 100 %. */
const RATE_MINUTES = 10;

/** Groups the steps by minute: counts are summed, holds are those at its end. */
export function minutesOf({ steps }: History): Minute[] {
  const minutes: Minute[] = [];
  for (const step of steps) {
    const at = Math.ceil(step.at / MINUTE_MS) * MINUTE_MS;
    const last = minutes.at(-1);
    if (last?.at === at) minutes[minutes.length - 1] = merged(last, step);
    else minutes.push({ ...step, at });
  }
  return minutes;
}

function merged(one: Minute, next: HistoryStep): Minute {
  const sums = Object.fromEntries(COUNTS.map((name) => [name, one[name] + next[name]])) as Record<Count, number>;
  return { ...sums, at: one.at, activeHolds: next.activeHolds, heldUnits: next.heldUnits };
}

export function holdFigures(minutes: readonly Minute[]): ChartFigures {
  return {
    times: times(minutes),
    unit: "count",
    series: [
      { label: "Items held", role: "warn", shape: "line", values: minutes.map(({ heldUnits }) => heldUnits) },
      { label: "Active holds", role: "accent", shape: "line", values: minutes.map(({ activeHolds }) => activeHolds) },
    ],
  };
}

export function grantFigures(minutes: readonly Minute[]): ChartFigures {
  return {
    times: times(minutes),
    unit: "count",
    series: [
      { label: "Granted", role: "accent", shape: "bars", values: minutes.map(({ granted }) => granted) },
      { label: "Refused", role: "bad", shape: "line", values: minutes.map(({ refused }) => refused) },
    ],
  };
}

/** Percentages of the holds ended in the ten minutes before each minute that were bought and that expired; null if none ended. */
export function endFigures(minutes: readonly Minute[]): ChartFigures {
  const rate = (name: "expired" | "completed") =>
    minutes.map((_, index) => {
      const window = minutes.slice(Math.max(0, index - RATE_MINUTES + 1), index + 1);
      const ended = window.reduce((sum, { expired, completed, released }) => sum + expired + completed + released, 0);
      return ended === 0 ? null : (100 * window.reduce((sum, minute) => sum + minute[name], 0)) / ended;
    });
  return {
    times: times(minutes),
    unit: "percent",
    series: [
      { label: "Bought", role: "good", shape: "line", values: rate("completed") },
      { label: "Expired", role: "warn", shape: "line", values: rate("expired") },
    ],
  };
}

export function troubleFigures(minutes: readonly Minute[]): ChartFigures {
  return {
    times: times(minutes),
    unit: "count",
    series: [
      { label: "Late payments", role: "warn", shape: "bars", values: minutes.map(({ latePayments }) => latePayments) },
      {
        label: "Oversold items",
        role: "bad",
        shape: "bars",
        values: minutes.map(({ oversoldUnits }) => oversoldUnits),
      },
    ],
  };
}

function times(minutes: readonly Minute[]): number[] {
  return minutes.map(({ at }) => at / 1000);
}
