import type { Claim } from "~/reservations/reservation-store";
import type { CheckoutContext } from "./checkout-context.server";
import type { CheckoutRecord, MarkedLine } from "./fulfil/line-marks";
import type { StripeSession } from "./stripe/gateway";

/**
 * The claim that this checkout may sell, or null. Stamps a claim whose stamp was lost with a cut connection: a claim id
 * is the idempotency key of exactly one session.
 */
export async function liveClaim(context: CheckoutContext, claimId: string, checkoutId: string): Promise<Claim | null> {
  const { store } = context.reservations;
  const claim = await store.findClaim(claimId);
  if (claim === null || claim.checkoutId === checkoutId) return claim;
  return (await store.stamp({ claimId, checkoutId })) === "stamped" ? { ...claim, checkoutId } : null;
}

/**
 * Ends the claim of a checkout that is sold (`completed`) or proven closed (`shopper`, `stock`: where its units go).
 * Idempotent. Affects only that claim: a late event of an old page must not release a newer one.
 */
export async function endClaim(
  context: CheckoutContext,
  end: { claimId: string; checkoutId: string | null; how: "completed" | "shopper" | "stock" },
): Promise<"ended" | "gone"> {
  const { store } = context.reservations;
  const { claimId, checkoutId, how } = end;
  if (checkoutId !== null && (await liveClaim(context, claimId, checkoutId)) === null) return "gone";
  const ended =
    how === "completed"
      ? await store.complete({ claimId, checkoutId })
      : await store.unclaim({ claimId, checkoutId, to: how });
  if (ended.outcome === "ended") {
    const { terms, claimedAt } = ended.claim;
    // Without an id, no page was ever handed out.
    if (terms !== undefined && checkoutId !== null)
      await context.unpaidTime.ended({ terms, openMs: context.clock.wall() - claimedAt, isPaid: how === "completed" });
    context.log({ type: "claim_ended", claimId, checkoutId, reason: how === "completed" ? "completed" : "released" });
  }
  return ended.outcome;
}

/** Whether the claim has at least this age by the store's clock; this server's own clock may be wrong by an hour. */
export async function isAtLeast(context: CheckoutContext, claim: Claim, olderThanMs: number): Promise<boolean> {
  const found = await context.reservations.store.findClaim(claim.claimId);
  return found !== null && found.ageMs >= olderThanMs;
}

/**
 * Reduces the claim of an order in review to the lines not yet taken from stock. If all are taken, the claim ends as
 * sold. A line whose row is unclear stays held, since it may not have been taken.
 */
export async function holdOnlyUntaken(
  context: CheckoutContext,
  session: StripeSession,
  record: CheckoutRecord,
): Promise<void> {
  const { claimId, checkoutId, lines } = claimOf(session, record);
  if (lines.length === 0) await endClaim(context, { claimId, checkoutId, how: "completed" });
  else if (lines.length < record.lines.length) await context.reservations.store.lower({ claimId, checkoutId, lines });
}

/** A page's claim as recorded at Stripe, without lines that were already taken from stock. */
export function claimOf(session: StripeSession, record: CheckoutRecord): Claim {
  return {
    claimId: record.claimId,
    checkoutId: session.id,
    sessionHash: record.sessionHash,
    claimedAt: session.createdAt,
    lines: record.lines.filter((line) => !isTaken(line)).map(({ productId, quantity }) => ({ productId, quantity })),
  };
}

/** Whether the line was certainly taken from stock. */
function isTaken({ state }: MarkedLine): boolean {
  switch (state.mark) {
    case "done":
    case "return_intent":
    case "returned":
      return true;
    case "claimed":
    case "intent":
    case "needs_review":
      return false;
  }
}
