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

/** Longer than any of our requests can take: a session that was created for a claim of this age is in Stripe's list. */
export const UNSTAMPED_AFTER_MS = 60_000;

/** Stripe refuses this before it creates anything, because it has no lines. */
const EMPTY_PAGE = { mode: "payment" } as const;

export type CloseOutcome =
  /** Proven: it can no longer be paid, and the claim is ended. */
  | { readonly outcome: "closed" }
  | { readonly outcome: "paid"; readonly checkoutId: string }
  | { readonly outcome: "no_proof" };

/**
 * Ends a claim that should no longer be paid, but only with proof: Stripe expired the session now, says that it is expired, or never
 * created one. Without proof nothing changes. `to`: where the units go.
 *
 * @example
 * const closing = await closeClaim(context, claim, "shopper");
 * if (closing.outcome === "no_proof") return { outcome: "checkout_open", claim }; // The page may still be paid: change nothing.
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

/** See `CheckoutService.close`. Also expires sessions without a claim, since no stock is reserved for them. */
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
  const session = listed === null ? await probeForSession(context, claim) : { found: "yes" as const, id: listed.id };
  if (session.found === "unknown") return { outcome: "no_proof" };
  if (session.found === "none_open") {
    const ended = await endClaim(context, { claimId: claim.claimId, checkoutId: null, how: to });
    // Gone: another call stamped or ended it meanwhile.
    const current = ended === "gone" ? await context.reservations.store.findClaim(claim.claimId) : null;
    return current === null || current.checkoutId === null
      ? { outcome: "closed" }
      : closeStamped(context, current, current.checkoutId, to);
  }
  return closeStamped(context, claim, session.id, to);
}

type Search =
  { readonly found: "yes"; readonly id: string } | { readonly found: "none_open" } | { readonly found: "unknown" };

/**
 * Finds out whether a session exists that Stripe's list does not contain. The list is no proof, since any other service could also respond
 * with an empty list. But the claim id is the idempotency key: if the key was never used, Stripe refuses an empty page for its missing
 * parameters; otherwise it refuses the reuse of the key. Then the claim stays until none of its pages can still be open; by that time a
 * paid one has been stamped by its event or the reconciler.
 * Test that fails without it: "a list that lacks the page does not end its claim" in `tests/faults/payment-pages.test.ts`.
 */
async function probeForSession(context: CheckoutContext, claim: Claim): Promise<Search> {
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

/** Returns the session of a claim from Stripe's list; null if there is none. */
export async function findSession(context: CheckoutContext, claim: Claim): Promise<StripeSession | null> {
  // A minute of tolerance for clocks that differ.
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
  // Under the lease, so that the `expired` event, which may arrive before Stripe's response, does not end the claim differently.
  const work = withLeases(context.leases, request, async (): Promise<CloseOutcome | "complete"> => {
    const status = await expireOrFetch(context, checkoutId);
    if (status === "complete") return "complete";
    if (status !== "expired") return { outcome: "no_proof" };
    await endClaim(context, { claimId: claim.claimId, checkoutId, how: to });
    return { outcome: "closed" };
  });
  const closing = await within(budget, work);
  if (closing.outcome === "predecessor") throw new UnavailableError("this checkout is being fulfilled");
  return closing.result === "complete" ? settleComplete(context, checkoutId) : closing.result;
}

/** Expires the session, which works only while it is open. Unless Stripe confirms, a fetch decides. */
async function expireOrFetch(
  context: CheckoutContext,
  checkoutId: string,
): Promise<StripeSession["status"] | "unknown"> {
  const result = await context.gateway.expire(checkoutId).catch((error: unknown) => {
    if (error instanceof UnavailableError) return "unknown" as const;
    throw error;
  });
  if (result === "expired") return "expired";
  return (await context.gateway.fetch(checkoutId))?.status ?? "unknown";
}

async function settleComplete(context: CheckoutContext, checkoutId: string): Promise<CloseOutcome> {
  try {
    const settled = await fulfilCheckout(context, checkoutId);
    return settled.outcome === "released" ? { outcome: "closed" } : { outcome: "paid", checkoutId };
  } catch (error) {
    // The payment is certain, and the shopper should see that. Stripe's event and the reconciler finish the work.
    if (error instanceof UnavailableError) return { outcome: "paid", checkoutId };
    throw error;
  }
}
