import type { CheckoutContext } from "~/checkout/checkout-context.server";
import { fulfilCheckout } from "./fulfil.server";

export interface FulfilledEach {
  /** How many were taken from the stock by this. */
  readonly fulfilled: number;
  readonly failures: readonly unknown[];
}

/** Fulfils one after the other; one that fails keeps none of the others from it. */
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
