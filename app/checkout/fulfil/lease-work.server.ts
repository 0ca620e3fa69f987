import type { Lease, LeaseStore } from "~/checkout/leases/lease-store";
import { UnavailableError } from "~/errors";
import type { Budget } from "./budget.server";

export interface Leases {
  /** Throws unless every lease is certainly still ours and there is time left; called before each write. */
  check(): void;
}

/** In place of a checkout's id where an operator moves stock: nothing is ever to be settled of it. */
export const BY_HAND = "by hand";

export const checkoutKey = (checkoutId: string): string => `checkout:${checkoutId}`;

/** Products in sorted order, so that two fulfilments never wait for each other. */
export const productKeys = (productIds: Iterable<string>): string[] =>
  [...new Set(productIds)].sort().map((id) => `product:${id}`);

/** Left unsettled on the lease of `key`: it has to be settled first. */
export interface Predecessor {
  readonly outcome: "predecessor";
  readonly checkoutId: string;
  readonly key: string;
}

/**
 * Runs `work` while holding the leases, taken in the order given. If one of them still bears the name of a checkout that
 * was left unsettled, all are given back and that name is returned.
 * Work that throws leaves its checkout's name on every lease.
 */
export async function withLeases<T>(
  leases: LeaseStore,
  request: { keys: readonly string[]; checkoutId: string; budget: Budget },
  work: (held: Leases) => Promise<T>,
): Promise<{ outcome: "worked"; result: T } | Predecessor> {
  const held: Lease[] = [];
  // Fails without: "although its retry gets only some of its leases" (a retry that never began must not take the name off).
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
        if (!held.every((lease) => lease.isHeld())) throw new UnavailableError("a lease was lost on the way");
      },
    });
    settled = true;
    return { outcome: "worked", result };
  } finally {
    for (const lease of held.reverse()) await lease.release({ settled });
  }
}
