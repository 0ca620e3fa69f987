import { setImmediate as nextTurn } from "node:timers/promises";
import type { Catalog, Stock } from "~/catalog/catalog";
import { UnavailableError } from "~/errors";
import type { Clock } from "~/reservations/clock";
import type { Claim, HeldUnits, Reservation, ReservationStore } from "~/reservations/reservation-store";
import { available, onHandOf } from "~/reservations/stock";
import { cacheRead } from "./cached-read";
import type { HeldCart, HoldsOverview, ProductStock } from "./operator-desk";

const PAGE = 500;
/** Holds scanned for one view. */
const MAX_HOLDS = 2_000;
/** Snapshot pages read for them. Pages can be empty after a great many holds have just lapsed. */
const MAX_PAGES = 40;
const MAX_HELD_PRODUCTS = 100;
const MAX_LOW_PRODUCTS = 50;
const MAX_CARTS = 100;
/** Catalogue rows scanned for low stock. */
const MAX_ROWS = 2_000;
const LOW_STOCK_TTL_MS = 30_000;
const LOW_STOCK_UNITS = 5;

export interface HoldsOverviewParts {
  readonly store: Pick<ReservationStore, "totals" | "snapshot" | "claims" | "held">;
  readonly catalog: Pick<Catalog, "list" | "readStock">;
  readonly clock: Clock;
  readonly checkoutTtlMs: number;
}

/** Holds by product and by cart. Null while the reservation store is unavailable; names and stock are null while the database is. */
export function createHoldsOverview(parts: HoldsOverviewParts): () => Promise<HoldsOverview | null> {
  const { store, catalog, clock } = parts;
  const lowStock = cacheRead({ clock, ttlMs: LOW_STOCK_TTL_MS }, () => findLowStock(catalog));

  async function read(): Promise<HoldsOverview> {
    const [totals, holds, lowRows] = await Promise.all([store.totals(), readHolds(store), lowStock.read()]);
    const byUnits = [...unitsByProduct(holds.reservations)]
      .sort(([, one], [, other]) => other - one)
      .map(([productId]) => productId);
    const heldIds = byUnits.slice(0, MAX_HELD_PRODUCTS);
    const lowIds = lowRows.productIds.filter((productId) => !heldIds.includes(productId)).slice(0, MAX_LOW_PRODUCTS);
    const carts = cartsOf(holds.reservations, holds.claims, parts).slice(0, MAX_CARTS + 1);
    const productIds = [...heldIds, ...lowIds];
    const shown = [...new Set([...productIds, ...carts.flatMap((cart) => cart.lines.map((line) => line.productId))])];
    const [held, stock] = await Promise.all([
      store.held({ sessionHash: null, productIds }).catch(unlessUnavailable),
      catalog.readStock(shown).catch(unlessUnavailable),
    ]);
    const inCheckout = unitsByProduct(holds.reservations.filter(({ state }) => state === "checkout"));
    const { shopping, checkout, units, sessions, bytes } = totals;
    return {
      totals: { shopping, checkout, units, carts: sessions, bytes },
      products: productIds.map((productId) => describe(productId, { stock, held, inCheckout })),
      carts: carts.slice(0, MAX_CARTS).map((cart) => ({
        ...cart,
        lines: cart.lines.map((line) => ({ ...line, name: stock?.get(line.productId)?.name ?? null })),
      })),
      hasMoreProducts: holds.hasMore || byUnits.length > heldIds.length,
      hasMoreCarts: holds.hasMore || carts.length > MAX_CARTS,
      allLowStockListed: lowRows.isComplete && lowRows.productIds.length <= MAX_LOW_PRODUCTS,
    };
  }
  return () => read().catch(unlessUnavailable);
}

interface Holds {
  readonly reservations: readonly Reservation[];
  readonly claims: readonly Claim[];
  readonly hasMore: boolean;
}

