import { describe, expect, it } from "vitest";
import type { CheckoutRecord, LineState, ReviewReason, SettleVerdict, Verdict } from "~/checkout/fulfil/line-marks";
import { decideReview } from "~/checkout/fulfil/review-decisions.server";
import { REVIEW_REASONS, SETTLE_VERDICTS, VERDICTS_BY_REASON } from "~/checkout/fulfil/settle-verdicts";

const claimed: LineState = { mark: "claimed" };
const unclear: LineState = { mark: "needs_review", of: "intent", from: 5, to: 3 };
const unclearReturn: LineState = { mark: "needs_review", of: "return_intent", from: 3, to: 5 };
const done: LineState = { mark: "done", from: 5, to: 3 };

function record(mug: LineState, reason: ReviewReason | null = null, verdict: Verdict | null = null): CheckoutRecord {
  const lines = [{ productId: "mug", name: "Mug", quantity: 2, unitAmount: 100, state: mug }];
  const review = reason === null ? null : { reason, since: 1 };
  return {
    claimId: "claim",
    sessionHash: "ann",
    fingerprint: "f",
    currency: "usd",
    verdict,
    lines,
    review,
    accepted: [],
    extraLines: false,
    note: null,
    source: {},
  };
}

const write = (change: object) => ({ decision: "write", change });
const TABLE: readonly (readonly [ReviewReason, SettleVerdict, CheckoutRecord, object])[] = [
  [
    "unclear_row",
    "applied",
    record(unclear),
    write({ states: new Map([["mug", done]]), note: "applied unclear_row mug" }),
  ],
  [
    "unclear_row",
    "not_applied",
    record(unclear),
    write({ states: new Map([["mug", claimed]]), note: "not_applied unclear_row mug" }),
  ],
  [
    "unclear_row",
    "applied",
    record(unclearReturn, null, "refunded"),
    write({ states: new Map([["mug", { mark: "returned" }]]) }),
  ],
  ["unclear_row", "not_applied", record(unclearReturn, null, "refunded"), write({ states: new Map([["mug", done]]) })],
  [
    "refund_failed",
    "applied",
    record(unclearReturn, null, "refund"),
    write({ states: new Map([["mug", { mark: "returned" }]]) }),
  ],
  ["row_refused", "retry", record(claimed, "row_refused"), { decision: "try_again" }],
  [
    "row_refused",
    "refund",
    record(claimed, "row_refused"),
    write({ verdict: "refund", review: null, note: "refund row_refused mug" }),
  ],
  ["row_refused", "refund", record(done, "row_refused", "refunded"), { decision: "try_again" }],
  ["no_payment", "retry", record(claimed, null, "refund"), { decision: "try_again" }],
  [
    "no_payment",
    "refunded_elsewhere",
    record(claimed, null, "refund"),
    write({ verdict: "refunded", accept: "refund_failed" }),
  ],
  ["lines_differ", "accept", record(claimed, "lines_differ"), write({ accept: "lines_differ", review: null })],
  ["lines_differ", "refund", record(claimed, "lines_differ"), write({ verdict: "refund", review: null })],
  ["refund_failed", "retry", record(claimed, null, "refund"), { decision: "refund_again" }],
  [
    "refund_failed",
    "refunded_elsewhere",
    record(claimed, null, "refund"),
    write({ verdict: "refunded", accept: "refund_failed" }),
  ],
  ["refund_failed", "refunded_elsewhere", record(done, "refund_failed"), write({ accept: "refund_failed" })],
];

describe("an operator's verdict", () => {
  it.each(TABLE)("on %s: %s", (reason, verdict, marks, expected) => {
    expect(decideReview(marks, reason, { verdict, productId: "mug" })).toMatchObject(expected);
  });

  const others = [null, ...REVIEW_REASONS].flatMap((reason) =>
    SETTLE_VERDICTS.filter(
      (verdict) =>
        reason === null ||
        reason === "foreign_tag" ||
        !(VERDICTS_BY_REASON[reason] as readonly SettleVerdict[]).includes(verdict),
    ).map((verdict) => [reason, verdict] as const),
  );
  it.each(others)("on %s: %s is not applicable", (reason, verdict) => {
    expect(decideReview(record(claimed, reason), reason, { verdict, productId: "mug" })).toEqual({
      decision: "not_applicable",
    });
  });

  it("is covered for each valid combination, except foreign tags", () => {
    const ways = REVIEW_REASONS.filter((reason) => reason !== "foreign_tag").flatMap((reason) =>
      VERDICTS_BY_REASON[reason].map((verdict) => `${reason} ${verdict}`),
    );
    expect(ways.filter((way) => !TABLE.some(([reason, verdict]) => way === `${reason} ${verdict}`))).toEqual([]);
  });

  it("about a line is valid only for a line in review", () => {
    expect(decideReview(record(unclear), "unclear_row", { verdict: "applied" })).toEqual({
      decision: "not_applicable",
    });
    expect(decideReview(record(unclear), "unclear_row", { verdict: "applied", productId: "pot" })).toEqual({
      decision: "not_applicable",
    });
  });
});
