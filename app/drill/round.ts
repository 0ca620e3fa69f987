import type { Figures } from "./figures";
import { checkoutIdOf, type Shopper } from "./shopper";

/** A drill's access to the shop's stock and refunds. */
export interface DrillStock {
  /** Sets the row's inventory; throws on failure. */
  setInventory(productId: string, units: number): Promise<void>;
  /** The row's inventory and the units in live holds; null while the shop is unavailable. */
  read(productId: string): Promise<{ readonly inventory: number; readonly held: number } | null>;
  isRefunded(checkoutId: string): Promise<boolean>;
}

export interface RoundOptions {
  readonly productId: string;
  readonly units: number;
  readonly buyers: number;
  readonly newShopper: () => Shopper;
  /** How often a refused shopper tries again, each time after 100 to 600 ms. Default: 0. */
  readonly retries?: number;
  readonly stock: DrillStock;
  /** From 0 to 1, like `Math.random`. */
  readonly random: () => number;
  /** Deadline for everything that the round started, in milliseconds after its last attempt. */
  readonly finishWithinMs: number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** Pauses between reads of a product while waiting for a round to finish: they grow from the first to the longest. */
const READ_PAUSES_MS = { first: 400, longest: 5_000, growth: 1.3 };

/** A round whose shoppers are done; holds and fulfilment may still be in progress. */
export interface PlayedRound {
  /** Waits until nothing is held, then counts: units sold and units left must add up to the stock. */
  finish(): Promise<void>;
}

/** Plays a round and waits for it to finish. False if it could not be played. */
export async function runRound(options: RoundOptions, figures: Figures): Promise<boolean> {
  const round = await playRound(options, figures);
  await round?.finish();
  return round !== null;
}

/**
 * Sends many buyers after a few units. Each tries to reserve one or two; those who succeed pay, release, or walk away.
 * Null if the product did not start with all of its units free, or if no attempt was decided.
 */
export async function playRound(options: RoundOptions, figures: Figures): Promise<PlayedRound | null> {
  const { productId, units, buyers, stock } = options;
  await stock.setInventory(productId, units);
  const before = await stock.read(productId);
  if (before === null || before.inventory !== units || before.held !== 0) return null;

  const attemptsBefore = figures.attempts;
  const releases = trackReleases(figures);
  const payments = (
    await Promise.all(Array.from({ length: buyers }, () => buyOnce(options, figures, releases)))
  ).filter((each) => each !== null);
  releases.end();
  if (figures.attempts === attemptsBefore) return null;
  return { finish: () => countFinished(options, payments, figures) };
}

async function countFinished(options: RoundOptions, payments: readonly Payment[], figures: Figures): Promise<void> {
  const { units } = options;
  const { refunded, seen } = await waitUntilFinished(options, payments);
  const kept = unitsKept(payments, refunded);
  figures.rounds += 1;
  figures.paid += payments.length;
  figures.refunded += refunded.size;
  const unsold = units - kept;
  if (seen === null || seen.held > 0 || seen.inventory !== unsold) figures.unfinished += 1;
  figures.oversold += Math.max(0, -unsold, seen === null ? 0 : seen.inventory - seen.held - unsold);
  figures.missing += seen === null ? 0 : Math.max(0, unsold - seen.inventory);
}

interface Payment {
  readonly checkoutId: string;
  readonly quantity: number;
}

async function buyOnce(options: RoundOptions, figures: Figures, releases: Releases): Promise<Payment | null> {
  const { productId, newShopper, random, retries = 0, sleep } = options;
  const shopper = newShopper();
  const quantity = random() < 0.8 ? 1 : 2;
  const attempt = async () => {
    const began = performance.now();
    const outcome = await shopper.reserve(productId, quantity);
    figures[outcome] += 1;
    if (outcome === "unavailable") return outcome;
    figures.attempts += 1;
    figures.latencies.push(performance.now() - began);
    releases.decided(outcome, began);
    return outcome;
  };
  let outcome = await attempt();
  for (let retry = 0; retry < retries && outcome !== "granted"; retry += 1) {
    await sleep(100 + random() * 500);
    outcome = await attempt();
  }
  if (outcome !== "granted") return null;

  // 10% release, 10% walk away, 3% abandon the payment page, 77% pay, most of whom return to the shop.
  const mood = random();
  if (mood < 0.1 && (await shopper.release())) releases.released(quantity);
  if (mood < 0.2) return null;
  const page = await shopper.openPayment();
  if (page === null || mood < 0.23) return null;
  const checkoutId = checkoutIdOf(page);
  if (checkoutId === null || !(await shopper.pay(page))) return null;
  if (mood > 0.5) await shopper.returnToShop(page);
  return { checkoutId, quantity };
}

interface Releases {
  released(units: number): void;
  decided(outcome: "granted" | "refused", askedAt: number): void;
  /** The last attempt of the round was made. */
  end(): void;
}

/** Measures how long released items stay unsold although shoppers ask for them. */
function trackReleases(figures: Figures): Releases {
  let waiting: { readonly since: number; isWanted: boolean }[] = [];
  return {
    released(units) {
      for (let n = 0; n < units; n += 1) waiting.push({ since: performance.now(), isWanted: false });
    },
    decided(outcome, askedAt) {
      for (const item of waiting) if (askedAt > item.since) item.isWanted = true;
      if (outcome === "refused") return;
      const sold = waiting.shift();
      if (sold !== undefined) figures.resales.push(performance.now() - sold.since);
    },
    end() {
      figures.unsold += waiting.filter(({ isWanted }) => isWanted).length;
      waiting = [];
    },
  };
}

/** Waits until nothing is held and the row's inventory matches the sales, or until the deadline. */
async function waitUntilFinished(
  { productId, units, stock, sleep, finishWithinMs }: RoundOptions,
  payments: readonly Payment[],
): Promise<{ refunded: ReadonlySet<string>; seen: Awaited<ReturnType<DrillStock["read"]>> }> {
  const end = performance.now() + finishWithinMs;
  for (let pause = READ_PAUSES_MS.first; ; pause = Math.min(READ_PAUSES_MS.longest, pause * READ_PAUSES_MS.growth)) {
    const seen = await stock.read(productId);
    const isOver = performance.now() > end;
    if (isOver || seen?.held === 0) {
      const refunded = new Set<string>();
      for (const { checkoutId } of payments) if (await stock.isRefunded(checkoutId)) refunded.add(checkoutId);
      if (isOver || seen?.inventory === units - unitsKept(payments, refunded)) return { refunded, seen };
    }
    await sleep(pause);
  }
}

function unitsKept(payments: readonly Payment[], refunded: ReadonlySet<string>): number {
  return payments.reduce((sum, { checkoutId, quantity }) => sum + (refunded.has(checkoutId) ? 0 : quantity), 0);
}
