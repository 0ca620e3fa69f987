import type { ChangeOutcome, ReleaseCartOutcome } from "~/checkout/checkout";
import type { CheckoutContext } from "~/checkout/checkout-context.server";
import { release } from "~/reservations/release";
import type { Claim, ReleaseRequest } from "~/reservations/reservation-store";
import { reserve, type ReserveRequest } from "~/reservations/reserve";
import { closeClaim } from "./close-checkout.server";

/** Another tab may open a new page right after one was closed. */
const MAX_CLOSED_PAGES = 3;

/** See `CheckoutService.changeCart`. */
export function changeCart(context: CheckoutContext, request: ReserveRequest): Promise<ChangeOutcome> {
  return withPageClosed(context, () => reserve(context.reservations, request));
}

/** See `CheckoutService.release`. */
export function releaseCart(context: CheckoutContext, request: ReleaseRequest): Promise<ReleaseCartOutcome> {
  return withPageClosed(context, async () => {
    const released = await release(context.reservations, request);
    return released.outcome === "released" ? { outcome: "released", lines: released.lines } : released;
  });
}

type Blocked = { readonly outcome: "checkout_open"; readonly claim: Claim };

async function withPageClosed<T extends { readonly outcome: string }>(
  context: CheckoutContext,
  change: () => Promise<T | Blocked>,
): Promise<T | Blocked | { outcome: "paid"; checkoutId: string }> {
  for (let closed = 0; ; closed += 1) {
    const result = await change();
    if (!("claim" in result) || closed === MAX_CLOSED_PAGES) return result;
    const closing = await closeClaim(context, result.claim, "shopper");
    if (closing.outcome === "no_proof") return result;
    if (closing.outcome === "paid") return closing;
  }
}
