import type { NotPayableReason } from "~/checkout/checkout";
import type { RateLimited } from "~/limits/limits.server";
import type { ExceededLimit } from "~/reservations/reserve";
import type { Shortage } from "~/reservations/stock";

/** Why the cart was not changed or could not be paid, with the facts for a message. Nothing changed. */
export type CartFailure =
  | { readonly kind: "bad_quantity"; readonly productId: string; readonly max: number }
  | { readonly kind: "refused"; readonly lines: readonly ShortLine[] }
  | { readonly kind: "unknown_product"; readonly productIds: readonly string[] }
  | {
      readonly kind: "limit_exceeded";
      readonly limit: ExceededLimit;
      readonly max: number;
      readonly productId: string | null;
    }
  /** The cart would not fit in its cookie. */
  | { readonly kind: "cart_full" }
  | { readonly kind: "checkout_open" }
  /** It is unknown whether the last payment succeeded, and Stripe could not be asked. */
  | { readonly kind: "unsettled"; readonly checkoutId: string }
  | { readonly kind: "nothing_held" }
  | { readonly kind: "empty_cart" }
  | { readonly kind: "not_payable"; readonly reason: NotPayableReason; readonly productIds: readonly string[] }
  /** Too many requests from this shopper or network address. */
  | { readonly kind: "rate_limited"; readonly retryAfterSeconds: number }
  /** Too many shoppers want to pay right now. */
  | { readonly kind: "checkout_busy"; readonly retryAfterSeconds: number }
  /** This shopper's unpaid payment pages have used up the hour's allowance. */
  | { readonly kind: "payment_wait"; readonly retryAfterSeconds: number }
  | { readonly kind: "selling_paused"; readonly mayPay: boolean; readonly retryAfterSeconds: number }
  | { readonly kind: "unavailable" };

/** A line that could not be held in the requested quantity. */
export interface ShortLine {
  readonly productId: string;
  readonly name: string;
  readonly requested: number;
  /** Units that this shopper could hold in all. */
  readonly available: number;
  readonly shortage: Shortage;
  /** When a unit in another cart may become available, in epoch milliseconds; null if unknown. */
  readonly nextReleaseAt: number | null;
}

/** The result for a rate-limited form. */
export function notAdmitted({ retryAfterSeconds }: RateLimited): {
  readonly outcome: "failed";
  readonly failure: CartFailure;
} {
  return { outcome: "failed", failure: { kind: "rate_limited", retryAfterSeconds } };
}

/** Status and headers of the response that shows the failure. */
export function failureInit(failure: CartFailure): { status: number; headers: Record<string, string> } {
  return {
    status: failureStatus(failure),
    headers: "retryAfterSeconds" in failure ? { "Retry-After": String(failure.retryAfterSeconds) } : {},
  };
}

function failureStatus({ kind }: CartFailure): number {
  switch (kind) {
    case "bad_quantity":
      return 400;
    case "unknown_product":
      return 404;
    case "limit_exceeded":
    case "cart_full":
      return 422;
    case "refused":
    case "checkout_open":
    case "nothing_held":
    case "empty_cart":
    case "not_payable":
      return 409;
    case "rate_limited":
    case "checkout_busy":
    case "payment_wait":
      return 429;
    case "selling_paused":
    case "unsettled":
    case "unavailable":
      return 503;
  }
}
