import type { CheckoutContext } from "./checkout-context.server";
import { createBudget, FULFIL_BUDGET_MS, within } from "./fulfil/budget.server";
import { afterPredecessors } from "./fulfil/fulfil.server";
import { MANUAL_EDIT, productKeys, withLeases } from "./fulfil/lease-work.server";

/** See `CheckoutService.editStock`. */
export async function editStock<T>(context: CheckoutContext, productId: string, edit: () => Promise<T>): Promise<T> {
  const budget = createBudget(context.clock, FULFIL_BUDGET_MS);
  const leases = { keys: productKeys([productId]), checkoutId: MANUAL_EDIT, budget };
  return within(
    budget,
    afterPredecessors(context, budget, () => withLeases(context.leases, leases, edit)),
  );
}
