import { createSharedRead } from "~/catalog/shared-stock-read";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import { release } from "~/reservations/release";
import type { Line, ReservationStore } from "~/reservations/reservation-store";
import { reserve, type ReserveDependencies, type ReserveOutcome } from "~/reservations/reserve";
import type { StockRow } from "~/reservations/stock";
import { StockHints } from "~/reservations/stock-hints";
import { randomFrom } from "../random";
import { storeTiming } from "./describe-reservation-store";
import { steppedStore } from "./stepped-store";
import { VirtualTime } from "./virtual-time";

export type Cart = Readonly<Record<string, number>>;

export interface CrowdShopOptions {
  readonly stock: Readonly<Record<string, number>>;
  /** Duration of a database read. */
  readonly readMs: number;
  readonly servers: 1 | 2;
  /** The store shared by all servers; by default a memory store on the crowd's clock. */
  readonly openStore?: ((time: VirtualTime) => ReservationStore) | undefined;
  /** Wraps the store before `reserve` gets it. Negative controls use it to remove a feature. */
  readonly wrapStore?: ((store: ReservationStore) => ReservationStore) | undefined;
  readonly hints?: (() => StockHints) | undefined;
}

/** A shop of one or two servers on one store: each has its own shared stock read and its own hints. */
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
    if (server === undefined) throw new Error("the shop has no server");
    return reserve(server, { sessionHash, lines: linesOf(cart) });
  }

  async releaseAll(sessionHash: string): Promise<void> {
    const [server] = this.#servers;
    if (server !== undefined) await release(server, { sessionHash, productIds: "all" });
  }

  /** Waits for the next request of `perSecond` independent shoppers. */
  nextRequest(perSecond: number): Promise<void> {
    return this.time.sleep((-Math.log(1 - this.random()) * 1_000) / perSecond);
  }

  #server({ stock, readMs, hints = () => new StockHints() }: CrowdShopOptions): ReserveDependencies {
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
      hints: hints(),
      newOperationId: () => `operation-${this.#operations++}`,
      backOff: () => this.time.sleep(20 + this.random() * 80),
    };
  }
}

export interface Regrants {
  /** For each returned item: milliseconds until it was granted again, and the allowed median. */
  readonly waits: readonly { readonly ms: number; readonly allowedMs: number }[];
  /** Items not granted again within `patienceMs`; 0 if everything works. */
  readonly unsold: number;
  readonly requests: number;
}

/**
 * A steady crowd requests the carts, each shopper once. A granted cart is released up to 1.5 s later. Measures how long
 * nobody is granted a cart although one would fit.
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
  let requests = 0;
  let returned: { at: number; allowedMs: number } | null = null;
  const failures: unknown[] = [];
  const isOver = () => waits.length + unsold >= rounds || failures.length > 0;

  const noteReturn = async () => {
    if (returned !== null) return;
    const fitting = await Promise.all(carts.map((cart) => fits(shop, cart)));
    const share = fitting.filter(Boolean).length / carts.length;
    if (share > 0) returned = { at: time.now(), allowedMs: 100 + 2 * readMs + 1_000 / (perSecond * share) };
  };
  const visit = async (sessionHash: string) => {
    const cart = carts[Math.floor(random() * carts.length)];
    if (cart === undefined) return;
    const { outcome } = await shop.reserve(sessionHash, cart);
    if (outcome !== "granted") return;
    if (returned !== null) waits.push({ ms: time.now() - returned.at, allowedMs: returned.allowedMs });
    returned = null;
    await time.sleep(random() * 1_500);
    await shop.releaseAll(sessionHash);
    await noteReturn();
  };
  const crowd = async () => {
    for (; !isOver(); requests += 1) {
      await shop.nextRequest(perSecond);
      visit(`shopper-${requests}`).catch((error: unknown) => failures.push(error));
      if (returned !== null && time.now() - returned.at > patienceMs) {
        unsold += 1;
        returned = { ...returned, at: time.now() };
      }
    }
  };
  crowd().catch((error: unknown) => failures.push(error));
  await time.run(isOver);
  if (failures.length > 0) throw failures[0];
  return { waits, unsold, requests };
}

async function fits(shop: CrowdShop, cart: Cart): Promise<boolean> {
  const held = await shop.store.held({ sessionHash: null, productIds: Object.keys(cart) });
  return Object.entries(cart).every(([productId, quantity]) => {
    const { total = 0, pendingUnits = 0 } = held.get(productId) ?? {};
    return (shop.stock[productId] ?? 0) - (total - pendingUnits) >= quantity;
  });
}

/** The wait at this percentile, relative to the allowed median: at most 1 in the median and 2 at the 95th percentile. */
export function shareOfAllowed({ waits, unsold }: Regrants, percentile: number): number {
  if (unsold > 0) return Infinity;
  const shares = waits.map(({ ms, allowedMs }) => ms / allowedMs).sort((a, b) => a - b);
  return shares[Math.min(shares.length - 1, Math.floor(shares.length * percentile))] ?? Infinity;
}

function linesOf(cart: Cart): Line[] {
  return Object.entries(cart).map(([productId, quantity]) => ({ productId, quantity }));
}
