import type { CheckoutContext } from "~/checkout/checkout-context.server";
import { fulfilCheckout } from "./fulfil.server";

export interface FulfilledEach {
  /** Number of checkouts whose stock was taken by this call. */
  readonly fulfilled: number;
  readonly failures: readonly unknown[];
}

/** Fulfils checkouts one after the other. A failure does not stop the rest. */
export async function fulfilEach(
  context: CheckoutContext,
  checkoutIds: Iterable<string> | AsyncIterable<string>,
): Promise<FulfilledEach> {
  const failures: unknown[] = [];
  let fulfilled = 0;
  for await (const checkoutId of checkoutIds) {
    try {
      const outcome = await fulfilCheckout(context, checkoutId);
      if (outcome.outcome === "done" && !outcome.repeated) fulfilled += 1;
    } catch (error) {
      failures.push(error);
    }
  }
  return { fulfilled, failures };
}
