import type Stripe from "stripe";
import type { CheckoutConfig } from "~/checkout/checkout-context.server";
import type { PricedLine } from "~/checkout/page/price-lines.server";

/** The merchant's Stripe account, and what the shop asks of it. */
export interface StripeAccount {
  readonly stripe: Stripe;
  /** Whether the key is a live key. The check runs in test mode only, because it makes a payment and refunds it. */
  readonly live: boolean;
  /** The shop's own settings for payment pages. */
  readonly config: CheckoutConfig;
  /** A row that is for sale, as a cart would price it; null if there is none. */
  readonly line: PricedLine | null;
  /** The shop's own origin. */
  readonly publicUrl: string;
  /** Origin that browsers may be redirected to for payment: STRIPE_CHECKOUT_ORIGIN. */
  readonly checkoutOrigin: string;
  /** Lower-case ISO 4217. */
  readonly currency: string;
  /** How long to wait for an event to arrive, and for a person to pay. */
  readonly waitMs: { readonly event: number; readonly payment: number };
  readonly sleep: (ms: number) => Promise<void>;
}

/** Marks doctor's sessions. They have no shop's tag, so no shop fulfils them. */
export const DOCTOR_METADATA = { holdfast_doctor: "open" };

/** In minor units; above the minimum charge of every currency, and a whole amount in each. */
export const AMOUNT = 5000;
const POLL_MS = 1000;

/** Calls `look` once a second until it returns something; null once `waitMs` have passed. */
export async function poll<T>(
  { sleep }: Pick<StripeAccount, "sleep">,
  waitMs: number,
  look: () => Promise<T | null>,
): Promise<T | null> {
  for (let waited = 0; ; waited += POLL_MS) {
    const found = await look();
    if (found !== null || waited >= waitMs) return found;
    await sleep(POLL_MS);
  }
}
