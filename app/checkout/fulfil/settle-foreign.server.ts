import type { SettleOutcome, SettleRequest } from "~/checkout/checkout";
import type { CheckoutContext } from "~/checkout/checkout-context.server";
import { foreignPayment, isLeft, leaving } from "~/checkout/report/foreign-payment";
import { tagged } from "~/checkout/stripe/former-tags";
import { UnavailableError } from "~/errors";
import { createBudget, FULFIL_BUDGET_MS } from "./budget.server";
import { fulfilCheckout } from "./fulfil.server";
import { checkoutKey, withLeases } from "./lease-work.server";

type Verdict = Extract<SettleRequest["verdict"], "adopt" | "leave">;

export function isAboutForeign(request: SettleRequest): request is SettleRequest & { readonly verdict: Verdict } {
  return request.verdict === "adopt" || request.verdict === "leave";
}

/**
 * An operator's decision about a payment with a foreign tag. `adopt`: it gets this shop's tag and is processed like a
 * payment whose hold has ended. `leave`: this shop only records that it belongs elsewhere. Both are idempotent.
 */
export async function settleForeign(
  context: CheckoutContext,
  { checkoutId, verdict }: SettleRequest & { readonly verdict: Verdict },
): Promise<SettleOutcome> {
  const request = {
    keys: [checkoutKey(checkoutId)],
    checkoutId,
    budget: createBudget(context.clock, FULFIL_BUDGET_MS),
  };
  const decided = await withLeases(context.leases, request, async (held): Promise<SettleOutcome | "ours"> => {
    const session = await context.gateway.fetch(checkoutId);
    if (session === null) return { outcome: "not_ours" };
    if (context.marks.read(session) !== null)
      return verdict === "adopt" ? "ours" : { outcome: "not_applicable", reason: null };
    if (verdict === "leave" && isLeft(context.config, session)) return { outcome: "left" };
    // Its own shop may have started to process it since it was listed.
    if (foreignPayment(context, session) === null) return { outcome: "not_applicable", reason: null };
    held.check();
    await context.gateway.writeMetadata(
      checkoutId,
      verdict === "adopt" ? tagged({}, context.config.shopTag) : leaving(context.config, session.metadata),
    );
    return verdict === "adopt" ? "ours" : { outcome: "left" };
  });
  if (decided.outcome === "predecessor") throw new UnavailableError("this checkout is being fulfilled");
  return decided.result === "ours" ? fulfilCheckout(context, checkoutId) : decided.result;
}
