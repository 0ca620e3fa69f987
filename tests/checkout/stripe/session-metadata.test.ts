import { describe, expect, it } from "vitest";
import { isTooLong } from "~/catalog/product-row";
import {
  sameMarks,
  type CheckoutRecord,
  type LineState,
  type NewRecord,
  type RecordChange,
} from "~/checkout/fulfil/line-marks";
import {
  decodeRecord,
  encodeRecord,
  encodeWrite,
  KEY_BUDGET,
  MAX_CHECKOUT_LINES,
  MAX_KEYS,
  mergeMetadata,
  type Metadata,
} from "~/checkout/stripe/session-metadata";

const TAG = "shop";
const STATES: LineState[] = [
  { mark: "claimed" },
  { mark: "intent", from: 3, to: 1 },
  { mark: "done", from: 3, to: 1 },
  { mark: "return_intent", from: 1, to: 3 },
  { mark: "returned" },
  { mark: "needs_review", of: "intent", from: 3, to: 1 },
  { mark: "needs_review", of: "return_intent", from: 1, to: 3 },
  { mark: "done", from: -2, to: -5 },
];

function opened(lines: readonly { productId: string; name?: string }[]): NewRecord {
  return {
    claimId: "claim-1",
    sessionHash: "hash",
    fingerprint: "f",
    currency: "jpy",
    lines: lines.map(({ productId, name = "Mug" }) => ({
      productId,
      name,
      quantity: 2,
      unitAmount: 1250,
      state: { mark: "claimed" },
    })),
  };
}

let writes = 0;

function read(metadata: Metadata): CheckoutRecord {
  const record = decodeRecord(TAG, metadata);
  if (record === null) throw new Error("not ours");
  return record;
}

function write(metadata: Metadata, change: RecordChange, at = 1_000 + writes): Metadata {
  writes += 1;
  return mergeMetadata(metadata, encodeWrite(read(metadata), change, { id: `w${writes}`, at }));
}

