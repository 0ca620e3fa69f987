import { everyClaim } from "~/reservations/every-claim";

import type { CheckoutContext } from "../checkout-context.server";
import { fulfilCheckout } from "../fulfil.server";

/**
 * Looks once at each claim that Stripe's lists did not name, after a rebuild: a replica that took over may have missed that
 * they ended. What Stripe says was paid is fulfilled, what it says expired is released, and what it does not know stays held.
 * Those without a checkout are left to the sweep. Returns what could not be looked at.
 */
export async function recheckClaims(context: CheckoutContext, listed: ReadonlySet<string>): Promise<readonly unknown[]> {
  const failures: unknown[] = [];
  const { store } = context.reservations;
  for await (const { checkoutId } of everyClaim(store, { olderThanMs: 0 })) {
    if (checkoutId === null || listed.has(checkoutId)) continue;
    await fulfilCheckout(context, checkoutId).catch((error: unknown) => failures.push(error));
  }
  return failures;
}
