import type { Lease, LeaseStore } from "~/checkout/leases/lease-store";
import { UnavailableError } from "~/errors";
import type { Budget } from "./budget.server";

export interface Leases {
  /** Throws unless every lease is still certainly held and time is left. Called before each write. */
  check(): void;
}

/** Pseudo checkout id of manual stock edits. There is never anything to settle for it. */
export const MANUAL_EDIT = "by hand";

export const checkoutKey = (checkoutId: string): string => `checkout:${checkoutId}`;

/** Keys of products in sorted order, so that two fulfilments cannot deadlock. */
export const productKeys = (productIds: Iterable<string>): string[] =>
  [...new Set(productIds)].sort().map((id) => `product:${id}`);

/** A checkout that was left unsettled on the lease of `key`, and has to be settled first. */
export interface Predecessor {
  readonly outcome: "predecessor";
  readonly checkoutId: string;
  readonly key: string;
}

/**
 * Runs `work` while holding the leases, acquired in the given order. If one still names an unsettled checkout, releases all
 * and returns that predecessor. Work that throws leaves its own checkout's name on every lease.
 *
 * @example
 * const keys = productKeys(["mug", "bowl"]);
 * const attempt = await withLeases(leases, { keys, checkoutId, budget }, (held) => moveStock(held));
 */
export async function withLeases<T>(
  leases: LeaseStore,
  request: { keys: readonly string[]; checkoutId: string; budget: Budget },
  work: (held: Leases) => Promise<T>,
): Promise<{ outcome: "worked"; result: T } | Predecessor> {
  const held: Lease[] = [];
  // A retry that never began must not clear the name. Fails without: "although its retry gets only some of its leases".
  let settled: boolean | "as_before" = "as_before";
  try {
    for (const key of request.keys) {
      request.budget.check();
      const lease = await leases.acquire({ key, checkoutId: request.checkoutId, signal: request.budget.signal });
      held.push(lease);
      if (lease.unsettled !== null) return { outcome: "predecessor", checkoutId: lease.unsettled, key };
    }
    settled = false;
    const result = await work({
      check() {
        request.budget.check();
        if (!held.every((lease) => lease.isHeld()))
          throw new UnavailableError("a lease was lost before the work was done");
      },
    });
    settled = true;
    return { outcome: "worked", result };
  } finally {
    for (const lease of held.reverse()) await lease.release({ settled });
  }
}
