import type { ReviewReason } from "./fulfil/line-marks";

/**
 * What happened, for logs and figures; the container feeds them from here. No event bears personal data. Each bears the checkout's
 * id, or, where there is none yet, its claim's, which the line of the stamp ties to it.
 */
export type CheckoutEvent =
  /** Stripe's own words about a session that it would not create. */
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
      /** `retried`: it could not be done now, Stripe or the reconciler will try again. */
      readonly outcome: "done" | "repeated" | "refunded" | "needs_review" | "retried";
      /** Of `needs_review`. */
      readonly reason?: ReviewReason;
      /** Of `retried`. */
      readonly cause?: unknown;
    }
  /** A payment whose claim was gone. */
  | { readonly type: "late_payment"; readonly checkoutId: string; readonly outcome: "granted" | "refused" }
  /** A paid line was short. `claimed`: it had been promised, so stock was taken from behind a hold. */
  | {
      readonly type: "shortage";
      readonly checkoutId: string;
      readonly productId: string;
      readonly units: number;
      readonly claimed: boolean;
    }
  /** A row went below zero by our hand. Must never be seen. */
  | { readonly type: "oversold"; readonly checkoutId: string; readonly productId: string; readonly units: number }
  /** `status`: Stripe's first word about it. */
  | {
      readonly type: "refund_made";
      readonly checkoutId: string;
      readonly refundId: string;
      readonly status: "succeeded" | "pending" | "failed";
    }
  /** Noticed for the first time, perhaps weeks after Stripe said that it succeeded: this much is owed to the buyer. A person has to see to it. */
  | { readonly type: "refund_failed"; readonly checkoutId: string; readonly amount: number }
  /** Stripe charged for something else than our record says: a person has to look. `note`: for what. */
  | {
      readonly type: "lines_differ";
      readonly checkoutId: string;
      readonly comparison: "missing" | "extra";
      readonly note: string;
    }
  /** Stripe will not give this payment back; a person has to. */
  | { readonly type: "refund_refused"; readonly checkoutId: string; readonly cause: unknown }
  | {
      readonly type: "claim_ended";
      readonly claimId: string;
      readonly checkoutId: string | null;
      readonly reason: "completed" | "released";
    }
  /** A payment page could not be proven closed; its claim stays. */
  | { readonly type: "no_proof"; readonly claimId: string; readonly checkoutId: string | null; readonly cause: unknown }
  | {
      readonly type: "claim_swept";
      readonly claimId: string;
      readonly checkoutId: string | null;
      readonly outcome: "closed" | "paid" | "no_proof" | "failed";
      readonly cause: unknown;
    }
  /** A session that bears our tag and makes no sense; a person should look. */
  | { readonly type: "unreadable_record"; readonly checkoutId: string; readonly cause: unknown }
  | { readonly type: "rebuilt"; readonly claimsRestored: number; readonly fulfilled: number };

export type CheckoutLog = (event: CheckoutEvent) => void;
