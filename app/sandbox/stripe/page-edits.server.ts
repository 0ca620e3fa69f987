import { newLineItem } from "./checkout-session-object.server";
import { rememberPrice } from "./prices.server";
import { newStripeId } from "./stripe-id.server";
import type { CheckoutRecord } from "./stripe-objects.server";
import type { StripeState } from "./stripe-state.server";
import { applyTotals } from "./totals.server";

/** What a shopper may change on an open payment page, where Stripe or the merchant's dashboard lets them. */
export type PageEdit =
  /** A cross-sell or an optional item is added. */
  | { action: "add_line"; name: string; unit_amount: number; quantity: number }
  /** The quantity of a line is adjusted; 0 takes it off. `line`: its place, from 0. */
  | { action: "set_quantity"; line: number; quantity: number }
  /** A promotion code of so many percent is entered. */
  | { action: "discount"; percent: number };

/** False: the page is not open, or has no such line. */
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
      const price = rememberPrice(state, nowSeconds, {
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
