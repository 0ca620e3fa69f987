import type { CartFailure } from "~/cart/cart-failure";

/** Products that the failure is about, so that it can be shown next to their lines. */
export function failedProducts(failure: CartFailure): readonly string[] {
  switch (failure.kind) {
    case "refused":
      return failure.lines.map((line) => line.productId);
    case "unknown_product":
    case "not_payable":
      return failure.productIds;
    case "bad_quantity":
      return [failure.productId];
    case "limit_exceeded":
      return failure.productId === null ? [] : [failure.productId];
    case "cart_full":
    case "checkout_open":
    case "unsettled":
    case "nothing_held":
    case "empty_cart":
    case "rate_limited":
    case "checkout_busy":
    case "payment_wait":
    case "selling_paused":
    case "unavailable":
      return [];
  }
}
