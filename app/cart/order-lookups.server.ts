import { UnavailableError } from "~/errors";
import type { Admission } from "~/limits/limits.server";
import type { CartShop } from "./cart-shop";

const REMEMBERED = 1_000;
const REMEMBERED_MS = 5 * 60_000;

interface OrderLookupsOptions {
  readonly checkout: Pick<CartShop["checkout"], "fulfil">;
  readonly admitLookup: (request: Request) => Promise<Admission>;
  /** Whether our Stripe key is a live-mode key. */
  readonly live: boolean;
  readonly now: () => number;
  readonly log: { error(facts: object, message: string): void };
}

/**
 * Settles orders viewed from a browser that may not see them: a buyer who returns in a different browser may be the first sign of a
 * payment. Strangers can request any id, so it must be well-formed, is looked up once in five minutes, and lookups are limited per address
 * and in total.
 */
export interface OrderLookups {
  /** Returns immediately: the duration would reveal whether the order exists. */
  settle(request: Request, checkoutId: string): void;
}

export function createOrderLookups({ checkout, admitLookup, live, now, log }: OrderLookupsOptions): OrderLookups {
  const form = live ? /^cs_live_[A-Za-z0-9]{1,250}$/ : /^cs_test_[A-Za-z0-9]{1,250}$/;
  /** Time of the last lookup by id, oldest first. */
  const asked = new Map<string, number>();

  function isNew(checkoutId: string): boolean {
    for (const [id, at] of asked) {
      if (at > now() - REMEMBERED_MS && asked.size < REMEMBERED) break;
      asked.delete(id);
    }
    return !asked.has(checkoutId);
  }

  async function lookUp(request: Request, checkoutId: string): Promise<void> {
    if ((await admitLookup(request)).outcome !== "admitted" || !isNew(checkoutId)) return;
    asked.set(checkoutId, now());
    await checkout.fulfil(checkoutId);
  }

  return {
    settle(request, checkoutId) {
      if (!form.test(checkoutId) || !isNew(checkoutId)) return;
      lookUp(request, checkoutId).catch((error: unknown) => {
        // An order that cannot be settled now waits in the checkout's own queue.
        if (!(error instanceof UnavailableError)) log.error({ err: error, checkoutId }, "order not settled");
      });
    },
  };
}
