import { orderNumber } from "~/components/texts";
import type { ActionResult } from "~/operator/action-result";
import type { Tone } from "./panel";

export interface ActionResultText {
  readonly tone: Tone;
  readonly text: string;
}

/** What came of a deed, in a sentence. */
export function actionResultText(answer: ActionResult): ActionResultText {
  switch (answer.intent) {
    case "failed":
      return { tone: "bad", text: answer.message };
    case "sent_twice":
      return {
        tone: "warn",
        text: "This form was sent before, and this time nothing was changed. Look at the stock: where no answer came the first time, it may have been done all the same.",
      };
    case "pause":
      return {
        tone: "warn",
        text: "Selling is paused. What is held stays held and can be paid for; nobody gets more.",
      };
    case "resume":
      return { tone: "good", text: "The shop sells again." };
    case "release_hold":
      return releasedText(answer.result);
    case "close_page":
      return closedText(answer.result);
    case "end_unknown_page":
      return endedText(answer.result);
    case "restock":
    case "set_stock":
      return {
        tone: "good",
        text: `The stock of ${answer.productId} went from ${answer.result.before} to ${answer.result.after}.`,
      };
    case "settle":
    case "fulfil":
      return fulfilText(answer.outcome, orderNumber(answer.checkoutId));
    case "inspect":
      return answer.inspection === null
        ? { tone: "bad", text: `Stripe knows no checkout ${answer.checkoutId}.` }
        : { tone: "good", text: `Checkout ${orderNumber(answer.checkoutId)} was looked at; nothing was changed.` };
    case "audit":
      return answer.audit.faults.length === 0
        ? { tone: "good", text: "No drift: what was sold is what was taken from the stock." }
        : { tone: "bad", text: `The audit found a drift of ${answer.audit.driftUnits} units; see below.` };
  }
}

function releasedText(result: Extract<ActionResult, { intent: "release_hold" }>["result"]): ActionResultText {
  switch (result.outcome) {
    case "released":
      return { tone: "good", text: `Released: ${freedText(result.lines)}` };
    case "nothing_held":
      return { tone: "warn", text: "Nothing was held any more, so there was nothing to release." };
    case "in_checkout":
      return {
        tone: "bad",
        text: "These units are at a payment page. Nothing was changed: close the payment page instead.",
      };
  }
}

function freedText(lines: readonly { readonly quantity: number }[]): string {
  const count = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return `${count} ${count === 1 ? "unit is" : "units are"} free again.`;
}

function endedText(result: Extract<ActionResult, { intent: "end_unknown_page" }>["result"]): ActionResultText {
  switch (result.outcome) {
    case "ended":
      return { tone: "warn", text: `The hold is ended on your word: ${freedText(result.lines)}` };
    case "known":
      return {
        tone: "bad",
        text: "Stripe knows this payment page after all. Nothing was changed: close the payment page instead.",
      };
    case "nothing_held":
      return { tone: "warn", text: "This payment page no longer held any items." };
  }
}

function closedText(result: Extract<ActionResult, { intent: "close_page" }>["result"]): ActionResultText {
  switch (result.outcome) {
    case "closed":
      return { tone: "good", text: "The payment page is closed, and Stripe proved it. Its units are free." };
    case "paid":
      return {
        tone: "warn",
        text: `It turned out to be paid. Order ${orderNumber(result.checkoutId)} is being fulfilled.`,
      };
    case "no_proof":
      return {
        tone: "bad",
        text: "Stripe gave no proof that the page is closed, so its units stay held. Try again in a moment.",
      };
    case "unknown_page":
      return {
        tone: "bad",
        text: "Stripe doesn't know this payment page, so it can't prove that the page is closed. Its units stay held until you end the hold: see its cart.",
      };
    case "not_ours":
      return { tone: "bad", text: "This shop has no such checkout." };
  }
}

function fulfilText(
  outcome: Extract<ActionResult, { intent: "fulfil" | "settle" }>["outcome"],
  order: string,
): ActionResultText {
  switch (outcome) {
    case "done":
      return { tone: "good", text: `Order ${order} is done: paid, and taken from the stock once.` };
    case "refunded":
      return {
        tone: "warn",
        text: `Order ${order} couldn't be filled; it is refunded in full. Its row tells whether the refund has arrived.`,
      };
    case "needs_review":
      return { tone: "bad", text: `Order ${order} still needs review.` };
    case "awaiting_payment":
      return { tone: "warn", text: `Order ${order} waits for a delayed payment. Its units stay held.` };
    case "released":
      return { tone: "warn", text: `Order ${order} was not paid; its units are free.` };
    case "open":
      return { tone: "warn", text: `The payment page of ${order} is still open: there is nothing to do yet.` };
    case "not_ours":
      return { tone: "bad", text: "This shop has no such checkout." };
    case "left":
      return { tone: "good", text: `Order ${order} is left to the shop it belongs to, and no longer listed here.` };
    case "not_applicable":
      return { tone: "warn", text: `Order ${order} isn't waiting for this decision. Nothing changed.` };
  }
}
