import { createSharedRead } from "~/catalog/shared-stock-read";
import { LastFigures } from "~/reservations/last-figures";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import { release } from "~/reservations/release";
import type { Line, ReservationStore } from "~/reservations/reservation-store";
import { reserve, type ReserveDependencies, type ReserveOutcome } from "~/reservations/reserve";
import type { StockRow } from "~/reservations/stock";
import { randomFrom } from "../random";
import { storeTiming } from "./describe-reservation-store";
import { steppedStore } from "./stepped-store";
import { VirtualTime } from "./virtual-time";

export type Cart = Readonly<Record<string, number>>;

export interface CrowdShopOptions {
  readonly stock: Readonly<Record<string, number>>;
  /** How long the database takes to answer one read. */
  readonly readMs: number;
  readonly servers: 1 | 2;
  /** The store that all servers share; by default one in memory, on the crowd's time. */
  readonly openStore?: ((time: VirtualTime) => ReservationStore) | undefined;
  /** What becomes of the store before `reserve` gets it: the negative controls take something away. */
  readonly wrapStore?: ((store: ReservationStore) => ReservationStore) | undefined;
  readonly figures?: (() => LastFigures) | undefined;
}

/** A shop of one or two servers on one store: each has its own shared stock read and its own memory of figures. */
export class CrowdShop {
  readonly time = new VirtualTime();
  readonly store: ReservationStore;
  readonly random = randomFrom(7);
  readonly stock: Readonly<Record<string, number>>;
  readonly #servers: readonly ReserveDependencies[];
  reads = 0;
  #operations = 0;

  constructor(options: CrowdShopOptions) {
    this.stock = options.stock;
    const open = options.openStore ?? ((clock) => createMemoryReservationStore({ clock, ...storeTiming }));
    const opened = open(this.time);
    const timed = steppedStore(opened, (_, act) => this.time.during(act()));
    this.store = options.wrapStore?.(timed) ?? timed;
    this.#servers = Array.from({ length: options.servers }, () => this.#server(options));
  }

  async reserve(sessionHash: string, cart: Cart): Promise<ReserveOutcome> {
    const server = this.#servers[Math.floor(this.random() * this.#servers.length)];
    if (server === undefined) throw new Error("a shop has a server");
    return reserve(server, { sessionHash, lines: linesOf(cart) });
  }

  async giveBack(sessionHash: string): Promise<void> {
    const [server] = this.#servers;
    if (server !== undefined) await release(server, { sessionHash, productIds: "all" });
  }

  /** Waits as long as the next of `perSecond` independent shoppers lets one wait. */
  nextAsk(perSecond: number): Promise<void> {
    return this.time.sleep((-Math.log(1 - this.random()) * 1_000) / perSecond);
  }

  #server({ stock, readMs, figures = () => new LastFigures() }: CrowdShopOptions): ReserveDependencies {
    return {
      store: this.store,
      readStock: createSharedRead(async (productIds) => {
        this.reads += 1;
        await this.time.sleep(readMs / 2);
        const rows = productIds.flatMap((id): [string, StockRow][] => {
          const inventory = stock[id];
          return inventory === undefined ? [] : [[id, { name: id, inventory, active: true }]];
        });
        await this.time.sleep(readMs / 2);
        return new Map(rows);
      }),
      limits: { maxUnitsPerLine: 100, maxLinesPerCart: 30 },
      figures: figures(),
      newOperationId: () => `operation-${this.#operations++}`,
      backOff: () => this.time.sleep(20 + this.random() * 80),
    };
  }
}

export interface Regrants {
  /** Of each item that came back: until one was granted again, in milliseconds, and what is allowed in the median. */
  readonly waits: readonly { readonly ms: number; readonly allowedMs: number }[];
  /** Stays at 0 where everything works: items that were not granted within the patience. */
  readonly unsold: number;
  readonly asks: number;
}

/**
 * A steady crowd asks for the carts, each shopper once. Whoever is granted one gives it back up to 1.5 s later, and what
 * counts is how long nobody is granted any although somebody could be.
 */
export async function regrants(
  shop: CrowdShop,
  {
    carts,
    perSecond,
    rounds,
    readMs,
    patienceMs = 60_000,
  }: { carts: readonly Cart[]; perSecond: number; rounds: number; readMs: number; patienceMs?: number },
): Promise<Regrants> {
  const { time, random } = shop;
  const waits: { ms: number; allowedMs: number }[] = [];
  let unsold = 0;
  let asks = 0;
  let returned: { at: number; allowedMs: number } | null = null;
  const failures: unknown[] = [];
  const isOver = () => waits.length + unsold >= rounds || failures.length > 0;

  const noteReturn = async () => {
    if (returned !== null) return;
    const fitting = await Promise.all(carts.map((cart) => fits(shop, cart)));
    const share = fitting.filter(Boolean).length / carts.length;
    if (share > 0) returned = { at: time.now(), allowedMs: 100 + 2 * readMs + 1_000 / (perSecond * share) };
  };
  const comes = async (sessionHash: string) => {
    const cart = carts[Math.floor(random() * carts.length)];
    if (cart === undefined) return;
    const { outcome } = await shop.reserve(sessionHash, cart);
    if (outcome !== "granted") return;
    if (returned !== null) waits.push({ ms: time.now() - returned.at, allowedMs: returned.allowedMs });
    returned = null;
    await time.sleep(random() * 1_500);
    await shop.giveBack(sessionHash);
    await noteReturn();
  };
  const crowd = async () => {
    for (; !isOver(); asks += 1) {
      await shop.nextAsk(perSecond);
      comes(`shopper-${asks}`).catch((error: unknown) => failures.push(error));
      if (returned !== null && time.now() - returned.at > patienceMs) {
        unsold += 1;
        returned = { ...returned, at: time.now() };
      }
    }
  };
  crowd().catch((error: unknown) => failures.push(error));
  await time.run(isOver);
  if (failures.length > 0) throw failures[0];
  return { waits, unsold, asks };
}

async function fits(shop: CrowdShop, cart: Cart): Promise<boolean> {
  const held = await shop.store.held({ sessionHash: null, productIds: Object.keys(cart) });
  return Object.entries(cart).every(([productId, quantity]) => {
    const { total = 0, pendingUnits = 0 } = held.get(productId) ?? {};
    return (shop.stock[productId] ?? 0) - (total - pendingUnits) >= quantity;
  });
}

/** A wait as a part of what is allowed in the median; 1 at most in the median and 2 at the 95th percentile. */
export function shareOfAllowed({ waits, unsold }: Regrants, percentile: number): number {
  if (unsold > 0) return Infinity;
  const shares = waits.map(({ ms, allowedMs }) => ms / allowedMs).sort((a, b) => a - b);
  return shares[Math.min(shares.length - 1, Math.floor(shares.length * percentile))] ?? Infinity;
}

function linesOf(cart: Cart): Line[] {
  return Object.entries(cart).map(([productId, quantity]) => ({ productId, quantity }));
}
