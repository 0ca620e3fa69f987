import { describe, expect, it } from "vitest";
import { settleRequest } from "~/api/schemas";
import type { CheckoutRecord, LineState, ReviewReason, Verdict } from "~/checkout/fulfil/line-marks";
import { isAboutALine, REVIEW_REASONS, SETTLE_VERDICTS, VERDICTS_BY_REASON } from "~/checkout/fulfil/settle-verdicts";
import { reviewReason } from "~/checkout/report/review-reason";
import type { Refund } from "~/checkout/stripe/gateway";
import { REVIEW_CASES } from "~/components/operator/review-case";
import { readCommand } from "~/operator/operator-forms.server";

const since = 1_780_000_000_000;
const waiting = (reason: ReviewReason, verdict: Verdict | null, ...states: LineState[]): CheckoutRecord => ({
  ...record(verdict, ...states),
  review: { reason, since },
});
const record = (verdict: Verdict | null, ...states: LineState[]): CheckoutRecord => ({
  claimId: "claim-1",
  sessionHash: "hash",
  fingerprint: "print",
  currency: "usd",
  verdict,
  review: null,
  accepted: [],
  extraLines: false,
  note: null,
  source: {},
  lines: states.map((state, index) => ({ productId: `p${index}`, name: "Mug", quantity: 1, unitAmount: 500, state })),
});
const paid = {
  paymentStatus: "paid" as const,
  payment: { id: "pi_1", status: "succeeded" },
  total: { amount: 500, currency: "usd" },
  charge: null,
};
const refunded = (...refunds: (readonly [amount: number, status: Refund["status"]])[]) => ({
  ...paid,
  charge: {
    createdAt: 1,
    refunds: refunds.map(([amount, status], index) => ({ id: `re_${index}`, createdAt: index, amount, status })),
  },
});
const unclear: LineState = { mark: "needs_review", of: "intent", from: 3, to: 2 };

