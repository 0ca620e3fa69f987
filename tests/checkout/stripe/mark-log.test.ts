import { describe, expect, it } from "vitest";
import type { LineState, NewRecord, RecordChange } from "~/checkout/fulfil/line-marks";
import {
  decodeRecord,
  encodeRecord,
  encodeWrite,
  mergeMetadata,
  type Metadata,
} from "~/checkout/stripe/session-metadata";
import { randomFrom } from "../../random";
import { decodePreviousRecord, encodePreviousChange } from "../previous-metadata";

const TAG = "shop";
const LINES = ["cup", "mug", "pot"];

const opened: NewRecord = {
  claimId: "claim-1",
  sessionHash: "hash",
  fingerprint: "f",
  currency: "usd",
  lines: LINES.map((productId) => ({
    productId,
    name: productId,
    quantity: 2,
    unitAmount: 100,
    state: { mark: "claimed" },
  })),
};

type Sides = {
  readonly verdict: string | null;
  readonly lines: readonly { readonly productId: string; readonly state: LineState }[];
};

/** Serializes what both versions know about a record. */
function serialize({ verdict, lines }: Sides): string {
  return JSON.stringify([
    verdict,
    lines.map(({ state }) => [
      state.mark,
      "of" in state ? state.of : "",
      "from" in state ? [state.from, state.to] : [],
    ]),
  ]);
}

/** How one version of the code reads and writes metadata. */
interface Version {
  read(metadata: Metadata): Sides;
  write(metadata: Metadata, change: RecordChange, write: { id: string; at: number }): Metadata;
}

function ours<T>(record: T | null): T {
  if (record === null) throw new Error("not ours");
  return record;
}

const NOW: Version = {
  read: (metadata) => ours(decodeRecord(TAG, metadata)),
  write: (metadata, change, write) => encodeWrite(ours(decodeRecord(TAG, metadata)), change, write),
};
const BEFORE: Version = {
  read: (metadata) => ours(decodePreviousRecord(TAG, metadata)),
  write: (metadata, change) => encodePreviousChange(ours(decodePreviousRecord(TAG, metadata)), change),
};

function tools(seed: number) {
  const random = randomFrom(seed);
  const whole = (below: number) => Math.floor(random() * below);
  const number = () => whole(4) - 1;
  const anyState = (): LineState => {
    const from = number();
    const states: readonly LineState[] = [
      { mark: "claimed" },
      { mark: "intent", from, to: from - 2, ...(random() < 0.5 ? { version: String(whole(5)) } : {}) },
      { mark: "done", from, to: from - 2 },
      { mark: "return_intent", from, to: from + 2 },
      { mark: "returned" },
      { mark: "needs_review", of: "intent", from, to: from - 2 },
      { mark: "needs_review", of: "return_intent", from, to: from + 2 },
    ];
    return states[whole(states.length)] ?? { mark: "claimed" };
  };
  const anyChange = (): RecordChange => ({
    states: new Map(LINES.filter(() => random() < 0.5).map((id) => [id, anyState()])),
    ...(random() < 0.15 ? { verdict: "refund" } : {}),
    ...(random() < 0.2 ? { review: random() < 0.5 ? null : "row_refused" } : {}),
  });
  return { random, whole, anyChange };
}

/**
 * Runs writers in sequence, each building on what it reads. Some writes are abandoned and land at any later time; any may land twice.
 * After each confirmed write, later reads must return its state. Returns null, or a description of the first wrong read.
 */
function lateLandings(seed: number, version: Version): string | null {
  const { random, whole, anyChange } = tools(seed);
  let metadata = encodeRecord(TAG, opened);
  let expected = serialize(version.read(metadata));
  const sent: Metadata[] = [];
  const land = () => {
    const late = sent[whole(sent.length)];
    if (late !== undefined) metadata = mergeMetadata(metadata, late);
  };
  for (let step = 1; step <= 12; step += 1) {
    const update = version.write(metadata, anyChange(), { id: `w${whole(99)}x${step}`, at: 1_000 + step });
    sent.push(update);
    // The last write is always confirmed, so that there is a state to expect.
    if (step < 12 && random() < 0.4) continue;
    const isBuiltOn = random() < 0.5;
    if (!isBuiltOn) land();
    metadata = mergeMetadata(metadata, update);
    expected = serialize(version.read(mergeMetadata(metadata, {})));
    for (let times = whole(4); times > 0; times -= 1) {
      land();
      const found = serialize(version.read(metadata));
      if (found !== expected) return `step ${step}: ${found} instead of ${expected}`;
    }
  }
  return null;
}

const SEEDS = Array.from({ length: 250 }, (_, index) => index + 1);

