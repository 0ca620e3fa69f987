import { describe, expect, it } from "vitest";

import { changed, type CheckoutRecord, type LineState, sameMarks } from "~/checkout/line-marks";
import { decodeRecord, encodeChange, encodeRecord, MAX_CHECKOUT_LINES } from "~/checkout/session-metadata";

const TAG = "shop";
const STATES: LineState[] = [
  { mark: "claimed" },
  { mark: "intent", from: 3, to: 1 },
  { mark: "done", from: 3, to: 1 },
  { mark: "return_intent", from: 1, to: 3 },
  { mark: "returned" },
  { mark: "needs_review", of: "return_intent", from: 1, to: 3 },
];

function record(lines: readonly { productId: string; name?: string; state: LineState }[]): CheckoutRecord {
  return {
    claimId: "claim-1",
    session: "hash",
    fingerprint: "f",
    currency: "jpy",
    verdict: null,
    lines: lines.map(({ productId, name = "Mug", state }) => ({ productId, name, quantity: 2, unitAmount: 1250, state })),
  };
}

describe("the record in a session's metadata", () => {
  it("is nobody's of ours without our tag", () => {
    const metadata = encodeRecord(TAG, record([{ productId: "mug", state: { mark: "claimed" } }]));

    expect(decodeRecord("another", metadata)).toBeNull();
    expect(decodeRecord(TAG, {})).toBeNull();
  });

  it.each([
    ["a line that is no JSON", { holdfast_line_0: "oops" }],
    ["an unknown mark", { holdfast_line_0: JSON.stringify({ product: "mug", name: "", quantity: 1, unit: 1, mark: "sold" }) }],
    ["an intent without its numbers", { holdfast_line_0: JSON.stringify({ product: "mug", name: "", quantity: 1, unit: 1, mark: "intent" }) }],
    ["no line at all", { holdfast_line_0: "" }],
    ["an unknown verdict", { holdfast_verdict: "maybe" }],
  ])("throws over %s", (_what, edit) => {
    const metadata: Record<string, string> = { ...encodeRecord(TAG, record([{ productId: "mug", state: { mark: "claimed" } }])), ...edit };

    expect(() => decodeRecord(TAG, metadata)).toThrow();
  });

  it("reads back what was written, mark by mark", () => {
    const written = record(STATES.map((state, index) => ({ productId: `p${index}`, state })));

    expect(decodeRecord(TAG, encodeRecord(TAG, written))).toEqual(written);
  });

  it("writes only the keys that change", () => {
    const written = record([{ productId: "mug", state: { mark: "claimed" } }, { productId: "pot", state: { mark: "claimed" } }]);
    const states = new Map<string, LineState>([["pot", { mark: "intent", from: 9, to: 7 }]]);

    expect(Object.keys(encodeChange(written, { states }))).toEqual(["holdfast_line_1"]);
    expect(Object.keys(encodeChange(written, { verdict: "refund" }))).toEqual(["holdfast_verdict"]);
    const merged = { ...encodeRecord(TAG, written), ...encodeChange(written, { states }) };
    expect(decodeRecord(TAG, merged)).toEqual(changed(written, { states }));
  });

  it("keeps every value within 500 characters and the session within 50 keys, whatever names the merchant gives", () => {
    const lines = Array.from({ length: MAX_CHECKOUT_LINES }, (_, index) => ({
      productId: `${"x".repeat(250)}${index}`,
      name: '"🫖"'.repeat(100),
      state: { mark: "claimed" } as const,
    }));
    const worst: LineState = { mark: "needs_review", of: "return_intent", from: 2_147_483_647, to: 2_147_483_646 };
    const written = record(lines);
    const metadata = encodeRecord(TAG, written);
    const later = encodeChange(written, { states: new Map(lines.map((line) => [line.productId, worst])) });

    expect(Object.keys(metadata).length).toBeLessThan(50);
    for (const value of [...Object.values(metadata), ...Object.values(later)]) expect(value.length).toBeLessThanOrEqual(500);
    expect(decodeRecord(TAG, metadata)?.lines[0]?.name).toMatch(/^("🫖")+"?🫖?"?$/u);
  });

  it("sees no difference where only the order of keys differs", () => {
    const one = record([{ productId: "mug", state: { mark: "intent", from: 2, to: 1 } }]);
    const back = decodeRecord(TAG, encodeRecord(TAG, one));

    expect(back !== null && sameMarks(one, back)).toBe(true);
    expect(sameMarks(one, changed(one, { verdict: "refund" }))).toBe(false);
    expect(sameMarks(one, changed(one, { states: new Map([["mug", { mark: "intent", from: 3, to: 2 }]]) }))).toBe(false);
  });
});