describe("the reason for a review", () => {
  it.each([
    ["none while stock is being deducted", paid, record(null, { mark: "claimed" }), null],
    ["none once it is done", paid, record(null, { mark: "done", from: 3, to: 2 }), null],
    ["none before it is paid", { ...paid, paymentStatus: "unpaid" as const }, record(null, unclear), null],
    ["an unclear row", paid, record(null, { mark: "done", from: 3, to: 2 }, unclear), "unclear_row"],
    ["a refund that was not made", paid, record("refund", { mark: "returned" }), "refund_failed"],
    ["the failed refund rather than an unclear row", paid, record("refund", unclear), "refund_failed"],
    ["an unclear row once the buyer is refunded", paid, record("refunded", unclear), "unclear_row"],
    [
      "none once the refund is made, even before its mark",
      refunded([500, "succeeded"]),
      record("refund", { mark: "returned" }),
      null,
    ],
    ["none while the refund is pending", refunded([500, "pending"]), record("refunded", { mark: "returned" }), null],
    [
      "a refund that failed after it was made",
      refunded([500, "failed"]),
      record("refunded", { mark: "returned" }),
      "refund_failed",
    ],
    [
      "a refund that failed, rather than an unclear row",
      refunded([500, "failed"]),
      record("refunded", unclear),
      "refund_failed",
    ],
    [
      "none once another refund replaced it",
      refunded([500, "failed"], [500, "pending"]),
      record("refunded", { mark: "returned" }),
      null,
    ],
    [
      "a refund that failed and was only partly replaced",
      refunded([500, "failed"], [300, "succeeded"]),
      record("refunded", { mark: "returned" }),
      "refund_failed",
    ],
    [
      "none once an operator recorded a refund by other means",
      refunded([500, "failed"]),
      { ...record("refunded", { mark: "returned" }), accepted: ["refund_failed" as const] },
      null,
    ],
    [
      "a refund by hand that failed",
      refunded([200, "failed"]),
      record(null, { mark: "done", from: 3, to: 2 }),
      "refund_failed",
    ],
    [
      "none once a failed refund by hand was repeated",
      refunded([200, "failed"], [200, "succeeded"]),
      record(null, { mark: "done", from: 3, to: 2 }),
      null,
    ],
    [
      "a refund by hand that failed and was only partly repeated",
      refunded([200, "failed"], [100, "succeeded"]),
      record(null, { mark: "done", from: 3, to: 2 }),
      "refund_failed",
    ],
    [
      "none once one refund replaced two failed ones by hand",
      refunded([200, "failed"], [100, "failed"], [300, "pending"]),
      record(null, { mark: "done", from: 3, to: 2 }),
      null,
    ],
    [
      "a refund by hand that failed again",
      refunded([200, "failed"], [200, "succeeded"], [200, "failed"]),
      record(null, { mark: "done", from: 3, to: 2 }),
      "refund_failed",
    ],
    ["no payment to refund", { ...paid, payment: null }, record("refund", { mark: "returned" }), "no_payment"],
    [
      "none if there was nothing to pay",
      { ...paid, payment: null, paymentStatus: "no_payment_required" as const, total: { amount: 0, currency: "usd" } },
      record("refunded", { mark: "returned" }),
      null,
    ],
    [
      "a row that rejects the sale",
      paid,
      waiting("row_refused", null, { mark: "done", from: 3, to: 2 }, { mark: "claimed" }),
      "row_refused",
    ],
    [
      "an unclear row rather than one that rejects the sale",
      paid,
      waiting("row_refused", null, unclear, { mark: "claimed" }),
      "unclear_row",
    ],
    [
      "the failed refund rather than a row that rejects the sale",
      paid,
      waiting("row_refused", "refund", { mark: "done", from: 3, to: 2 }),
      "refund_failed",
    ],
    [
      "a row that rejects the returned units",
      paid,
      waiting("row_refused", "refunded", { mark: "done", from: 3, to: 2 }),
      "row_refused",
    ],
    [
      "none while a rejected update is being retried",
      paid,
      waiting("row_refused", null, { mark: "intent", from: 3, to: 2 }),
      null,
    ],
    ["lines that differ", paid, waiting("lines_differ", null, { mark: "claimed" }), "lines_differ"],
    ["none while items are being returned to stock", paid, record("refund", { mark: "done", from: 3, to: 2 }), null],
  ])("is %s", (_, session, marks, reason) => {
    expect(reviewReason(session, marks)).toBe(reason);
  });
});

describe("the decisions that end a review", () => {
  it.each(REVIEW_REASONS.filter((reason) => reason !== "unclear_row"))(
    "for %s are exactly the page's buttons",
    (reason) => {
      expect(REVIEW_CASES[reason].decisions.map(({ verdict }) => verdict)).toEqual(VERDICTS_BY_REASON[reason]);
    },
  );

  it("are confirmed first, unless they can be repeated safely", () => {
    const unconfirmed = Object.values(REVIEW_CASES).flatMap(({ decisions }) =>
      decisions.filter(({ question }) => question === null).map(({ verdict }) => verdict),
    );
    expect([...new Set(unconfirmed)]).toEqual(["retry"]);
  });

  it.each(SETTLE_VERDICTS)(
    "include %s, valid in the API and on the page, with a product id only if it is about a line",
    (verdict) => {
      const whole = { checkout_id: "cs_test_1", verdict };
      const ofLine = { ...whole, product_id: "mug" };
      expect(settleRequest.safeParse(ofLine).success).toBe(true);
      expect(readCommand({ intent: "settle", ...ofLine }).outcome).toBe("read");
      expect(settleRequest.safeParse(whole).success).toBe(!isAboutALine(verdict));
      expect(readCommand({ intent: "settle", ...whole }).outcome).toBe(isAboutALine(verdict) ? "invalid" : "read");
    },
  );
});