describe("writes that land late, in any order and any number of times", () => {
  it("undo nothing that was written after them", () => {
    for (const seed of SEEDS) expect(lateLandings(seed, NOW), `seed ${seed}`).toBeNull();
  });

  it("do undo it where keys are rewritten, as in the previous release (negative control)", () => {
    const undone = SEEDS.filter((seed) => lateLandings(seed, BEFORE) !== null);

    expect(undone.length).toBeGreaterThan(SEEDS.length / 2);
  });

  it("do not turn a done sale back into an announced one", () => {
    const intent = { states: new Map<string, LineState>([["mug", { mark: "intent", from: 5, to: 3 }]]) };
    const done = { states: new Map<string, LineState>([["mug", { mark: "done", from: 5, to: 3 }]]) };
    for (const [version, mark] of [
      [NOW, "done"],
      [BEFORE, "intent"],
    ] as const) {
      const first = encodeRecord(TAG, opened);
      const abandoned = version.write(first, intent, { id: "a", at: 1 });
      const announced = mergeMetadata(first, version.write(first, intent, { id: "b", at: 2 }));
      const sold = mergeMetadata(announced, version.write(announced, done, { id: "c", at: 3 }));

      expect(version.read(mergeMetadata(sold, abandoned)).lines[1]?.state.mark).toBe(mark);
    }
  });

  it("lose to a later write built on the same state, whichever lands first", () => {
    const first = encodeRecord(TAG, opened);
    const intent = NOW.write(
      first,
      { states: new Map([["mug", { mark: "intent", from: 5, to: 3 }]]) },
      { id: "z", at: 1 },
    );
    const refunding = NOW.write(first, { verdict: "refund" }, { id: "a", at: 2 });
    for (const metadata of [
      mergeMetadata(mergeMetadata(first, intent), refunding),
      mergeMetadata(mergeMetadata(first, refunding), intent),
    ]) {
      expect(NOW.read(metadata)).toMatchObject({ verdict: "refund", lines: [{}, { state: { mark: "claimed" } }, {}] });
    }
  });
});

/** Returns a state that a server may give a line next, never an earlier one. */
function stepOn(state: LineState, random: () => number): LineState {
  const from = Math.floor(random() * 5) + 2;
  switch (state.mark) {
    case "claimed":
      return { mark: "intent", from, to: from - 2 };
    case "intent":
      return random() < 0.7
        ? { mark: "done", from: state.from, to: state.to }
        : { mark: "needs_review", of: "intent", from: state.from, to: state.to };
    case "needs_review":
      return state.of === "intent" ? { mark: "done", from: state.from, to: state.to } : { mark: "returned" };
    case "done":
      return { mark: "return_intent", from, to: from + 2 };
    case "return_intent":
      return random() < 0.7
        ? { mark: "returned" }
        : { mark: "needs_review", of: "return_intent", from: state.from, to: state.to };
    case "returned":
      return state;
  }
}

describe("during a deployment that mixes this and the previous release", () => {
  it("each release reads what the other wrote, in any order", () => {
    for (const seed of SEEDS) {
      const { random, whole } = tools(seed);
      let metadata = encodeRecord(TAG, opened);
      for (let step = 1; step <= 12; step += 1) {
        const version = random() < 0.5 ? NOW : BEFORE;
        const record = version.read(metadata);
        const states = new Map(
          record.lines.filter(() => random() < 0.6).map((line) => [line.productId, stepOn(line.state, random)]),
        );
        const verdict = step > 6 && random() < 0.3 ? (record.verdict === null ? "refund" : "refunded") : undefined;
        const update = version.write(
          metadata,
          { states, ...(verdict === undefined ? {} : { verdict }) },
          { id: `w${whole(99)}x${step}`, at: 1_000 + step },
        );
        metadata = mergeMetadata(metadata, update);

        expect(serialize(NOW.read(metadata)), `seed ${seed}, step ${step}`).toBe(serialize(BEFORE.read(metadata)));
      }
    }
  });

  it("a record without a log reads as the previous release wrote it", () => {
    const states = new Map<string, LineState>([
      ["cup", { mark: "intent", from: 3, to: 1 }],
      ["pot", { mark: "done", from: 3, to: 1 }],
    ]);
    const metadata = mergeMetadata(
      encodeRecord(TAG, opened),
      BEFORE.write(encodeRecord(TAG, opened), { states, verdict: "refund" }, { id: "", at: 0 }),
    );

    expect(serialize(NOW.read(metadata))).toBe(serialize(BEFORE.read(metadata)));
    expect(NOW.read(metadata).lines[0]?.state).not.toHaveProperty("announcedAt");
  });
});
