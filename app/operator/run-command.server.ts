import type { StockMoved, StockRefusal } from "~/checkout/adjust-stock.server";
import { UnavailableError } from "~/errors";
import type { ActionResult } from "./action-result";
import type { OperatorDesk } from "./operator-desk";
import type { OperatorCommand } from "./operator-forms.server";

/** Forms that were already submitted, by content. Bounded: the oldest are forgotten. */
export interface SubmittedForms {
  /** Records the form. Returns false if it was submitted before. */
  add(form: string): boolean;
  /** Forgets a form that had no effect, so that it can be submitted again. */
  remove(form: string): void;
}

const MAX_FORMS = 1_000;

export function createSubmittedForms(): SubmittedForms {
  const forms = new Set<string>();
  return {
    add(form) {
      if (forms.has(form)) return false;
      forms.add(form);
      for (const oldest of forms) {
        if (forms.size <= MAX_FORMS) break;
        forms.delete(oldest);
      }
      return true;
    },
    remove: (form) => void forms.delete(form),
  };
}

/** A stock edit that changed nothing. The route turns it into a response. */
export interface RefusedEdit {
  readonly intent: "stock_refused";
  readonly productId: string;
  readonly refusal: StockRefusal;
}

/**
 * Runs the form's action. Adding stock runs at most once per rendered form on this server, even if a double click or a reload submits
 * it again or the outcome was unknown. Every other action can be repeated. Throws whatever the desk throws.
 */
export async function runCommand(
  desk: OperatorDesk,
  command: OperatorCommand,
  submitted: SubmittedForms,
): Promise<ActionResult | RefusedEdit> {
  switch (command.intent) {
    case "pause":
      return { intent: command.intent, selling: await desk.pause() };
    case "resume":
      return { intent: command.intent, selling: await desk.resume() };
    case "audit":
      return { intent: command.intent, audit: await desk.audit() };
    case "release_hold": {
      const { session: sessionHash, product_id: productId } = command;
      return {
        intent: command.intent,
        sessionHash,
        result: await desk.releaseHold({ sessionHash, productIds: productId === undefined ? "all" : [productId] }),
      };
    }
    case "close_page":
      return {
        intent: command.intent,
        checkoutId: command.checkout_id,
        result: await desk.closePaymentPage(command.checkout_id),
      };
    case "end_unknown_page":
      return {
        intent: command.intent,
        checkoutId: command.checkout_id,
        result: await desk.endUnknownPage(command.checkout_id),
      };
    case "restock":
      return restock(desk, command, submitted);
    case "set_stock": {
      const { product_id: productId, inventory } = command;
      return stockResult(command.intent, productId, await desk.setStock({ productId, inventory }));
    }
    case "settle": {
      const { checkout_id: checkoutId, product_id: productId, verdict } = command;
      return {
        intent: command.intent,
        checkoutId,
        outcome: (await desk.settle({ checkoutId, productId, verdict })).outcome,
      };
    }
    case "inspect":
      return {
        intent: command.intent,
        checkoutId: command.checkout_id,
        inspection: await desk.inspect(command.checkout_id),
      };
    case "fulfil":
      return {
        intent: command.intent,
        checkoutId: command.checkout_id,
        outcome: (await desk.fulfil(command.checkout_id)).outcome,
      };
  }
}

async function restock(
  desk: OperatorDesk,
  command: Extract<OperatorCommand, { intent: "restock" }>,
  submitted: SubmittedForms,
): Promise<ActionResult | RefusedEdit> {
  const { product_id: productId, delta, once } = command;
  const form = JSON.stringify([once, productId, delta]);
  if (!submitted.add(form)) return { intent: "sent_twice" };
  try {
    const result = await desk.restock({ productId, delta });
    if (result.outcome !== "moved") submitted.remove(form);
    return stockResult("restock", productId, result);
  } catch (error) {
    // An unavailable dependency may have applied the change: submitting again could add the units twice.
    if (!(error instanceof UnavailableError)) submitted.remove(form);
    throw error;
  }
}

function stockResult(
  intent: "restock" | "set_stock",
  productId: string,
  result: StockMoved | StockRefusal,
): ActionResult | RefusedEdit {
  return result.outcome === "moved"
    ? { intent, productId, result }
    : { intent: "stock_refused", productId, refusal: result };
}
