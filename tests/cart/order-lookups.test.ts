import { describe, expect, it, vi } from "vitest";
import { createOrderLookups } from "~/cart/order-lookups.server";
import { createLimits } from "~/limits/limits.server";
import { order } from "./cart-world";

const MINUTE_MS = 60_000;

function open({ live = false, trustedProxyHops = 1 } = {}) {
  let now = 0;
  const limits = createLimits({
    perMinute: 0,
    unitsPerClient: 0,
    trustedProxyHops,
    secret: "a".repeat(32),
    pagesPerSecond: null,
    redis: null,
    now: () => now,
    log: { warn: () => undefined },
  });
  const fulfil = vi.fn(() => Promise.resolve({ outcome: "open" as const, order: order() }));
  const log = { error: vi.fn() };
  const lookups = createOrderLookups({
    checkout: { fulfil },
    admitLookup: (request) => limits.admitLookup(request),
    live,
    now: () => now,
    log,
  });
  const settle = async (checkoutId: string, address = "203.0.113.7") => {
    lookups.settle(new Request("http://shop.test/", { headers: { "X-Forwarded-For": address } }), checkoutId);
    await new Promise(setImmediate);
  };
  return { settle, fulfil, log, advance: (milliseconds: number) => (now += milliseconds) };
}

const id = (n: number) => `cs_test_${n}`;

describe("an order viewed from a browser that may not see it", () => {
  it("is settled, once in five minutes", async () => {
    const { settle, fulfil, advance } = open();
    for (let i = 0; i < 3; i += 1) await settle(id(1));
    expect(fulfil.mock.calls).toEqual([[id(1)]]);
    advance(5 * MINUTE_MS);
    await settle(id(1));
    expect(fulfil).toHaveBeenCalledTimes(2);
  });

  it.each(["cs_test_", "cs_live_1", "cs_test_a b", "cs_test_../x", "pi_1", "", `cs_test_${"x".repeat(251)}`])(
    "is not looked up where %j is no id of this mode",
    async (checkoutId) => {
      const { settle, fulfil } = open();
      await settle(checkoutId);
      expect(fulfil).not.toHaveBeenCalled();
      const live = open({ live: true });
      await live.settle("cs_live_1");
      expect(live.fulfil).toHaveBeenCalledOnce();
    },
  );

  it("is looked up ten times a minute per address and thirty times in total, whatever ids are made up", async () => {
    const { settle, fulfil } = open();
    for (let n = 0; n < 50; n += 1) await settle(id(n));
    expect(fulfil).toHaveBeenCalledTimes(10);
    for (let n = 50; n < 150; n += 1) await settle(id(n), `203.0.113.${n}`);
    expect(fulfil).toHaveBeenCalledTimes(30);
    // Clients without a known address count together.
    const blind = open({ trustedProxyHops: 0 });
    for (let n = 0; n < 50; n += 1) await blind.settle(id(n));
    expect(blind.fulfil).toHaveBeenCalledTimes(30);
  });

  it("is logged if it cannot be settled, unless something else will settle it", async () => {
    const { settle, fulfil, log } = open();
    fulfil.mockRejectedValueOnce(new Error("broken"));
    await settle(id(1));
    expect(log.error).toHaveBeenCalledOnce();
  });
});
