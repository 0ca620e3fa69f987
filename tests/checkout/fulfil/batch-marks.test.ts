import { describe, expect, it } from "vitest";
import type { CheckoutRecord, LineState, RecordChange } from "~/checkout/fulfil/line-marks";
import { decodeRecord, encodeRecord, encodeWrite, mergeMetadata } from "~/checkout/stripe/session-metadata";
import { decodePreviousRecord, encodePreviousChange } from "../previous-metadata";

const TAG = "shop";
const LEADER = "cs_test_a1B2c3";
const fresh = (): CheckoutRecord => {
  const metadata = encodeRecord(TAG, {
    claimId: "claim-1",
    sessionHash: "hash",
    fingerprint: "print",
    currency: "eur",
    lines: [{ productId: "mug", name: "Mug", quantity: 2, unitAmount: 1250, state: { mark: "claimed" } }],
  });
  return decoded(metadata);
};

function decoded(metadata: Readonly<Record<string, string>>): CheckoutRecord {
  const record = decodeRecord(TAG, metadata);
  if (record === null) throw new Error("unreadable");
  return record;
}

let writes = 0;
const write = (record: CheckoutRecord, change: RecordChange) =>
  decoded(
    mergeMetadata(
      record.source,
      encodeWrite(record, change, { id: `w${(writes += 1)}`, at: 1_780_000_000_000 + writes }),
    ),
  );
const mug = (state: LineState) => new Map([["mug", state]]);
const stateOf = (record: { lines: readonly { state: LineState }[] } | null) => record?.lines[0]?.state;

const FOLLOWS = { role: "follows", id: "b1", leader: LEADER, from: 18 } as const;
const LEADS = { role: "leads", id: "b1" } as const;

describe("marks of a batch", () => {
  it("a follower is unchanged except for its leader's name; the previous release sends it to review instead of taking its units again", () => {
    const follower = write(fresh(), { batch: FOLLOWS });

    expect(follower).toMatchObject({ batch: FOLLOWS, lines: [{ state: { mark: "claimed" } }] });
    expect(stateOf(decodePreviousRecord(TAG, follower.source))).toEqual({
      mark: "needs_review",
      of: "intent",
      from: 18,
      to: 16,
    });
  });

  it("a follower whose units were taken reads as done in both versions", () => {
    const done = write(write(fresh(), { batch: FOLLOWS }), { states: mug({ mark: "done", from: 18, to: 16 }) });

    expect(stateOf(done)).toEqual({ mark: "done", from: 18, to: 16 });
    expect(stateOf(decodePreviousRecord(TAG, done.source))).toEqual({ mark: "done", from: 18, to: 16 });
  });

  it("a leader announces the move of all, records only its own part as done, and remains the leader", () => {
    const announced = write(fresh(), { states: mug({ mark: "intent", from: 20, to: 13 }), batch: LEADS });
    expect(announced).toMatchObject({ batch: LEADS, lines: [{ state: { mark: "intent", from: 20, to: 13 } }] });

    expect(write(announced, { states: mug({ mark: "done", from: 20, to: 18 }) })).toMatchObject({
      batch: LEADS,
      lines: [{ state: { mark: "done", from: 20, to: 18 } }],
    });
  });

  it("a leader whose move was certainly not applied is no longer the leader", () => {
    const announced = write(fresh(), { states: mug({ mark: "intent", from: 20, to: 13 }), batch: LEADS });

    expect(write(announced, { states: mug({ mark: "claimed" }) }).batch).toBeUndefined();
  });

  it.each([
    { name: "the announced move of the batch", move: { from: 20, to: 13 }, led: true },
    { name: "another move of its own", move: { from: 15, to: 13 }, led: false },
  ])("the previous release completes $name: still the leader = $led", ({ move, led }) => {
    const announced = write(fresh(), { states: mug({ mark: "intent", from: 20, to: 13 }), batch: LEADS });
    const before = decodePreviousRecord(TAG, announced.source);
    if (before === null) throw new Error("unreadable");
    const after = decoded(
      mergeMetadata(announced.source, encodePreviousChange(before, { states: mug({ mark: "done", ...move }) })),
    );

    expect(stateOf(after)).toEqual({ mark: "done", ...move });
    expect(after.batch).toEqual(led ? LEADS : undefined);
  });
});
