import { UnavailableError } from "~/errors";

import { createBudget, FULFIL_BUDGET_MS } from "./budget.server";
import type { SettleOutcome, SettleRequest } from "./checkout";
import type { CheckoutContext } from "./checkout-context.server";
import { fulfilCheckout } from "./fulfil.server";
import { checkoutKey, withLeases } from "./lease-work.server";
import type { LineState } from "./line-marks";
import { beforeTheMove } from "./move-stock.server";

/** See `CheckoutService.settle`. A line that does not need review stays as it is. */
export async function settleLine(
  context: CheckoutContext,
  { checkoutId, productId, verdict }: SettleRequest,
): Promise<SettleOutcome> {
  if (verdict !== "applied" && verdict !== "not_applied") return { outcome: "not_applicable", reason: null };
  const request = { keys: [checkoutKey(checkoutId)], checkoutId, budget: createBudget(context.clock, FULFIL_BUDGET_MS) };
  const written = await withLeases(context.leases, request, async (held) => {
    const session = await context.gateway.fetch(checkoutId);
    const record = session === null ? null : context.marks.read(session);
    const line = record?.lines.find((one) => one.productId === productId);
    if (record === null || productId === undefined || line?.state.mark !== "needs_review") return;
    const { of: announced, from, to } = line.state;
    const applied: LineState = announced === "intent" ? { mark: "done", from, to } : { mark: "returned" };
    const state = verdict === "applied" ? applied : beforeTheMove({ announced, from, to }, line.quantity);
    held.check();
    await context.marks.write(checkoutId, record, { states: new Map([[productId, state]]) });
  });
  if (written.outcome === "predecessor") throw new UnavailableError("the checkout is being settled");
  return fulfilCheckout(context, checkoutId);
}
