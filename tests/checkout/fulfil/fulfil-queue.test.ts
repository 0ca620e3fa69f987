import { describe, expect, it } from "vitest";
import type { FulfilOutcome } from "~/checkout/checkout";
import { createFulfilQueue } from "~/checkout/fulfil/fulfil-queue.server";
import type { Order } from "~/checkout/report/orders";
import { UnavailableError } from "~/errors";

const order = {} as Order;
const done: FulfilOutcome = { outcome: "done", repeated: false, order };

/** A queue whose runs the test ends by hand. */
function createWorld() {
  const time = { ms: 0 };
  const runs: { checkoutId: string; end(result: FulfilOutcome | Error): void }[] = [];
  const queue = createFulfilQueue({
    clock: { now: () => time.ms, wall: () => time.ms },
    fulfil: (checkoutId) =>
      new Promise((resolve, reject) => {
        runs.push({ checkoutId, end: (result) => (result instanceof Error ? reject(result) : resolve(result)) });
      }),
  });
  return { time, runs, queue };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));
const busy = () => new UnavailableError("busy");

describe("the queue of paid checkouts", () => {
  it.each([false, true])(
    "shares the outcome of the run in progress unless another run is required (rerun: %s)",
    async (rerun) => {
      const { runs, queue } = createWorld();
      const first = queue.fulfil("cs_1");
      await tick();
      const second = queue.fulfil("cs_1", { rerun });
      runs[0]?.end(done);
      await tick();
      expect(runs).toHaveLength(rerun ? 2 : 1);
      runs[1]?.end({ outcome: "needs_review", reason: "refund_failed", order });
      expect((await first).outcome).toBe("done");
      expect((await second).outcome).toBe(rerun ? "needs_review" : "done");
    },
  );

  it("retries a failed checkout by itself after a pause", async () => {
    const { time, runs, queue } = createWorld();
    const webhook = queue.fulfil("cs_1");
    await tick();
    runs[0]?.end(busy());
    await expect(webhook).rejects.toThrow(UnavailableError);
    queue.startDue();
    expect([runs.length, queue.waiting]).toEqual([1, 1]);
    time.ms += 1_000;
    queue.startDue();
    expect([runs.length, queue.waiting]).toEqual([2, 0]);
    runs[1]?.end(done);
    await tick();
    time.ms += 100_000;
    queue.startDue();
    expect([runs.length, queue.waiting]).toEqual([2, 0]);
  });

  it("waits longer after each failure", async () => {
    const { time, runs, queue } = createWorld();
    const webhook = queue.fulfil("cs_1");
    webhook.catch(() => undefined);
    const pauses: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      await tick();
      runs[n]?.end(busy());
      await tick();
      const failedAt = time.ms;
      while (runs.length === n + 1) {
        time.ms += 500;
        queue.startDue();
      }
      pauses.push(time.ms - failedAt);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it("drops a checkout that failed permanently", async () => {
    const { runs, queue } = createWorld();
    const webhook = queue.fulfil("cs_1");
    await tick();
    runs[0]?.end(new Error("a broken record"));
    await expect(webhook).rejects.toThrow("a broken record");
    expect(queue.waiting).toBe(0);
  });

  it("starts in order of arrival, up to 96 concurrently", async () => {
    const { runs, queue } = createWorld();
    const calls = Array.from({ length: 100 }, (_, n) => queue.fulfil(`cs_${n}`));
    await tick();
    expect([runs.length, queue.waiting]).toEqual([96, 4]);
    for (let n = 0; n < 100; n += 1) {
      runs[n]?.end(done);
      await tick();
    }
    expect(await Promise.all(calls)).toEqual(calls.map(() => done));
    expect(runs.map(({ checkoutId }) => checkoutId)).toEqual(calls.map((_, n) => `cs_${n}`));
  });

  it("runs a checkout once at a time; calls made meanwhile get a later run unless the outcome is final", async () => {
    const { runs, queue } = createWorld();
    const first = queue.fulfil("cs_1");
    const second = queue.fulfil("cs_1");
    await tick();
    expect(runs).toHaveLength(1);
    runs[0]?.end({ outcome: "awaiting_payment", order });
    await tick();
    expect(runs).toHaveLength(2);
    const third = queue.fulfil("cs_1");
    runs[1]?.end(done);
    expect(await Promise.all([first, second, third])).toEqual([
      { outcome: "awaiting_payment", order },
      done,
      { ...done, repeated: true },
    ]);
    expect(runs).toHaveLength(2);
  });

  it("starts nothing after stop, and waits for runs in progress", async () => {
    const { time, runs, queue } = createWorld();
    const calls = queue.fulfil("cs_1");
    await tick();
    let hasStopped = false;
    const stopping = queue.stop().then(() => (hasStopped = true));
    await tick();
    expect(hasStopped).toBe(false);
    runs[0]?.end(busy());
    await expect(calls).rejects.toThrow(UnavailableError);
    await stopping;
    time.ms += 10_000;
    queue.startDue();
    await expect(queue.fulfil("cs_2")).rejects.toThrow(UnavailableError);
    expect(runs).toHaveLength(1);
  });
});
