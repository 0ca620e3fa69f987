import type { CheckoutContext } from "~/checkout/checkout-context.server";
import { everyClaim } from "~/reservations/every-claim";
import type { Claim } from "~/reservations/reservation-store";
import { closeClaim, UNSTAMPED_AFTER_MS } from "./close-checkout.server";

/** Pages closed in parallel. The limiter keeps their requests below Stripe's limits. */
const MAX_PARALLEL = 8;

/**
 * See `CheckoutService.sweep`. Returns a function that runs one round. A round closes several pages in parallel and starts at a random
 * one, so that servers don't all close the same page. Rounds remember which pages were paid, so that a delayed payment is not checked
 * every few seconds for days: its event and the reconciler settle it.
 */
export function createSweep(context: CheckoutContext): () => Promise<void> {
  let settledElsewhere = new Set<string>();

  async function one(claim: Claim): Promise<void> {
    const { claimId, checkoutId } = claim;
    try {
      const { outcome } = await closeClaim(context, claim, "stock");
      if (outcome === "paid") settledElsewhere.add(claimId);
      context.log({ type: "claim_swept", claimId, checkoutId, outcome, cause: null });
    } catch (cause) {
      context.log({ type: "claim_swept", claimId, checkoutId, outcome: "failed", cause });
    }
  }

  return async () => {
    // Ages are by the store's clock, never by this server's.
    const { store } = context.reservations;
    const due: Claim[] = [];
    for await (const claim of everyClaim(store, { olderThanMs: UNSTAMPED_AFTER_MS, isUnstamped: true }))
      due.push(claim);
    for await (const claim of everyClaim(store, { olderThanMs: context.config.checkoutTtlMs }))
      if (claim.checkoutId !== null) due.push(claim);
    for (const claim of await dueEarly(context, settledElsewhere))
      if (!due.some(({ claimId }) => claimId === claim.claimId)) due.push(claim);
    const known = new Set(due.map((claim) => claim.claimId));
    settledElsewhere = new Set([...settledElsewhere].filter((claimId) => known.has(claimId)));
    const open = due.filter(({ claimId }) => !settledElsewhere.has(claimId));
    const first = Math.floor(Math.random() * open.length);
    const waiting = [...open.slice(first), ...open.slice(0, first)].values();
    const lane = async () => {
      for (const claim of waiting) await one(claim);
    };
    await Promise.all(Array.from({ length: MAX_PARALLEL }, lane));
  };
}

/** Returns claims whose pages have been open longer than their terms allow. */
async function dueEarly(
  { shortPages, clock, reservations }: CheckoutContext,
  settledElsewhere: ReadonlySet<string>,
): Promise<readonly Claim[]> {
  const due: Claim[] = [];
  for (const [claimId, closesAt] of shortPages) {
    if (closesAt > clock.now()) continue;
    const claim = settledElsewhere.has(claimId) ? null : await reservations.store.findClaim(claimId);
    if (claim === null) shortPages.delete(claimId);
    else if (claim.checkoutId !== null) due.push(claim);
  }
  return due;
}
