import type { Shop } from "~/boot/assemble-shop.server";
import { json } from "~/http/problem.server";
import type { Reservation, SessionView, SnapshotQuery } from "~/reservations/reservation-store";
import { momentIn } from "./times";

type ListingShop = Pick<Shop, "catalog" | "store">;

/** GET /api/reserve-inventory for a shopper: their own holds. Null: a caller without a session, and so without holds. */
export async function ownReservations(shop: ListingShop, sessionHash: string | null): Promise<Response> {
  const own = sessionHash === null ? [] : reservationsOf(sessionHash, await shop.store.view(sessionHash));
  return json({
    total_reservations: own.length,
    total_units: own.reduce((sum, { quantity }) => sum + quantity, 0),
    reservations: await named(shop, own),
  });
}

/** The same for an operator: one page of all holds. */
export async function allReservations(shop: ListingShop, query: SnapshotQuery): Promise<Response> {
  const [totals, page] = await Promise.all([shop.store.totals(), shop.store.snapshot(query)]);
  return json({
    total_reservations: totals.shopping + totals.checkout,
    total_units: totals.units,
    sessions: totals.sessions,
    store_bytes: totals.bytes,
    reservations: await named(shop, page.reservations),
    cursor: page.cursor,
  });
}

function reservationsOf(sessionHash: string, view: SessionView): Reservation[] {
  const { claim } = view;
  const shopping = view.lines.map((line): Reservation => ({
    ...line,
    sessionHash,
    state: "shopping",
    checkoutId: null,
    expiresInMs: view.expiresInMs,
  }));
  const checkout = (claim?.lines ?? []).map((line): Reservation => ({
    ...line,
    sessionHash,
    state: "checkout",
    checkoutId: claim?.checkoutId ?? null,
    expiresInMs: null,
  }));
  return [...shopping, ...checkout];
}

/** Adds product names, best effort: holds are listed even while the database is unavailable. */
async function named(shop: ListingShop, reservations: readonly Reservation[]) {
  const productIds = [...new Set(reservations.map(({ productId }) => productId))];
  const products =
    productIds.length === 0
      ? new Map<string, never>()
      : await shop.catalog.products(productIds).catch(() => new Map<string, never>());
  const now = Date.now();
  return reservations.map(({ productId, sessionHash, quantity, state, checkoutId, expiresInMs }) => ({
    product_id: productId,
    product_name: products.get(productId)?.name ?? null,
    session: sessionHash,
    quantity,
    state,
    checkout_id: checkoutId,
    ...momentIn(expiresInMs, now),
  }));
}
