import type { Figures } from "./figures";
import { checkoutIdOf, type Shopper } from "./shopper";

/** What a drill sees of the shop's stock, and of payments that were given back. */
export interface StockRoom {
  /** Sets the row's inventory. Throws when it could not. */
  setInventory(productId: string, units: number): Promise<void>;
  /** The row, and the units in live holds; null while the shop does not answer. */
  look(productId: string): Promise<{ readonly inventory: number; readonly held: number } | null>;
  isRefunded(checkoutId: string): Promise<boolean>;
}

export interface RoundOptions {
  readonly productId: string;
  readonly units: number;
  readonly buyers: number;
  readonly newShopper: () => Shopper;
  /** How often a refused shopper asks again, some 100 to 600 ms later; 0 when absent. */
  readonly patience?: number;
  readonly stock: StockRoom;
  /** From 0 to 1, like `Math.random`. */
  readonly random: () => number;
  /** How long until everything that a round began must have come to rest, in milliseconds. */
  readonly restWithinMs: number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** Pauses between two looks at a product that comes to rest: from the first they grow to the longest. */
const LOOK_PAUSES_MS = { first: 400, longest: 5_000, growth: 1.3 };

/** A round that was played; what it began may still be on its way. */
export interface PlayedRound {
  /** Waits until nothing is held, then counts: units sold and units left must add up to the stock. */
  rest(): Promise<void>;
}

/** `playRound` and its rest. False: nothing was played. */
export async function runRound(options: RoundOptions, figures: Figures): Promise<boolean> {
  const round = await playRound(options, figures);
  await round?.rest();
  return round !== null;
}

/**
 * Many buyers at few units: each tries to reserve one or two; who is granted pays, gives back, or walks away.
 * Only a round that begins with exactly its stock free is played at all. Null: it did not, or nobody got an answer.
 */
export async function playRound(options: RoundOptions, figures: Figures): Promise<PlayedRound | null> {
  const { productId, units, buyers, stock } = options;
  await stock.setInventory(productId, units);
  const before = await stock.look(productId);
  if (before === null || before.inventory !== units || before.held !== 0) return null;

  const attemptsBefore = figures.attempts;
  const returns = createReturns(figures);
  const payments = (await Promise.all(Array.from({ length: buyers }, () => buyOnce(options, figures, returns)))).filter(
    (each) => each !== null,
  );
  returns.end();
  if (figures.attempts === attemptsBefore) return null;
  return { rest: () => countAtRest(options, payments, figures) };
}

async function countAtRest(options: RoundOptions, payments: readonly Payment[], figures: Figures): Promise<void> {
  const { units } = options;
  const { refunded, seen } = await comeToRest(options, payments);
  const kept = unitsKept(payments, refunded);
  figures.rounds += 1;
  figures.paid += payments.length;
  figures.refunded += refunded.size;
  const unsold = units - kept;
  if (seen === null || seen.held > 0 || seen.inventory !== unsold) figures.restless += 1;
  figures.oversold += Math.max(0, -unsold, seen === null ? 0 : seen.inventory - seen.held - unsold);
  figures.missing += seen === null ? 0 : Math.max(0, unsold - seen.inventory);
}

interface Payment {
  readonly checkoutId: string;
  readonly quantity: number;
}

async function buyOnce(options: RoundOptions, figures: Figures, returns: Returns): Promise<Payment | null> {
  const { productId, newShopper, random, patience = 0, sleep } = options;
  const shopper = newShopper();
  const quantity = random() < 0.8 ? 1 : 2;
  const ask = async () => {
    const began = performance.now();
    const outcome = await shopper.reserve(productId, quantity);
    figures[outcome] += 1;
    if (outcome === "unavailable") return outcome;
    figures.attempts += 1;
    figures.latencies.push(performance.now() - began);
    returns.decided(outcome, began);
    return outcome;
  };
  let outcome = await ask();
  for (let tries = 0; tries < patience && outcome !== "granted"; tries += 1) {
    await sleep(100 + random() * 500);
    outcome = await ask();
  }
  if (outcome !== "granted") return null;

  const mood = random();
  if (mood < 0.1 && (await shopper.release())) returns.returned(quantity);
  if (mood < 0.2) return null;
  const page = await shopper.openPayment();
  if (page === null || mood < 0.23) return null;
  const checkoutId = checkoutIdOf(page);
  if (checkoutId === null || !(await shopper.pay(page))) return null;
  if (mood > 0.5) await shopper.comeBack(page);
  return { checkoutId, quantity };
}

interface Returns {
  returned(units: number): void;
  decided(outcome: "granted" | "refused", askedAt: number): void;
  /** Nobody asks from here on. */
  end(): void;
}

/** Meters how long returned items stay unsold although shoppers ask for them. */
function createReturns(figures: Figures): Returns {
  let waiting: { readonly since: number; isWanted: boolean }[] = [];
  return {
    returned(units) {
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

/** Waits until nothing is held and the row says what was sold, or the time is over. */
async function comeToRest(
  { productId, units, stock, sleep, restWithinMs }: RoundOptions,
  payments: readonly Payment[],
): Promise<{ refunded: ReadonlySet<string>; seen: Awaited<ReturnType<StockRoom["look"]>> }> {
  const end = performance.now() + restWithinMs;
  for (let pause = LOOK_PAUSES_MS.first; ; pause = Math.min(LOOK_PAUSES_MS.longest, pause * LOOK_PAUSES_MS.growth)) {
    const seen = await stock.look(productId);
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
