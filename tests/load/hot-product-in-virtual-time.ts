import { vi } from "vitest";
import { createVirtualTime } from "../checkout/virtual-time";
import { LIVE, sellHotProduct, type HotProductFigures } from "./hot-product";

/** Nothing in it depends on the machine, but the time limits of Stripe's SDK. The servers share a store and its leases, which take no time. */
export async function sellInVirtualTime(options: { sales: number; servers: number }): Promise<HotProductFigures> {
  const time = createVirtualTime();
  const timeouts = vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    const timeout = new AbortController();
    void time.wait(ms).then(() => timeout.abort(new DOMException("time is up", "TimeoutError")));
    return timeout.signal;
  });
  try {
    const selling = sellHotProduct({
      ...options,
      redisUrl: null,
      stripe: LIVE,
      databaseMs: 30,
      atMostMs: 120_000,
      time: { now: time.now, sleep: time.wait },
    });
    await time.run(selling);
    return await selling;
  } finally {
    timeouts.mockRestore();
  }
}
