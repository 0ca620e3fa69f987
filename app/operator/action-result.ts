import type { StockMoved } from "~/checkout/adjust-stock.server";
import type { CheckoutInspection, SettleOutcome } from "~/checkout/checkout";
import type { ClosePageOutcome, EndUnknownOutcome, ReleaseHoldOutcome, Selling } from "./operator-desk";
import type { DriftAudit } from "./orders";

/** What came of a form of the operator's page. */
export type ActionResult =
  | { readonly intent: "pause" | "resume"; readonly selling: Selling }
  | { readonly intent: "release_hold"; readonly sessionHash: string; readonly result: ReleaseHoldOutcome }
  | { readonly intent: "close_page"; readonly checkoutId: string; readonly result: ClosePageOutcome }
  | { readonly intent: "end_unknown_page"; readonly checkoutId: string; readonly result: EndUnknownOutcome }
  | { readonly intent: "restock" | "set_stock"; readonly productId: string; readonly result: StockMoved }
  /** The same form came before; this one changed nothing. */
  | { readonly intent: "sent_twice" }
  | { readonly intent: "settle" | "fulfil"; readonly checkoutId: string; readonly outcome: SettleOutcome["outcome"] }
  /** Null: Stripe knows no such checkout. */
  | { readonly intent: "inspect"; readonly checkoutId: string; readonly inspection: CheckoutInspection | null }
  | { readonly intent: "audit"; readonly audit: DriftAudit }
  /** It could not be done; `message` is for a person. */
  | { readonly intent: "failed"; readonly message: string };
