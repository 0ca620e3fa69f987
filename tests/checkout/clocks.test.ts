import { describe, expect, it } from "vitest";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import { createWorld, MAX_AGE_MS, ORIGIN, TTL_MS } from "./world";

const MINUTE_MS = 60_000;

/** Outcome of `start` on a server whose clock is `skewMs` ahead of Stripe's. */
async function payWithSkew(skewMs: number, checkoutTtlMs = 900_000): Promise<string> {
  const world = createWorld({ config: { checkoutTtlMs } });
  const clock = { now: world.clock.now, wall: () => world.clock.wall() + skewMs };
  const shop = await world.open({
    dependencies: (real) => ({
      clock,
      reservations: {
        ...real.reservations,
        store: createMemoryReservationStore({ clock, ttlMs: TTL_MS, maxAgeMs: MAX_AGE_MS }),
      },
    }),
  });
  return (await shop.checkout.start({ sessionHash: "ann", lines: [{ productId: "mug", quantity: 1 }], origin: ORIGIN }))
    .outcome;
}

describe("a server whose clock differs from Stripe's", () => {
  it.each([-1, -14, 1, 50])("opens payment pages with a skew of %d minutes", async (minutes) => {
    expect(await payWithSkew(minutes * MINUTE_MS)).toBe("redirect");
  });

  it("opens the longest page while up to an hour ahead", async () => {
    expect(await payWithSkew(59 * MINUTE_MS, 23 * 60 * MINUTE_MS)).toBe("redirect");
  });

  it("can't open pages with more skew, because Stripe rejects sessions that end within 30 minutes by its clock", async () => {
    expect(await payWithSkew(-16 * MINUTE_MS)).toBe("not_payable");
  });
});