describe("the record in a session's metadata", () => {
  it("is not ours without our tag", () => {
    const metadata = encodeRecord(TAG, opened([{ productId: "mug" }]));

    expect(decodeRecord("another", metadata)).toBeNull();
    expect(decodeRecord(TAG, {})).toBeNull();
  });

  it.each([
    ["a line that is not JSON", { holdfast_line_0: "oops" }],
    [
      "an unknown mark",
      { holdfast_line_0: JSON.stringify({ product: "mug", name: "", quantity: 1, unit: 1, mark: "sold" }) },
    ],
    [
      "an intent without numbers",
      { holdfast_line_0: JSON.stringify({ product: "mug", name: "", quantity: 1, unit: 1, mark: "intent" }) },
    ],
    ["no line at all", { holdfast_line_0: "" }],
    ["an unknown verdict", { holdfast_verdict: "maybe" }],
    ["a malformed log entry", { holdfast_log_1_a: "?" }],
    ["an entry with the wrong number of lines", { holdfast_log_1_a: "rs:c,c" }],
    ["an entry with an unknown mark", { holdfast_log_1_a: "rs:z" }],
    ["an entry with an unknown field", { holdfast_log_1_a: "rs,q1:c" }],
    ["an entry with an invalid number", { holdfast_log_1_a: "rs:i-" }],
    ["an incomplete entry", { holdfast_log_1_a_1: "rs:c" }],
    ["a log key without a step", { holdfast_log_a: "rs:c" }],
  ])("rejects %s", (_what, edit) => {
    const metadata: Record<string, string> = { ...encodeRecord(TAG, opened([{ productId: "mug" }])), ...edit };

    expect(() => decodeRecord(TAG, metadata)).toThrow();
  });

  it("reads back each mark as written, with the announcement's version and time", () => {
    const metadata = encodeRecord(TAG, opened(STATES.map((_state, index) => ({ productId: `p${index}` }))));
    const states = new Map(
      STATES.map((state, index) => [
        `p${index}`,
        state.mark === "intent" ? { ...state, version: "4294967295" } : state,
      ]),
    );

    const written = read(
      write(
        metadata,
        {
          states,
          verdict: "refund",
          review: "row_refused",
          accept: "lines_differ",
          extraLines: true,
          note: "as they said",
        },
        5_000,
      ),
    );

    expect(written).toMatchObject({
      verdict: "refund",
      review: { reason: "row_refused", since: 5_000 },
      accepted: ["lines_differ"],
      extraLines: true,
      note: "as they said",
    });
    expect(written.lines.map((line) => line.state)).toEqual(
      [...states.values()].map((state) =>
        state.mark === "intent" || state.mark === "return_intent" ? { ...state, announcedAt: 5_000 } : state,
      ),
    );
    // When a later entry about another line repeats them, an announcement keeps its time, and a review its start.
    const later = read(
      write(written.source, { states: new Map([["p0", { mark: "returned" }]]), review: "row_refused" }, 9_000),
    );
    expect(later.extraLines).toBe(true);
    expect(later.lines[1]?.state).toEqual({
      mark: "intent",
      from: 3,
      to: 1,
      version: "4294967295",
      announcedAt: 5_000,
    });
    expect(later.review).toEqual({ reason: "row_refused", since: 5_000 });
    expect(read(write(later.source, { review: null })).review).toBeNull();
  });

  it("keeps the numbers of a move that differs from the line's quantity, such as a forged one", () => {
    const metadata = encodeRecord(TAG, opened([{ productId: "mug" }]));

    expect(
      read(write(metadata, { states: new Map([["mug", { mark: "done", from: 9, to: 2 }]]) })).lines[0]?.state,
    ).toEqual({ mark: "done", from: 9, to: 2 });
  });

  it("omits a version that is not PostgreSQL's", () => {
    const metadata = encodeRecord(TAG, opened([{ productId: "mug" }]));

    for (const version of ["01", "a,b", "1.5", ""]) {
      const written = read(
        write(metadata, { states: new Map([["mug", { mark: "intent", from: 3, to: 1, version }]]) }),
      );
      expect(written.lines[0]?.state).not.toHaveProperty("version");
    }
  });

  it("writes its own entry, and only those other keys that change", () => {
    const metadata = encodeRecord(TAG, opened([{ productId: "mug" }, { productId: "pot" }]));
    const keys = (change: RecordChange) => Object.keys(encodeWrite(read(metadata), change, { id: "w", at: 1 }));

    expect(keys({ states: new Map([["pot", { mark: "intent", from: 9, to: 7 }]]) })).toEqual([
      "holdfast_line_1",
      "holdfast_log_1_w",
    ]);
    expect(keys({ verdict: "refund" })).toEqual(["holdfast_verdict", "holdfast_log_1_w"]);
  });

  it("ignores the order of keys", () => {
    const metadata = write(encodeRecord(TAG, opened([{ productId: "mug" }])), {
      states: new Map([["mug", { mark: "intent", from: 2, to: 0 }]]),
    });
    const record = read(metadata);
    const back = read(Object.fromEntries(Object.entries(metadata).toReversed()));

    expect(sameMarks(record, back)).toBe(true);
    expect(sameMarks(record, read(write(metadata, { verdict: "refund" })))).toBe(false);
    expect(
      sameMarks(record, read(write(metadata, { states: new Map([["mug", { mark: "intent", from: 3, to: 1 }]]) }))),
    ).toBe(false);
  });
});

