import { describe, expect, it } from "vitest";
import type { CheckoutRecord, LineState, ReviewReason, Verdict } from "~/checkout/fulfil/line-marks";
import { needsRows, nextStep, stepWithoutStock } from "~/checkout/fulfil/next-step";

function record(states: Record<string, LineState>, verdict: Verdict | null = null): CheckoutRecord {
  const lines = Object.entries(states).map(([productId, state]) => ({
    productId,
    name: productId,
    quantity: 2,
    unitAmount: 100,
    state,
  }));
  return {
    claimId: "claim",
    sessionHash: "ann",
    fingerprint: "f",
    currency: "usd",
    verdict,
    lines,
    review: null,
    accepted: [],
    extraLines: false,
    note: null,
    source: {},
  };
}

const rows = (inventories: Record<string, number | null>, version: string | null = null) =>
  new Map(Object.entries(inventories).map(([productId, inventory]) => [productId, { inventory, version }]));
const claimed: LineState = { mark: "claimed" };
const intent: LineState = { mark: "intent", from: 5, to: 3 };
const done: LineState = { mark: "done", from: 5, to: 3 };
const returning: LineState = { mark: "return_intent", from: 3, to: 5 };
const returned: LineState = { mark: "returned" };
const review: LineState = { mark: "needs_review", of: "intent", from: 5, to: 3 };

describe("the next step of a paid checkout", () => {
  it.each([
    ["is gone", {}],
    ["is null", { mug: null }],
    ["is negative", { mug: -1 }],
    ["has one too few", { mug: 1 }],
  ])("decides to refund when the row %s", (_what, inventory) => {
    expect(nextStep(record({ mug: claimed }), rows(inventory))).toMatchObject({
      step: "decide_refund",
      short: [{ productId: "mug" }],
    });
  });

  it("decides to refund the whole cart when one line is short, and announces nothing", () => {
    expect(nextStep(record({ mug: claimed, pot: claimed }), rows({ mug: 9, pot: 1 }))).toEqual({
      step: "decide_refund",
      short: [{ productId: "pot", missing: 1 }],
    });
  });

  it("announces all decrements in one write", () => {
    const step = nextStep(record({ mug: claimed, pot: claimed }), rows({ mug: 2, pot: 7 }));

    expect(step).toEqual({
      step: "announce",
      states: new Map([
        ["mug", { mark: "intent", from: 2, to: 0 }],
        ["pot", { mark: "intent", from: 7, to: 5 }],
      ]),
    });
  });

  it.each([
    // Inventory, version, announced version, whether 30 s have passed.
    [5, "7", "7", false, "swap"],
    [5, "7", "7", true, "swap"],
    [5, "8", "7", false, "again"],
    [5, "8", "7", true, "again"],
    [5, "7", undefined, false, "wait"],
    [5, "7", undefined, true, "again"],
    [5, null, undefined, false, "wait"],
    [5, null, undefined, true, "again"],
    [5, null, "7", false, "wait"],
    [5, null, "7", true, "again"],
    [3, "8", "7", false, "applied"],
    [3, null, undefined, false, "applied"],
    [4, "8", "7", true, "unclear"],
    [4, null, undefined, true, "unclear"],
    [null, "8", "7", true, "unclear"],
    [null, null, undefined, true, "unclear"],
  ] as const)(
    "resolves an announced move by the row: inventory %s, version %s, announced version %s, due %s: %s",
    (inventory, version, announced, due, row) => {
      for (const state of [intent, { ...returning, from: 5, to: 3 }] as const) {
        const step = nextStep(record({ mug: { ...state, version: announced } }), rows({ mug: inventory }, version), {
          isDue: () => due,
        });
        expect(step).toMatchObject({ step: "resolve", moves: [{ row }] });
      }
    },
  );

  it("announces the row's version and swaps no other version", () => {
    const step = nextStep(record({ mug: claimed }), rows({ mug: 5 }, "7"));
    expect(step).toEqual({ step: "announce", states: new Map([["mug", { ...intent, version: "7" }]]) });
    expect(nextStep(record({ mug: { ...intent, version: "7" } }), rows({ mug: 5 }, "7"))).toMatchObject({
      moves: [{ row: "swap", version: "7" }],
    });
  });

  it("swaps a move that it has just announced without reading the row", () => {
    expect(nextStep(record({ mug: intent }), rows({}), { unsent: new Set(["mug"]) })).toMatchObject({
      step: "resolve",
      moves: [{ row: "swap" }],
    });
  });

  it("resolves announced moves first, even before a verdict", () => {
    expect(nextStep(record({ mug: intent, pot: claimed }), rows({ mug: 5, pot: 9 }))).toMatchObject({
      step: "resolve",
    });
    expect(nextStep(record({ mug: intent, pot: done }, "refund"), rows({ mug: 5, pot: 9 }))).toMatchObject({
      step: "resolve",
    });
  });

  it("takes nothing more while a line needs review", () => {
    expect(nextStep(record({ mug: review, pot: claimed }), rows({ mug: 9, pot: 9 }))).toEqual({ step: "review" });
    expect(needsRows(record({ mug: review, pot: claimed }))).toBe(false);
  });

  it("never takes stock after the refund verdict", () => {
    for (const verdict of ["refund", "refunded"] as const) {
      const step = nextStep(record({ mug: claimed, pot: returned }, verdict), rows({ mug: 99, pot: 99 }));
      expect(step.step).toBe(verdict === "refund" ? "refund" : "finished");
    }
  });

  it("returns taken stock before it refunds", () => {
    expect(nextStep(record({ mug: done, pot: claimed }, "refund"), rows({ mug: 3, pot: 0 }))).toEqual({
      step: "announce",
      states: new Map([["mug", { mark: "return_intent", from: 3, to: 5 }]]),
    });
  });

  it.each<Record<string, number | null>>([{}, { mug: null }])(
    "returns no stock when the row no longer has a number",
    (inventory) => {
      expect(nextStep(record({ mug: done }, "refund"), rows(inventory))).toEqual({
        step: "announce",
        states: new Map([["mug", returned]]),
      });
    },
  );

  it("refunds first although a line needs review", () => {
    expect(nextStep(record({ mug: review, pot: returned }, "refund"), rows({}))).toEqual({ step: "refund" });
    expect(nextStep(record({ mug: review, pot: returned }, "refunded"), rows({}))).toEqual({ step: "review" });
  });

  it("is finished when all lines are, and then needs no rows", () => {
    expect(nextStep(record({ mug: done }), rows({}))).toEqual({ step: "finished", as: "done" });
    expect(nextStep(record({ mug: claimed, pot: returned }, "refunded"), rows({}))).toEqual({
      step: "finished",
      as: "refunded",
    });
    expect(needsRows(record({ mug: done }))).toBe(false);
    expect(needsRows(record({ mug: claimed, pot: returned }, "refunded"))).toBe(false);
  });

  it.each<[string, CheckoutRecord]>([
    ["claimed", record({ mug: claimed })],
    ["intent", record({ mug: done, pot: intent })],
    ["done after the verdict", record({ mug: done, pot: claimed }, "refund")],
    ["return intent", record({ mug: returning }, "refund")],
  ])("needs rows while a line is %s", (_what, one) => {
    expect(needsRows(one)).toBe(true);
  });
});

