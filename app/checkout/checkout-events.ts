import type { ReviewReason } from "./fulfil/line-marks";

/**
 * Checkout events for logs and metrics. They contain no personal data. Each has the checkout's id or, before there is
 * one, the claim's id; the `claim stamped` log line links the two.
 */
export type CheckoutEvent =
  /** Stripe refused to create a session. Code, message and parameter are Stripe's. */
  | {
      readonly type: "checkout_rejected";
      readonly session: string;
      readonly claimId: string;
      readonly code: string;
      readonly message: string;
      readonly param: string | null;
      readonly productId: string | null;
    }
  | {
      readonly type: "fulfilled";
      readonly checkoutId: string;
      /** `retried`: failed for now; Stripe or the reconciler will retry. */
      readonly outcome: "done" | "repeated" | "refunded" | "needs_review" | "retried";
      /** Set for `needs_review`. */
      readonly reason?: ReviewReason;
      /** Set for `retried`. */
      readonly cause?: unknown;
    }
  /** A payment arrived after its claim ended. */
  | { readonly type: "late_payment"; readonly checkoutId: string; readonly outcome: "granted" | "refused" }
  /** A paid line was short. `claimed`: it was held, so something outside the shop took the stock. */
  | {
      readonly type: "shortage";
      readonly checkoutId: string;
      readonly productId: string;
      readonly units: number;
      readonly claimed: boolean;
    }
  /** One of our own swaps took a row below zero. Must never happen. */
  | { readonly type: "oversold"; readonly checkoutId: string; readonly productId: string; readonly units: number }
  /** `status`: as first reported by Stripe. */
  | {
      readonly type: "refund_made";
      readonly checkoutId: string;
      readonly refundId: string;
      readonly status: "succeeded" | "pending" | "failed";
    }
  /**
   * Logged once, when a failure is first noticed; it can come weeks after Stripe reported success. `amount` is owed to
   * the buyer. An operator has to act.
   */
  | { readonly type: "refund_failed"; readonly checkoutId: string; readonly amount: number }
  /** Stripe charged for something other than our record says. An operator has to check. `note`: what was charged. */
  | {
      readonly type: "lines_differ";
      readonly checkoutId: string;
      readonly comparison: "missing" | "extra";
      readonly note: string;
    }
  /** Stripe refuses to refund this payment. An operator has to act. */
  | { readonly type: "refund_refused"; readonly checkoutId: string; readonly cause: unknown }
  | {
      readonly type: "claim_ended";
      readonly claimId: string;
      readonly checkoutId: string | null;
      readonly reason: "completed" | "released";
    }
  /** A payment page could not be proven closed. Its claim stays. */
  | { readonly type: "no_proof"; readonly claimId: string; readonly checkoutId: string | null; readonly cause: unknown }
  | {
      readonly type: "claim_swept";
      readonly claimId: string;
      readonly checkoutId: string | null;
      readonly outcome: "closed" | "paid" | "no_proof" | "failed";
      readonly cause: unknown;
    }
  /** A session with our tag whose metadata can't be parsed. A person should check it. */
  | { readonly type: "unreadable_record"; readonly checkoutId: string; readonly cause: unknown }
  | { readonly type: "rebuilt"; readonly claimsRestored: number; readonly fulfilled: number };

export type CheckoutLog = (event: CheckoutEvent) => void;