async function readHolds(store: HoldsOverviewParts["store"]): Promise<Holds> {
  const reservations: Reservation[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < MAX_PAGES && reservations.length < MAX_HOLDS; pages += 1) {
    // The memory store never yields by itself; give shoppers' requests a turn between pages.
    if (cursor !== null) await nextTurn();
    const page = await store.snapshot({ limit: PAGE, cursor: cursor ?? undefined });
    reservations.push(...page.reservations);
    cursor = page.cursor;
    if (cursor === null) break;
  }
  const claims = reservations.some(({ state }) => state === "checkout")
    ? await store.claims({ olderThanMs: 0, limit: MAX_HOLDS })
    : [];
  return { reservations, claims, hasMore: cursor !== null };
}

async function findLowStock(
  catalog: Pick<Catalog, "list">,
): Promise<{ readonly productIds: readonly string[]; readonly isComplete: boolean }> {
  const rows: { id: string; onHand: number }[] = [];
  try {
    for (let page = 1, pages = 1; page <= pages && rows.length < MAX_ROWS; page += 1) {
      const listed = await catalog.list({ page, pageSize: PAGE });
      rows.push(...listed.products);
      pages = listed.pages;
      if (page >= pages) return { productIds: fewestFirst(rows), isComplete: true };
    }
  } catch (error) {
    unlessUnavailable(error);
  }
  return { productIds: fewestFirst(rows), isComplete: false };
}

function fewestFirst(rows: readonly { id: string; onHand: number }[]): string[] {
  const low = rows.filter(({ onHand }) => onHand <= LOW_STOCK_UNITS);
  return low.sort((one, other) => one.onHand - other.onHand).map(({ id }) => id);
}

function unitsByProduct(reservations: readonly Reservation[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { productId, quantity } of reservations) units.set(productId, (units.get(productId) ?? 0) + quantity);
  return units;
}

function describe(
  productId: string,
  {
    stock,
    held,
    inCheckout,
  }: { stock: Stock | null; held: ReadonlyMap<string, HeldUnits> | null; inCheckout: ReadonlyMap<string, number> },
): ProductStock {
  const row = stock?.get(productId);
  const units = held === null ? null : (held.get(productId)?.total ?? 0);
  const onHand = row?.inventory ?? null;
  return {
    productId,
    name: row?.name ?? null,
    onHand,
    held: units,
    // Read a moment before `held`, so it can exceed it.
    inCheckout: units === null ? null : Math.min(inCheckout.get(productId) ?? 0, units),
    available: row === undefined || onHand === null || units === null ? null : available(onHandOf(row), units),
    isLow: onHand !== null && onHand <= LOW_STOCK_UNITS,
  };
}

type CartWithoutNames = Omit<HeldCart, "lines"> & {
  readonly lines: { readonly productId: string; readonly quantity: number }[];
};

function cartsOf(
  reservations: readonly Reservation[],
  claims: readonly Claim[],
  { clock, checkoutTtlMs }: Pick<HoldsOverviewParts, "clock" | "checkoutTtlMs">,
): CartWithoutNames[] {
  const carts = new Map<string, CartWithoutNames>();
  const claimBySession = new Map(claims.map((claim) => [JSON.stringify([claim.sessionHash, claim.checkoutId]), claim]));
  for (const { sessionHash, state, checkoutId, expiresInMs, productId, quantity } of reservations) {
    const key = JSON.stringify([sessionHash, state, checkoutId]);
    const claim = state === "checkout" ? claimBySession.get(JSON.stringify([sessionHash, checkoutId])) : undefined;
    const endsInMs =
      state === "shopping"
        ? expiresInMs
        : claim === undefined
          ? null
          : Math.max(0, claim.claimedAt + (claim.terms?.payWithinMs ?? checkoutTtlMs) - clock.wall());
    const cart = carts.get(key) ?? {
      sessionHash,
      state,
      checkoutId,
      claimId: claim?.claimId ?? null,
      endsInMs,
      lines: [],
    };
    cart.lines.push({ productId, quantity });
    carts.set(key, cart);
  }
  return [...carts.values()].sort(
    (one, other) => rank(one) - rank(other) || (one.endsInMs ?? 0) - (other.endsInMs ?? 0),
  );
}

function rank({ state }: CartWithoutNames): number {
  return state === "checkout" ? 0 : 1;
}

function unlessUnavailable(error: unknown): null {
  if (error instanceof UnavailableError) return null;
  throw error;
}
