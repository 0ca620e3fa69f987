import { describe, expect, it } from "vitest";
import { settleRequest } from "~/api/schemas";
import type { CheckoutRecord, LineState, ReviewReason, Verdict } from "~/checkout/fulfil/line-marks";
import { isAboutALine, REVIEW_REASONS, SETTLE_VERDICTS, WAYS_OUT } from "~/checkout/fulfil/ways-out";
import { reviewReason } from "~/checkout/report/review-reason";
import type { Refund } from "~/checkout/stripe/stripe-gateway.server";
import { CASES } from "~/components/operator/review-case";
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
    ["none while it is taken", paid, record(null, { mark: "claimed" }), null],
    ["none once it is done", paid, record(null, { mark: "done", from: 3, to: 2 }), null],
    ["none before it is paid", { ...paid, paymentStatus: "unpaid" as const }, record(null, unclear), null],
    ["an unclear row", paid, record(null, { mark: "done", from: 3, to: 2 }, unclear), "unclear_row"],
    ["a refund that is not made", paid, record("refund", { mark: "returned" }), "refund_failed"],
    ["the refund before an unclear row", paid, record("refund", unclear), "refund_failed"],
    ["an unclear row once the money is back", paid, record("refunded", unclear), "unclear_row"],
    [
      "none once the refund is made, before the marks say so",
      refunded([500, "succeeded"]),
      record("refund", { mark: "returned" }),
      null,
    ],
    ["none while the refund is on its way", refunded([500, "pending"]), record("refunded", { mark: "returned" }), null],
    [
      "a refund that failed after it was made",
      refunded([500, "failed"]),
      record("refunded", { mark: "returned" }),
      "refund_failed",
    ],
    [
      "a refund that failed before an unclear row",
      refunded([500, "failed"]),
      record("refunded", unclear),
      "refund_failed",
    ],
    [
      "none once another refund made up for it",
      refunded([500, "failed"], [500, "pending"]),
      record("refunded", { mark: "returned" }),
      null,
    ],
    [
      "a refund that failed, of which only a part was made up for",
      refunded([500, "failed"], [300, "succeeded"]),
      record("refunded", { mark: "returned" }),
      "refund_failed",
    ],
    [
      "none where a person says that it went back by another way",
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
      "none once a refund by hand was made again",
      refunded([200, "failed"], [200, "succeeded"]),
      record(null, { mark: "done", from: 3, to: 2 }),
      null,
    ],
    [
      "a refund by hand that failed, although another part was refunded later",
      refunded([200, "failed"], [100, "succeeded"]),
      record(null, { mark: "done", from: 3, to: 2 }),
      "refund_failed",
    ],
    [
      "none once two refunds by hand that failed were made as one",
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
      "none where nothing was to be paid",
      { ...paid, payment: null, paymentStatus: "no_payment_required" as const, total: { amount: 0, currency: "usd" } },
      record("refunded", { mark: "returned" }),
      null,
    ],
    [
      "a row that refuses",
      paid,
      waiting("row_refused", null, { mark: "done", from: 3, to: 2 }, { mark: "claimed" }),
      "row_refused",
    ],
    [
      "an unclear row before one that refuses",
      paid,
      waiting("row_refused", null, unclear, { mark: "claimed" }),
      "unclear_row",
    ],
    [
      "the refund before a row that refuses",
      paid,
      waiting("row_refused", "refund", { mark: "done", from: 3, to: 2 }),
      "refund_failed",
    ],
    [
      "a row that takes nothing back",
      paid,
      waiting("row_refused", "refunded", { mark: "done", from: 3, to: 2 }),
      "row_refused",
    ],
    [
      "none while a row that refused is asked again",
      paid,
      waiting("row_refused", null, { mark: "intent", from: 3, to: 2 }),
      null,
    ],
    ["lines that differ", paid, waiting("lines_differ", null, { mark: "claimed" }), "lines_differ"],
    ["none while items go back into the stock", paid, record("refund", { mark: "done", from: 3, to: 2 }), null],
  ])("is %s", (_, session, marks, reason) => {
    expect(reviewReason(session, marks)).toBe(reason);
  });
});

describe("the ways out of a review", () => {
  it.each(REVIEW_REASONS.filter((reason) => reason !== "unclear_row"))(
    "of %s are exactly the buttons of the page",
    (reason) => {
      expect(CASES[reason].ways.map(({ verdict }) => verdict)).toEqual(WAYS_OUT[reason]);
    },
  );

  it("that cannot be undone ask first", () => {
    const unasked = Object.values(CASES).flatMap(({ ways }) =>
      ways.filter(({ question }) => question === null).map(({ verdict }) => verdict),
    );
    expect([...new Set(unasked)]).toEqual(["retry"]);
  });

  it.each(SETTLE_VERDICTS)(
    "%s is understood by the API and by the page, and names a line where it is about one",
    (verdict) => {
      const whole = { checkout_id: "cs_test_1", verdict };
      const ofLine = { ...whole, product_id: "mug" };
      expect(settleRequest.safeParse(ofLine).success).toBe(true);
      expect(readCommand({ intent: "settle", ...ofLine }).outcome).toBe("read");
      expect(settleRequest.safeParse(whole).success).toBe(!isAboutALine(verdict));
      expect(readCommand({ intent: "settle", ...whole }).outcome).toBe(
        isAboutALine(verdict) ? "not_understood" : "read",
      );
    },
  );
});
