import { afterEach, expect, it, vi } from "vitest";
import { createVirtualTime } from "../checkout/virtual-time";
import { LIVE, sellHotProduct, type HotProductFigures } from "./hot-product";

afterEach(() => {
  vi.restoreAllMocks();
});

/** All of it in virtual time: nothing here depends on the machine, but the time limits of the SDK. */
async function sellInVirtualTime(options: { sales: number; servers: number }): Promise<HotProductFigures> {
  const time = createVirtualTime();
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    const timeout = new AbortController();
    void time.wait(ms).then(() => timeout.abort(new DOMException("time is up", "TimeoutError")));
    return timeout.signal;
  });
  const selling = sellHotProduct({ ...options, redisUrl: null, stripe: LIVE, databaseMs: 30, atMostMs: 120_000, time: { now: time.now, sleep: time.wait } });
  await time.run(selling);
  return selling;
}

it("72 sales of one product paid at once are settled in ten seconds, at Stripe's live limits", async () => {
  const figures = await sellInVirtualTime({ sales: 72, servers: 1 });
  expect(figures).toMatchObject({ settled: 72, stock: 0 });
  expect(figures.seconds).toBeLessThan(10);
});

it("by two servers, which share the account without knowing of each other, in little more", async () => {
  const figures = await sellInVirtualTime({ sales: 72, servers: 2 });
  expect(figures).toMatchObject({ settled: 72, stock: 0 });
  expect(figures.seconds).toBeLessThan(13);
});
