import { percentile } from "./figures";
import type { StockRoom } from "./round";
import type { Shopper } from "./shopper";

export interface CrowdOptions {
  readonly productId: string;
  /** Asks a second, each by a shopper of its own. */
  readonly perSecond: number;
  readonly seconds: number;
  readonly newShopper: () => Shopper;
  readonly stock: Pick<StockRoom, "setInventory">;
  /** From 0 to 1, like `Math.random`. */
  readonly random: () => number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

export interface CrowdFigures {
  asks: number;
  granted: number;
  refused: number;
  /** Nothing was decided: no response, 503, or a rate limit. */
  unavailable: number;
  /** Grants of the one item while somebody else was still holding it. Must be 0. */
  oversold: number;
  /** Times until a returned item was granted again, in milliseconds. */
  readonly regrants: number[];
  /** The last item that came back was not granted again for as long as the shoppers kept asking, and that was long enough. */
  unsold: boolean;
  /** How long the crowd asked, in milliseconds. */
  lastedMs: number;
}

const HELD_UP_TO_MS = 1_000;
const LONG_ENOUGH_MS = 5_000;

/** A steady crowd asks for the last item of a product. Each shopper who gets it gives it back within a second. */
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
    asks: 0,
    granted: 0,
    refused: 0,
    unavailable: 0,
    oversold: 0,
    regrants: [],
    unsold: false,
    lastedMs: 0,
  };
  await stock.setInventory(productId, 1);
  let holders = 0;
  // The item is there to be had from the start.
  let returnedAt: number | null = null;

  const comes = async () => {
    const shopper = newShopper();
    const outcome = await shopper.reserve(productId, 1);
    figures[outcome] += 1;
    if (outcome !== "granted") return;
    holders += 1;
    if (holders > 1) figures.oversold += 1;
    if (returnedAt !== null) figures.regrants.push(now() - returnedAt);
    returnedAt = null;
    await sleep(random() * HELD_UP_TO_MS);
    // From here on the shop may grant it to somebody else.
    holders -= 1;
    if (await shopper.release()) returnedAt ??= holders === 0 ? now() : null;
  };

  const began = now();
  const visits: Promise<void>[] = [];
  while (now() - began < seconds * 1_000) {
    figures.asks += 1;
    visits.push(comes());
    await sleep((-Math.log(1 - random()) * 1_000) / perSecond);
  }
  figures.lastedMs = now() - began;
  figures.unsold = returnedAt !== null && now() - returnedAt > LONG_ENOUGH_MS;
  await Promise.all(visits);
  return figures;
}

/** Whether the crowd got what there was, and nothing else. */
export function isCrowdServed({ oversold, regrants, unsold }: CrowdFigures): boolean {
  return oversold === 0 && !unsold && regrants.length > 0;
}

/** The result as text: a figure a line. */
export function crowdTable(figures: CrowdFigures): string {
  const { asks, granted, refused, unavailable, oversold, regrants, unsold, lastedMs } = figures;
  const duration = (share: number) => {
    const found = percentile(regrants, share);
    return found === null ? "-" : `${found.toFixed(0)} ms`;
  };
  const rows: [string, string][] = [
    ["asks a second", (asks / (lastedMs / 1_000)).toFixed(1)],
    ...Object.entries({ asks, granted, refused, unavailable, oversold }).map(([name, count]): [string, string] => [
      name,
      String(count),
    ]),
    ["returned items granted again", String(regrants.length)],
    ["until then, p50", duration(0.5)],
    ["until then, p95", duration(0.95)],
    ["until then, max", duration(1)],
    ["one left unsold at the end", unsold ? "yes" : "no"],
  ];
  return rows.map(([name, value]) => `${name.padEnd(30)}${value.padStart(10)}`).join("\n");
}
