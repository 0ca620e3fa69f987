import type { StockMoved } from "~/checkout/adjust-stock.server";
import type { CheckoutInspection, SettleOutcome } from "~/checkout/checkout";
import type { ClosePageOutcome, EndUnknownOutcome, ReleaseHoldOutcome, Selling } from "./operator-desk";
import type { DriftAudit } from "./orders";

/** The result of an action on the operator's page. */
export type ActionResult =
  | { readonly intent: "pause" | "resume"; readonly selling: Selling }
  | { readonly intent: "release_hold"; readonly sessionHash: string; readonly result: ReleaseHoldOutcome }
  | { readonly intent: "close_page"; readonly checkoutId: string; readonly result: ClosePageOutcome }
  | { readonly intent: "end_unknown_page"; readonly checkoutId: string; readonly result: EndUnknownOutcome }
  | { readonly intent: "restock" | "set_stock"; readonly productId: string; readonly result: StockMoved }
  /** The form was already submitted. This submission changed nothing. */
  | { readonly intent: "sent_twice" }
  | { readonly intent: "settle" | "fulfil"; readonly checkoutId: string; readonly outcome: SettleOutcome["outcome"] }
  /** `inspection` is null when Stripe has no such checkout. */
  | { readonly intent: "inspect"; readonly checkoutId: string; readonly inspection: CheckoutInspection | null }
  | { readonly intent: "audit"; readonly audit: DriftAudit }
  /** The action failed; `message` is shown to the operator. */
  | { readonly intent: "failed"; readonly message: string };
