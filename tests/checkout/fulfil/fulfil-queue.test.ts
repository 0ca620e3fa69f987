import { describe, expect, it } from "vitest";
import type { FulfilOutcome } from "~/checkout/checkout";
import { createFulfilQueue } from "~/checkout/fulfil/fulfil-queue.server";
import type { Order } from "~/checkout/report/orders";
import { UnavailableError } from "~/errors";

const order = {} as Order;
const done: FulfilOutcome = { outcome: "done", repeated: false, order };

/** A queue whose every run ends when the test says how. */
function createWorld() {
  const time = { ms: 0 };
  const runs: { checkoutId: string; end(result: FulfilOutcome | Error): void }[] = [];
  const queue = createFulfilQueue({
    clock: { now: () => time.ms, wall: () => time.ms },
    settle: (checkoutId) =>
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
    "answers with the run that is under way, unless there is news that it may have missed: %s",
    async (isNews) => {
      const { runs, queue } = createWorld();
      const first = queue.fulfil("cs_1");
      await tick();
      const second = queue.fulfil("cs_1", { isNews });
      runs[0]?.end(done);
      await tick();
      expect(runs).toHaveLength(isNews ? 2 : 1);
      runs[1]?.end({ outcome: "needs_review", reason: "refund_failed", order });
      expect((await first).outcome).toBe("done");
      expect((await second).outcome).toBe(isNews ? "needs_review" : "done");
    },
  );

  it("settles what failed by itself, after a pause, without being asked again", async () => {
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

  it("does not keep what failed for good", async () => {
    const { runs, queue } = createWorld();
    const webhook = queue.fulfil("cs_1");
    await tick();
    runs[0]?.end(new Error("a broken record"));
    await expect(webhook).rejects.toThrow("a broken record");
    expect(queue.waiting).toBe(0);
  });

  it("starts in order of arrival, some at once", async () => {
    const { runs, queue } = createWorld();
    const asked = Array.from({ length: 100 }, (_, n) => queue.fulfil(`cs_${n}`));
    await tick();
    expect([runs.length, queue.waiting]).toEqual([96, 4]);
    for (let n = 0; n < 100; n += 1) {
      runs[n]?.end(done);
      await tick();
    }
    expect(await Promise.all(asked)).toEqual(asked.map(() => done));
    expect(runs.map(({ checkoutId }) => checkoutId)).toEqual(asked.map((_, n) => `cs_${n}`));
  });

  it("settles a checkout once at a time; what was asked meanwhile sees a later run, unless it has ended for good", async () => {
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

  it("starts nothing once it is stopped, and waits for what runs", async () => {
    const { time, runs, queue } = createWorld();
    const asked = queue.fulfil("cs_1");
    await tick();
    let hasStopped = false;
    const stopping = queue.stop().then(() => (hasStopped = true));
    await tick();
    expect(hasStopped).toBe(false);
    runs[0]?.end(busy());
    await expect(asked).rejects.toThrow(UnavailableError);
    await stopping;
    time.ms += 10_000;
    queue.startDue();
    await expect(queue.fulfil("cs_2")).rejects.toThrow(UnavailableError);
    expect(runs).toHaveLength(1);
  });
});
