import type { StockMoved, StockRefusal } from "~/checkout/adjust-stock.server";
import { UnavailableError } from "~/errors";
import type { ActionResult } from "./action-result";
import type { OperatorDesk } from "./operator-desk";
import type { OperatorCommand } from "./operator-forms.server";

/** Forms that were sent already, by what they say; the oldest are forgotten. */
export interface SentForms {
  /** False: it was sent before. */
  take(form: string): boolean;
  /** It came to nothing and may be sent again. */
  giveBack(form: string): void;
}

const FORMS_KEPT = 1_000;

export function createSentForms(): SentForms {
  const sent = new Set<string>();
  return {
    take(form) {
      if (sent.has(form)) return false;
      sent.add(form);
      for (const oldest of sent) {
        if (sent.size <= FORMS_KEPT) break;
        sent.delete(oldest);
      }
      return true;
    },
    giveBack: (form) => void sent.delete(form),
  };
}

/** A stock edit that changed nothing; the route says why, with its status. */
export interface RefusedEdit {
  readonly intent: "stock_refused";
  readonly productId: string;
  readonly refusal: StockRefusal;
}

/**
 * Does what the form asks for. Adding units is done once at most for each form, however often a nervous finger or a reload sends it
 * to this server, also when the answer was lost; everything else may be repeated. Throws what the desk throws.
 */
export async function runCommand(
  desk: OperatorDesk,
  command: OperatorCommand,
  sent: SentForms,
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
      return restock(desk, command, sent);
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
  sent: SentForms,
): Promise<ActionResult | RefusedEdit> {
  const { product_id: productId, delta, once } = command;
  const form = JSON.stringify([once, productId, delta]);
  if (!sent.take(form)) return { intent: "sent_twice" };
  try {
    const result = await desk.restock({ productId, delta });
    if (result.outcome !== "moved") sent.giveBack(form);
    return stockResult("restock", productId, result);
  } catch (error) {
    // Whoever did not answer may have done it all the same; sent again it would be done twice.
    if (!(error instanceof UnavailableError)) sent.giveBack(form);
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
