import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BEAT_MS, createAvailabilityFeed, REREAD_MS, ROUND_MS } from "~/availability/availability-feed.server";
import type { ProductAvailability } from "~/availability/product-availability";
import { UnavailableError } from "~/errors";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";

const TTL_MS = 120_000;
/** The store rounds deadlines by less than this. */
const TICK_MS = 150;

function createWorld() {
  const store = createMemoryReservationStore({
    clock: { now: () => Date.now(), wall: () => Date.now() },
    ttlMs: TTL_MS,
    maxAgeMs: 10 * TTL_MS,
  });
  const stock = new Map([
    ["mug", 5],
    ["jug", 3],
  ]);
  const reads: (readonly string[])[] = [];
  const state = { isDown: false, onRead: () => {} };
  const counted: number[] = [];
  const warned: string[] = [];
  const feed = createAvailabilityFeed({
    store,
    readStock: async (ids) => {
      reads.push(ids);
      state.onRead();
      if (state.isDown) throw new UnavailableError("down");
      return new Map(
        ids.flatMap((id) => {
          const inventory = stock.get(id);
          return inventory === undefined ? [] : [[id, { name: id, inventory, active: true }] as const];
        }),
      );
    },
    log: { warn: (_fields, message) => void warned.push(message) },
    count: (viewers) => void counted.push(viewers),
    maxViewers: 3,
  });
  let operations = 0;
  return {
    store,
    stock,
    reads,
    state,
    counted,
    warned,
    feed,
    async hold(sessionHash: string, productId: string, quantity: number) {
      const operationId = `op-${(operations += 1)}`;
      await store.place({ sessionHash, operationId, lines: [{ productId, quantity }], maxLines: 10 });
      await store.confirm({ sessionHash, operationId });
    },
    watch(sessionHash: string | null, ...productIds: string[]) {
      const sent: ProductAvailability[] = [];
      const times: number[] = [];
      const seen = { beats: 0, ended: false };
      const stop = feed.watch({
        sessionHash,
        productIds,
        send: (product) => void (sent.push(product), times.push(Date.now())),
        beat: () => void (seen.beats += 1),
        end: () => void (seen.ended = true),
      });
      return { sent, times, seen, stop, last: () => sent.at(-1) };
    },
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

describe("the availability feed", () => {
  it("keeps working when the wall clock goes back an hour", async () => {
    const world = createWorld();
    const viewer = world.watch(null, "mug");
    await pass(ROUND_MS);
    vi.setSystemTime(Date.now() - 3_600_000);
    await world.hold("ann", "mug", 2);
    await pass(ROUND_MS);
    expect(viewer.last()).toMatchObject({ available: 3 });
  });

  it("sends everything at first, then nothing until something changes", async () => {
    const world = createWorld();
    const viewer = world.watch(null, "mug", "jug", "ghost");
    await pass(ROUND_MS);
    expect(viewer.sent.map(({ product_id, available }) => [product_id, available])).toEqual([
      ["mug", 5],
      ["jug", 3],
    ]);
    await pass(10 * REREAD_MS);
    expect(viewer.sent).toHaveLength(2);
  });

  it("reads ids without a row once and never again, however many there are", async () => {
    const world = createWorld();
    const ghosts = Array.from({ length: 100 }, (_, index) => `ghost-${index}`);
    world.watch(null, "mug", ...ghosts);
    world.watch("me", ...ghosts);
    await pass(ROUND_MS);
    expect(world.reads.flat()).toContain("ghost-7");
    world.reads.length = 0;
    await pass(10 * REREAD_MS);
    await world.hold("you", "ghost-7", 1);
    await pass(REREAD_MS);
    expect(new Set(world.reads.flat())).toEqual(new Set(["mug"]));
  });

  it("sends each viewer their own view of a hold", async () => {
    const world = createWorld();
    const mine = world.watch("me", "mug");
    const other = world.watch("you", "mug");
    await pass(ROUND_MS);
    await world.hold("me", "mug", 2);
    await pass(ROUND_MS);
    expect(mine.last()).toMatchObject({ inventory: 5, held: 2, available: 5, held_by_you: 2, next_release_at: null });
    expect(other.last()).toMatchObject({ inventory: 5, held: 2, available: 3, held_by_you: 0 });
    expect(Math.abs(Date.parse(other.last()?.next_release_at ?? "") - (Date.now() - ROUND_MS + TTL_MS))).toBeLessThan(
      TICK_MS,
    );
  });

  it("sends at most once per product and 250 ms, however many changes there are", async () => {
    const world = createWorld();
    const viewer = world.watch("you", "mug");
    await pass(ROUND_MS);
    const before = viewer.sent.length;
    for (let step = 0; step < 40; step += 1) {
      await world.hold(`s${step}`, "mug", 1 + (step % 2));
      await pass(25);
    }
    expect(viewer.sent.length - before).toBeGreaterThan(2);
    const pauses = viewer.times.slice(1).map((time, index) => time - (viewer.times[index] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(ROUND_MS);
  });

  it("notices an expiry when it happens, although the store sends no event", async () => {
    const world = createWorld();
    await world.hold("me", "mug", 5);
    // Halfway between two rereads, so that only the release time can trigger the event.
    await pass(REREAD_MS / 2);
    const viewer = world.watch("you", "mug");
    await pass(TTL_MS - REREAD_MS / 2 - TICK_MS);
    const reads = world.reads.length;
    expect(viewer.last()).toMatchObject({ available: 0 });
    await pass(TICK_MS + 2 * ROUND_MS);
    expect(viewer.last()).toMatchObject({ available: 5, held: 0, next_release_at: null });
    expect(world.reads.length).toBeGreaterThan(reads);
  });

  it("notices an edit of the row by rereading it, once for all viewers", async () => {
    const world = createWorld();
    const viewers = [world.watch("a", "mug"), world.watch("b", "mug"), world.watch("c", "jug")];
    await pass(ROUND_MS);
    world.reads.length = 0;
    world.stock.set("mug", 9);
    await pass(REREAD_MS);
    expect(viewers.map((viewer) => viewer.last()?.inventory)).toEqual([9, 9, 3]);
    expect(world.reads).toEqual([["mug", "jug"]]);
  });

  it("never shows a unit as available that is sold while it reads", async () => {
    const world = createWorld();
    await world.store.place({
      sessionHash: "me",
      operationId: "op",
      lines: [{ productId: "jug", quantity: 3 }],
      maxLines: 10,
    });
    await world.store.confirm({ sessionHash: "me", operationId: "op" });
    const viewer = world.watch("you", "jug");
    // The sale changes first the row, then the hold, both between the two reads of one round.
    world.state.onRead = () => {
      world.stock.set("jug", 0);
      void world.store.release({ sessionHash: "me", productIds: "all" });
    };
    await pass(ROUND_MS * 4);
    expect(viewer.sent.map(({ available }) => available)).not.toContain(3);
    expect(viewer.last()).toMatchObject({ inventory: 0, available: 0 });
  });

  it("sends nothing while the database is down, warns once, and continues afterwards", async () => {
    const world = createWorld();
    world.state.isDown = true;
    const viewer = world.watch("you", "mug");
    await pass(3 * REREAD_MS);
    expect(viewer.sent).toEqual([]);
    expect(world.warned).toHaveLength(1);
    world.state.isDown = false;
    await pass(REREAD_MS + ROUND_MS);
    expect(viewer.last()).toMatchObject({ available: 5 });
  });

  it("shows a deleted row as sold out", async () => {
    const world = createWorld();
    const viewer = world.watch(null, "mug");
    await pass(ROUND_MS);
    world.stock.delete("mug");
    await pass(REREAD_MS);
    expect(viewer.last()).toMatchObject({ inventory: 0, available: 0 });
  });

  it("reads nothing without viewers, and sends heartbeats while there are some", async () => {
    const world = createWorld();
    const viewer = world.watch(null, "mug");
    await pass(BEAT_MS);
    expect(viewer.seen.beats).toBe(1);
    viewer.stop?.();
    world.reads.length = 0;
    await world.hold("me", "mug", 1);
    await pass(2 * BEAT_MS);
    expect(world.reads).toEqual([]);
    expect(viewer.seen.beats).toBe(1);
    expect(world.counted).toEqual([1, 0]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("accepts viewers up to its limit, and none during shutdown", async () => {
    const world = createWorld();
    const viewers = [1, 2, 3].map(() => world.watch(null, "mug"));
    for (let i = 0; i < 50; i += 1) expect(world.watch(null, "mug").stop).toBeNull();
    expect(world.warned).toHaveLength(1);
    world.feed.end();
    expect(viewers.map(({ seen }) => seen.ended)).toEqual([true, true, true]);
    expect(world.watch(null, "mug").stop).toBeNull();
    expect(world.counted.at(-1)).toBe(0);
  });
});
