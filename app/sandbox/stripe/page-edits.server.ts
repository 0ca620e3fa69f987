import { newLineItem } from "./checkout-session-object.server";
import { storePrice } from "./prices.server";
import { newStripeId } from "./stripe-id.server";
import type { CheckoutRecord } from "./stripe-objects.server";
import type { StripeState } from "./stripe-state.server";
import { applyTotals } from "./totals.server";

/** Changes that a shopper can make on an open payment page, if Stripe or the merchant's dashboard allows them. */
export type PageEdit =
  /** Adds a cross-sell or an optional item. */
  | { action: "add_line"; name: string; unit_amount: number; quantity: number }
  /** Changes the quantity of a line (index from 0); a quantity of 0 removes it. */
  | { action: "set_quantity"; line: number; quantity: number }
  /** Applies a promotion code. */
  | { action: "discount"; percent: number };

/** Returns false if the page is not open or has no such line. */
export function editPage(
  state: StripeState,
  nowSeconds: number,
  record: CheckoutRecord | undefined,
  edit: PageEdit,
): boolean {
  if (record?.session.status !== "open") return false;
  switch (edit.action) {
    case "add_line": {
      const { name, unit_amount: unitAmount, quantity } = edit;
      const { currency } = record.session;
      const product = { id: newStripeId("prod"), active: true, name, description: null, images: [], metadata: {} };
      const price = storePrice(state, nowSeconds, {
        id: newStripeId("price"),
        currency,
        unitAmount,
        active: true,
        taxBehavior: "unspecified",
        product,
      });
      record.lineItems.push(newLineItem({ price, name, quantity, metadata: {} }));
      break;
    }
    case "set_quantity": {
      const line = record.lineItems[edit.line];
      if (line === undefined) return false;
      line.quantity = edit.quantity;
      if (edit.quantity === 0) record.lineItems.splice(edit.line, 1);
      break;
    }
    case "discount":
      record.discountPercent = edit.percent;
      break;
  }
  applyTotals(record, state.tariff);
  return true;
}
