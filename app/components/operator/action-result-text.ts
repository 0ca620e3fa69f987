import { orderNumber } from "~/components/order-number";
import type { ActionResult } from "~/operator/action-result";
import type { Tone } from "./panel";

export interface ActionResultText {
  readonly tone: Tone;
  readonly text: string;
}

/** The result of an action in a sentence or two. */
export function actionResultText(action: ActionResult): ActionResultText {
  switch (action.intent) {
    case "failed":
      return { tone: "bad", text: action.message };
    case "sent_twice":
      return {
        tone: "warn",
        text: "This form was already submitted, so nothing changed this time. Check the stock: if you saw no result before, the first submission may still have worked.",
      };
    case "pause":
      return { tone: "warn", text: "Selling paused. Held items stay reserved and can be paid for." };
    case "resume":
      return { tone: "good", text: "Selling resumed." };
    case "release_hold":
      return releasedText(action.result);
    case "close_page":
      return closedText(action.result);
    case "end_unknown_page":
      return endedText(action.result);
    case "restock":
    case "set_stock":
      return {
        tone: "good",
        text: `Stock of ${action.productId} changed from ${action.result.before} to ${action.result.after}.`,
      };
    case "settle":
    case "fulfil":
      return fulfilText(action.outcome, orderNumber(action.checkoutId));
    case "inspect":
      return action.inspection === null
        ? { tone: "bad", text: `Stripe has no checkout ${action.checkoutId}.` }
        : { tone: "good", text: `Order ${orderNumber(action.checkoutId)}` };
    case "audit":
      return action.audit.problems.length === 0
        ? { tone: "good", text: "No drift: stock matches sales." }
        : { tone: "bad", text: `Drift found: ${itemsText(action.audit.driftUnits)}. See the audit below.` };
  }
}

function releasedText(result: Extract<ActionResult, { intent: "release_hold" }>["result"]): ActionResultText {
  switch (result.outcome) {
    case "released":
      return { tone: "good", text: `Released ${itemsText(sumOf(result.lines))}.` };
    case "nothing_held":
      return { tone: "warn", text: "Nothing to release: this hold has already ended." };
    case "in_checkout":
      return { tone: "bad", text: "These items are at a payment page. Close the payment page instead." };
  }
}

function endedText(result: Extract<ActionResult, { intent: "end_unknown_page" }>["result"]): ActionResultText {
  switch (result.outcome) {
    case "ended":
      return { tone: "warn", text: `Hold ended without proof. Released ${itemsText(sumOf(result.lines))}.` };
    case "known":
      return {
        tone: "bad",
        text: "Stripe knows this payment page after all. Nothing changed: close the payment page instead.",
      };
    case "nothing_held":
      return { tone: "warn", text: "This payment page no longer holds any items." };
  }
}

function closedText(result: Extract<ActionResult, { intent: "close_page" }>["result"]): ActionResultText {
  switch (result.outcome) {
    case "closed":
      return { tone: "good", text: "Payment page closed, confirmed by Stripe. Its items are released." };
    case "paid":
      return { tone: "warn", text: `Order ${orderNumber(result.checkoutId)} has been paid and is being fulfilled.` };
    case "no_proof":
      return {
        tone: "bad",
        text: "Stripe hasn't confirmed that this payment page is closed, so its items stay held. Try again in a moment.",
      };
    case "unknown_page":
      return {
        tone: "bad",
        text: "Stripe doesn't know this payment page, so it can't confirm that it's closed. Its items stay held until you end the hold from its cart.",
      };
    case "not_ours":
      return { tone: "bad", text: NO_ORDER };
  }
}

function fulfilText(
  outcome: Extract<ActionResult, { intent: "fulfil" | "settle" }>["outcome"],
  order: string,
): ActionResultText {
  switch (outcome) {
    case "done":
      return { tone: "good", text: `Order ${order} is paid, and its items are deducted from stock.` };
    case "refunded":
      return {
        tone: "warn",
        text: `Order ${order} couldn't be fulfilled, so it is refunded in full. Its row shows whether the refund has arrived.`,
      };
    case "needs_review":
      return { tone: "bad", text: `Order ${order} still needs review.` };
    case "awaiting_payment":
      return { tone: "warn", text: `Payment for order ${order} is pending. Its items stay held.` };
    case "released":
      return { tone: "warn", text: `Order ${order} wasn't paid. Its items are released.` };
    case "open":
      return { tone: "warn", text: `The payment page of order ${order} is still open. Nothing to do yet.` };
    case "not_ours":
      return { tone: "bad", text: NO_ORDER };
    case "left":
      return { tone: "good", text: `Order ${order} is left to its own shop and no longer listed here.` };
    case "not_applicable":
      return { tone: "warn", text: `Order ${order} isn't waiting for this decision. Nothing changed.` };
  }
}

const NO_ORDER = "No order with this id.";

function sumOf(lines: readonly { readonly quantity: number }[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

export function itemsText(count: number): string {
  return count === 1 ? "1 item" : `${count} items`;
}