describe("Stripe's limits", () => {
  /** The largest numbers of tables with `bigint` and with PostgreSQL's `integer`. */
  const NUMBERS = { bigint: Number.MAX_SAFE_INTEGER, integer: 2_147_483_647 };

  function longest(productId: string, top: number): NewRecord {
    const products = Array.from({ length: MAX_CHECKOUT_LINES }, (_, index) => ({
      productId: `${productId}${index}`,
      name: '"🫖"'.repeat(100),
    }));
    const { lines, ...head } = opened(products);
    return {
      ...head,
      sessionHash: "h".repeat(64),
      fingerprint: "f".repeat(64),
      lines: lines.map((line) => ({ ...line, quantity: top, unitAmount: top })),
    };
  }

  it.each(Object.entries(NUMBERS))(
    "are respected by the largest cart with the longest history, with every number at the maximum of %s",
    (_type, top) => {
      let metadata: Metadata = { ...encodeRecord(TAG, longest("x".repeat(150), top)), holdfast_epoch: "e" };
      const ids = read(metadata).lines.map((line) => line.productId);
      const worst: readonly ((index: number) => LineState)[] = [
        (index) => ({ mark: "intent", from: top - index, to: -1 - index, version: String(4_294_967_295 - index) }),
        (index) => ({ mark: "done", from: top - index, to: -1 - index }),
        (index) => ({
          mark: "return_intent",
          from: -top + index,
          to: -index - 1,
          version: String(4_294_967_295 - index),
          announcedAt: top,
        }),
        (index) => ({ mark: "needs_review", of: "return_intent", from: -top, to: -top + index + 1 }),
      ];
      for (let step = 0; step < 40; step += 1) {
        const state = worst[step % worst.length];
        const states = new Map(
          ids.map((id, index): [string, LineState] => [id, state?.(index) ?? { mark: "claimed" }]),
        );
        const change: RecordChange = {
          states,
          verdict: step > 20 ? "refunded" : "refund",
          review: "refund_failed",
          accept: "lines_differ",
          extraLines: true,
          note: "n".repeat(900),
        };
        const update = encodeWrite(read(metadata), change, { id: "f".repeat(10), at: 8_000_000_000_000 + step });
        for (const [key, value] of Object.entries(update))
          expect([key.length <= 40, value.length <= 500], key).toEqual([true, true]);
        metadata = mergeMetadata(metadata, update);
        expect(Object.keys(metadata).length).toBeLessThanOrEqual(MAX_KEYS);
        expect(read(metadata).lines.map((line) => ({ ...line.state, announcedAt: 0 }))).toEqual(
          [...states.values()].map((one) => ({ ...one, announcedAt: 0 })),
        );
      }
    },
  );

  it("match the key budget", () => {
    expect(Object.values<number>(KEY_BUDGET).reduce((sum, keys) => sum + keys)).toBe(MAX_KEYS);
  });

  it("cut a long name between characters, at the same place in every write", () => {
    const metadata = encodeRecord(TAG, longest("x", 9));
    const later = write(metadata, { states: new Map([["x0", { mark: "intent", from: 9, to: 0 }]]) });

    expect(read(metadata).lines[0]?.name).toMatch(/^("🫖")+"?🫖?"?$/u);
    expect(read(later).lines[0]?.name).toBe(read(metadata).lines[0]?.name);
  });

  it("leave space for every product id that can be sold", () => {
    const longestId = (letter: string) => {
      let length = 1;
      while (!isTooLong(letter.repeat(length + 1))) length += 1;
      return letter.repeat(length);
    };
    // Quotes take two characters in JSON.
    for (const id of [longestId("x"), longestId('"')]) {
      let metadata = encodeRecord(TAG, {
        ...opened([]),
        lines: [
          {
            productId: id,
            name: "n",
            quantity: NUMBERS.bigint,
            unitAmount: NUMBERS.bigint,
            state: { mark: "claimed" },
          },
        ],
      });
      metadata = write(metadata, {
        states: new Map([
          [id, { mark: "needs_review", of: "return_intent", from: -NUMBERS.bigint, to: -NUMBERS.bigint }],
        ]),
      });
      expect(Math.max(...Object.values(metadata).map((value) => value.length))).toBeLessThanOrEqual(500);
      expect(id.length).toBeGreaterThanOrEqual(100);
    }
    expect(isTooLong("f81d4fae-7dec-11d0-a765-00a0c91e6bf6")).toBe(false);
  });
});
