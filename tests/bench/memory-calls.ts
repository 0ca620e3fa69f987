import { randomBytes } from "node:crypto";
import { systemClock, type Clock } from "~/reservations/clock";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import type { ReservationStore } from "~/reservations/reservation-store";

export const TIMING = { ttlMs: 120_000, maxAgeMs: 1_200_000 };

const PRODUCTS = Array.from({ length: 100 }, (_, i) => `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`);

/** A key like the shop's session hashes and operation ids: 16 characters in one flat string. */
export function newKey(): string {
  return randomBytes(12).toString("base64url");
}

export function newKeys(count: number): string[] {
  return Array.from({ length: count }, newKey);
}

/** The id of one of 100 products. */
export function productOf(i: number): string {
  const productId = PRODUCTS[i % PRODUCTS.length];
  if (productId === undefined) throw new Error("no such product");
  return productId;
}

export function openStore(clock: Clock = systemClock): ReservationStore {
  return createMemoryReservationStore({ clock, ...TIMING });
}

/** Places and confirms a hold of one unit, as a reservation does. */
export async function hold(
  store: ReservationStore,
  sessionHash: string,
  operationId: string,
  productId: string,
): Promise<void> {
  const placed = await store.place({ sessionHash, operationId, lines: [{ productId, quantity: 1 }], maxLines: 30 });
  if (placed.outcome !== "placed") throw new Error(`place returned ${placed.outcome}`);
  const confirmed = await store.confirm({ sessionHash, operationId });
  if (confirmed.outcome !== "confirmed") throw new Error(`confirm returned ${confirmed.outcome}`);
}

export async function fill(store: ReservationStore, holds: number): Promise<void> {
  for (let i = 0; i < holds; i += 1) await hold(store, newKey(), newKey(), productOf(i));
}
