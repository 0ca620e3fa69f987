import { UnavailableError } from "~/errors";
import type { Admission } from "~/limits/limits.server";
import type { CartShop } from "./cart-shop";

const REMEMBERED = 1_000;
const REMEMBERED_MS = 5 * 60_000;

interface OrderLookupsOptions {
  readonly checkout: Pick<CartShop["checkout"], "fulfil">;
  readonly admitLookup: (request: Request) => Promise<Admission>;
  /** Whether our Stripe key is of live mode. */
  readonly live: boolean;
  readonly now: () => number;
  readonly log: { error(facts: object, message: string): void };
}

/**
 * Settles orders that are looked at from a browser that may not see them: a buyer who returns in another one than they paid with may be
 * the first to tell of a payment. Strangers can ask for anything, so an id must have the form of one, is looked up once in five minutes,
 * and lookups are limited for each address and in all.
 */
export interface OrderLookups {
  /** Returns at once: its duration would reveal whether the order exists. */
  settle(request: Request, checkoutId: string): void;
}

export function createOrderLookups({ checkout, admitLookup, live, now, log }: OrderLookupsOptions): OrderLookups {
  const form = live ? /^cs_live_[A-Za-z0-9]{1,250}$/ : /^cs_test_[A-Za-z0-9]{1,250}$/;
  /** When each id was looked up, oldest first. */
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
        // What could not be settled now waits in the checkout's own queue.
        if (!(error instanceof UnavailableError)) log.error({ err: error, checkoutId }, "order not settled");
      });
    },
  };
}
