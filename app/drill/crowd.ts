import { percentile } from "./figures";
import type { DrillStock } from "./round";
import type { Shopper } from "./shopper";

export interface CrowdOptions {
  readonly productId: string;
  /** Requests per second, each by a new shopper. */
  readonly perSecond: number;
  readonly seconds: number;
  readonly newShopper: () => Shopper;
  readonly stock: Pick<DrillStock, "setInventory">;
  /** From 0 to 1, like `Math.random`. */
  readonly random: () => number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

export interface CrowdFigures {
  requests: number;
  granted: number;
  refused: number;
  /** Requests without a decision: no response, 503 or a rate limit. */
  unavailable: number;
  /** Grants of the only item while another shopper held it. Must be 0. */
  oversold: number;
  /** Milliseconds from each release until the item was granted again. */
  readonly regrants: number[];
  /** True if, at the end, the item had been free for a while and none of the shoppers who asked got it. */
  unsold: boolean;
  /** How long the crowd kept asking, in milliseconds. */
  durationMs: number;
}

const LONGEST_HOLD_MS = 1_000;
const UNSOLD_AFTER_MS = 5_000;

/** Sends a steady crowd after the last item of a product. A shopper who gets it releases it within a second. */
export async function runCrowd({
  productId,
  perSecond,
  seconds,
  newShopper,
  stock,
  random,
  now,
  sleep,
}: CrowdOptions): Promise<CrowdFigures> {
  const figures: CrowdFigures = {
    requests: 0,
    granted: 0,
    refused: 0,
    unavailable: 0,
    oversold: 0,
    regrants: [],
    unsold: false,
    durationMs: 0,
  };
  await stock.setInventory(productId, 1);
  let holders = 0;
  // Null while held. The first grant is not measured, since the item was free before anyone asked.
  let releasedAt: number | null = null;

  const visit = async () => {
    const shopper = newShopper();
    const outcome = await shopper.reserve(productId, 1);
    figures[outcome] += 1;
    if (outcome !== "granted") return;
    holders += 1;
    if (holders > 1) figures.oversold += 1;
    if (releasedAt !== null) figures.regrants.push(now() - releasedAt);
    releasedAt = null;
    await sleep(random() * LONGEST_HOLD_MS);
    // The shop may grant it to another shopper as soon as it receives the release.
    holders -= 1;
    if (await shopper.release()) releasedAt ??= holders === 0 ? now() : null;
  };

  const began = now();
  const visits: Promise<void>[] = [];
  while (now() - began < seconds * 1_000) {
    figures.requests += 1;
    visits.push(visit());
    await sleep((-Math.log(1 - random()) * 1_000) / perSecond);
  }
  figures.durationMs = now() - began;
  figures.unsold = releasedAt !== null && now() - releasedAt > UNSOLD_AFTER_MS;
  await Promise.all(visits);
  return figures;
}

/** True if nothing was oversold and every released item was granted again. */
export function isCrowdServed({ oversold, regrants, unsold }: CrowdFigures): boolean {
  return oversold === 0 && !unsold && regrants.length > 0;
}

/** The result as text, one figure per line. */
export function crowdTable(figures: CrowdFigures): string {
  const { requests, granted, refused, unavailable, oversold, regrants, unsold, durationMs } = figures;
  const duration = (share: number) => {
    const found = percentile(regrants, share);
    return found === null ? "-" : `${found.toFixed(0)} ms`;
  };
  const rows: [string, string][] = [
    ["requests per second", (requests / (durationMs / 1_000)).toFixed(1)],
    ...Object.entries({ requests, granted, refused, unavailable, oversold }).map(([name, count]): [string, string] => [
      name,
      String(count),
    ]),
    ["released items granted again", String(regrants.length)],
    ["time to next grant, p50", duration(0.5)],
    ["time to next grant, p95", duration(0.95)],
    ["time to next grant, max", duration(1)],
    ["item unsold at the end", unsold ? "yes" : "no"],
  ];
  return rows.map(([name, value]) => `${name.padEnd(30)}${value.padStart(10)}`).join("\n");
}
