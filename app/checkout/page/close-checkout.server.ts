import type { ClosePageOutcome } from "~/checkout/checkout";
import type { CheckoutContext } from "~/checkout/checkout-context.server";
import { claimOf, endClaim, isAtLeast } from "~/checkout/claims.server";
import { createBudget, FULFIL_BUDGET_MS, within } from "~/checkout/fulfil/budget.server";
import { fulfilCheckout } from "~/checkout/fulfil/fulfil.server";
import { checkoutKey, withLeases } from "~/checkout/fulfil/lease-work.server";
import { readOrReport } from "~/checkout/fulfil/read-record.server";
import type { StripeSession } from "~/checkout/stripe/gateway";
import { UnavailableError } from "~/errors";
import type { Claim } from "~/reservations/reservation-store";
import { pageLifeMs } from "./session-parameters.server";

/** No request of ours lives this long, so a session that was created by then is listed. */
export const UNSTAMPED_AFTER_MS = 60_000;

/** Refused by Stripe before it creates anything, since it buys nothing. */
const EMPTY_PAGE = { mode: "payment" } as const;

export type CloseOutcome =
  /** Proven: nobody can pay for it any more, and the claim is ended. */
  | { readonly outcome: "closed" }
  | { readonly outcome: "paid"; readonly checkoutId: string }
  | { readonly outcome: "no_proof" };

/**
 * Ends a claim that nobody is to pay for any more, by proof only: Stripe expired the session now, or says that it was
 * expired, or never made one. `to`: where the units go. Without proof nothing changes.
 */
export async function closeClaim(
  context: CheckoutContext,
  claim: Claim,
  to: "shopper" | "stock",
): Promise<CloseOutcome> {
  try {
    return claim.checkoutId === null
      ? await closeUnstamped(context, claim, to)
      : await closeStamped(context, claim, claim.checkoutId, to);
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    context.log({ type: "no_proof", claimId: claim.claimId, checkoutId: claim.checkoutId, cause: error });
    return { outcome: "no_proof" };
  }
}

/** See `CheckoutService.close`. A page without a claim is closed as well: nobody holds for it, so nobody should pay on it. */
export async function closePage(context: CheckoutContext, checkoutId: string): Promise<ClosePageOutcome> {
  const session = await context.gateway.fetch(checkoutId);
  if (session === null) return { outcome: "unknown_page" };
  const record = context.marks.read(session);
  if (record === null) return { outcome: "not_ours" };
  return closeClaim(context, claimOf(session, record), "stock");
}

async function closeUnstamped(context: CheckoutContext, claim: Claim, to: "shopper" | "stock"): Promise<CloseOutcome> {
  if (!(await isAtLeast(context, claim, UNSTAMPED_AFTER_MS))) return { outcome: "no_proof" };
  const listed = await findSession(context, claim);
  const session = listed === null ? await askForSession(context, claim) : { found: "yes" as const, id: listed.id };
  if (session.found === "unknown") return { outcome: "no_proof" };
  if (session.found === "none_open") {
    const end = await endClaim(context, { claimId: claim.claimId, checkoutId: null, how: to });
    // Gone: somebody stamped or ended it meanwhile.
    const now = end === "gone" ? await context.reservations.store.findClaim(claim.claimId) : null;
    return now === null || now.checkoutId === null
      ? { outcome: "closed" }
      : closeStamped(context, now, now.checkoutId, to);
  }
  return closeStamped(context, claim, session.id, to);
}

type Search =
  { readonly found: "yes"; readonly id: string } | { readonly found: "none_open" } | { readonly found: "unknown" };

/**
 * A session that no list shows. A list that lacks it is no proof: an empty one says the same whoever answers. But the claim id is the idempotency key: under a key that was never used Stripe refuses an empty page for
 * what it lacks, and under one that was used for being used otherwise. Then the claim stays until no page of it can be open any longer;
 * a paid one has been stamped by its event or by the reconciler.
 * Fails without: "a list that lacks the page does not end its claim" in `tests/faults/payment-pages.test.ts`.
 */
async function askForSession(context: CheckoutContext, claim: Claim): Promise<Search> {
  const created = await context.gateway.create(EMPTY_PAGE, claim.claimId);
  switch (created.outcome) {
    case "created":
      return { found: "yes", id: created.session.id };
    case "refused":
      return { found: "none_open" };
    case "key_used":
    case "failed":
    case "busy":
      return (await isAtLeast(context, claim, pageLifeMs(context.config) + UNSTAMPED_AFTER_MS))
        ? { found: "none_open" }
        : { found: "unknown" };
  }
}

/** The session that a claim was made for, among all that Stripe made since; null when there is none. */
export async function findSession(context: CheckoutContext, claim: Claim): Promise<StripeSession | null> {
  // A minute of grace for clocks that differ.
  for await (const session of context.gateway.list({ createdSince: claim.claimedAt - 60_000 })) {
    if (readOrReport(context, session)?.claimId === claim.claimId) return session;
  }
  return null;
}

async function closeStamped(
  context: CheckoutContext,
  claim: Claim,
  checkoutId: string,
  to: "shopper" | "stock",
): Promise<CloseOutcome> {
  const budget = createBudget(context.clock, FULFIL_BUDGET_MS);
  const request = { keys: [checkoutKey(checkoutId)], checkoutId, budget };
  // Under the lease, so that the `expired` event, which may be here before Stripe's answer, does not end the claim otherwise.
  const work = withLeases(context.leases, request, async (): Promise<CloseOutcome | "complete"> => {
    const status = await expireOrSee(context, checkoutId);
    if (status === "complete") return "complete";
    if (status !== "expired") return { outcome: "no_proof" };
    await endClaim(context, { claimId: claim.claimId, checkoutId, how: to });
    return { outcome: "closed" };
  });
  const closing = await within(budget, work);
  if (closing.outcome === "predecessor") throw new UnavailableError("the checkout is being settled");
  return closing.result === "complete" ? settleComplete(context, checkoutId) : closing.result;
}

/** Expiring works only while the session is open; whatever the answer, or none: what a fetch says is true. */
async function expireOrSee(context: CheckoutContext, checkoutId: string): Promise<StripeSession["status"] | "unknown"> {
  const answer = await context.gateway.expire(checkoutId).catch((error: unknown) => {
    if (error instanceof UnavailableError) return "lost" as const;
    throw error;
  });
  if (answer === "expired") return "expired";
  return (await context.gateway.fetch(checkoutId))?.status ?? "unknown";
}

async function settleComplete(context: CheckoutContext, checkoutId: string): Promise<CloseOutcome> {
  try {
    const settled = await fulfilCheckout(context, checkoutId);
    return settled.outcome === "released" ? { outcome: "closed" } : { outcome: "paid", checkoutId };
  } catch (error) {
    // Paid is certain, and is what the shopper has to hear; Stripe's event and the reconciler finish the work.
    if (error instanceof UnavailableError) return { outcome: "paid", checkoutId };
    throw error;
  }
}
