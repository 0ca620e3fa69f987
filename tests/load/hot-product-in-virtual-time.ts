import { vi } from "vitest";
import { createVirtualTime } from "../checkout/virtual-time";
import { LIVE, sellHotProduct, type HotProductFigures } from "./hot-product";

/**
 * Runs `sellHotProduct` in virtual time, so that only the time limits inside Stripe's SDK depend on the machine.
 * The servers share a reservation store and its leases, which take no time.
 */
export async function sellInVirtualTime(options: { sales: number; servers: number }): Promise<HotProductFigures> {
  const time = createVirtualTime();
  const timeouts = vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    const timeout = new AbortController();
    void time.wait(ms).then(() => timeout.abort(new DOMException("timed out", "TimeoutError")));
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