describe("the next step of an order in review", () => {
  const waiting = (reason: ReviewReason, states: Record<string, LineState>, verdict: Verdict | null = null) => ({
    ...record(states, verdict),
    review: { reason, since: 1 },
  });

  it("tries a row again that rejected its swap", () => {
    const refused = waiting("row_refused", { mug: claimed, pot: done });

    expect(needsRows(refused)).toBe(true);
    expect(nextStep(refused, rows({ mug: 9 }))).toMatchObject({ step: "announce" });
    expect(nextStep(refused, rows({ mug: 1 }))).toMatchObject({ step: "decide_refund" });
  });

  it("does not delay the refund because of a row that rejects its swap", () => {
    expect(stepWithoutStock(waiting("row_refused", { mug: claimed }))).toEqual({ step: "review" });
    expect(stepWithoutStock(waiting("row_refused", { mug: done }, "refund"))).toEqual({ step: "refund" });
    expect(stepWithoutStock(waiting("row_refused", { mug: done }, "refunded"))).toEqual({ step: "review" });
    expect(stepWithoutStock(waiting("row_refused", { mug: done }))).toEqual({ step: "finished", as: "done" });
  });

  it("takes nothing while charged lines differ, but resolves announced moves", () => {
    expect(needsRows(waiting("lines_differ", { mug: claimed }))).toBe(false);
    expect(nextStep(waiting("lines_differ", { mug: claimed }), rows({ mug: 9 }))).toEqual({ step: "review" });
    expect(nextStep(waiting("lines_differ", { mug: intent }), rows({ mug: 3 }))).toMatchObject({ step: "resolve" });
    expect(nextStep(waiting("lines_differ", { mug: done }, "refund"), rows({ mug: 3 }))).toMatchObject({
      step: "announce",
    });
  });
});
