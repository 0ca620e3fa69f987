import type { EndUnknownOutcome } from "~/checkout/checkout";
import type { CheckoutContext } from "~/checkout/checkout-context.server";
import { createBudget, FULFIL_BUDGET_MS, within } from "~/checkout/fulfil/budget.server";
import { checkoutKey, withLeases } from "~/checkout/fulfil/lease-work.server";
import { UnavailableError } from "~/errors";
import { everyClaim } from "~/reservations/every-claim";

type Needed = Pick<CheckoutContext, "clock" | "leases" | "gateway" | "reservations" | "log">;

/**
 * See `CheckoutService.endUnknownPage`. Needs no proof: a fetch under the page's lease only confirms that Stripe does not know the page;
 * beyond that, the operator decides.
 */
export async function endUnknownPage(context: Needed, checkoutId: string): Promise<EndUnknownOutcome> {
  const budget = createBudget(context.clock, FULFIL_BUDGET_MS);
  const work = withLeases(
    context.leases,
    { keys: [checkoutKey(checkoutId)], checkoutId, budget },
    async (held): Promise<EndUnknownOutcome> => {
      const claimIds = await claimsOf(context, checkoutId);
      if ((await context.gateway.fetch(checkoutId)) !== null) return { outcome: "known" };
      held.check();
      const ends = await Promise.all(
        claimIds.map((claimId) => context.reservations.store.unclaim({ claimId, checkoutId, to: "stock" })),
      );
      const ended = ends.flatMap((end) => (end.outcome === "ended" ? [end.claim] : []));
      for (const { claimId } of ended) context.log({ type: "claim_ended", claimId, checkoutId, reason: "released" });
      return ended.length === 0
        ? { outcome: "nothing_held" }
        : { outcome: "ended", lines: ended.flatMap(({ lines }) => lines) };
    },
  );
  const ending = await within(budget, work);
  if (ending.outcome === "predecessor") throw new UnavailableError("this checkout is being fulfilled");
  return ending.result;
}

async function claimsOf(context: Needed, checkoutId: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const claim of everyClaim(context.reservations.store, { olderThanMs: 0 }))
    if (claim.checkoutId === checkoutId) found.push(claim.claimId);
  return found;
}
