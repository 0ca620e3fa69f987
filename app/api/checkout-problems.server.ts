import type { SellingPaused } from "~/checkout/checkout";
import { Problem } from "~/http/problem.server";
import type { Admission, RateLimited } from "~/limits/limits.server";

export function checkoutOpen(): Problem {
  return new Problem(
    409,
    "checkout_open",
    "A payment page is open for this cart, and Stripe could not confirm that it is closed. Nothing changed.",
  );
}

export function paidMeanwhile(): Problem {
  return new Problem(409, "checkout_open", "This cart has just been paid. Nothing changed; see its order.");
}

export function sellingPaused({ mayPay, retryAfterSeconds }: SellingPaused): Problem {
  const message = `New orders are paused for a moment. What is reserved stays reserved${mayPay ? " and can be paid for" : ""}.`;
  return new Problem(503, "selling_paused", message, { headers: { "Retry-After": String(retryAfterSeconds) } });
}

/** @throws {Problem} 429 `rate_limited` */
export function requireAdmission(admission: Admission): void {
  if (admission.outcome === "rate_limited") throw rateLimited(admission);
}

export function rateLimited({ retryAfterSeconds }: RateLimited): Problem {
  return new Problem(
    429,
    "rate_limited",
    `Too many requests. Try again in ${retryAfterSeconds} s. What is reserved stays reserved.`,
    { headers: { "Retry-After": String(retryAfterSeconds) } },
  );
}
