import { describe, expect, it } from "vitest";
import {
  availabilityQuery,
  checkoutQuery,
  inventoryUpdate,
  releaseRequest,
  reservationsQuery,
  reserveRequest,
  settleRequest,
} from "~/api/schemas";
import { parse } from "~/http/body.server";
import { Problem } from "~/http/problem.server";

const SCHEMAS = [
  availabilityQuery,
  checkoutQuery,
  inventoryUpdate,
  releaseRequest,
  reservationsQuery,
  reserveRequest,
  settleRequest,
];
const VALUES = [
  undefined,
  null,
  1,
  "x",
  [],
  {},
  { items: 1 },
  { items: [] },
  { items: [1] },
  { items: [{}] },
  { items: [{ product_id: "", name: 3, quantity: -1 }] },
  { items: [{ product_id: {}, quantity: 1.5 }] },
].concat([
  { product_id: [""] },
  { product_id: Array(101).fill("a") },
  { product_id: "a", inventory: -1 },
  { product_id: "a", delta: 1e30 },
  { limit: "x", cursor: "" },
  { limit: 0 },
  { checkout_id: "x" },
  { session_id: 7 },
] as never[]);

function messagesOf(schema: (typeof SCHEMAS)[number], value: unknown): readonly string[] {
  try {
    parse<typeof schema>(schema, value);
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return (error.fields ?? []).map(({ message }) => message);
  }
}

describe("the message for an invalid field", () => {
  it("is written for people, never the parser's own", () => {
    const messages = SCHEMAS.flatMap((schema) => VALUES.flatMap((value) => messagesOf(schema, value)));
    expect(messages.length).toBeGreaterThan(50);
    for (const message of messages)
      expect(message).not.toMatch(/invalid input|received|expected|too (small|big)|>=|<=|undefined|\bint\b/i);
  });

  it("says what is needed", () => {
    expect(messagesOf(reserveRequest, {})).toEqual(["is missing"]);
    expect(messagesOf(reserveRequest, { items: [] })).toEqual(["must have at least one entry"]);
    expect(messagesOf(reserveRequest, { items: [{ product_id: "a", quantity: 1.5 }] })).toEqual([
      "must be a whole number",
    ]);
    expect(messagesOf(reserveRequest, { items: [{ quantity: 1 }] })).toEqual(["send either product_id or name"]);
  });
});
