import { encodeRecord } from "~/checkout/stripe/session-metadata";
import { createVirtualTime } from "./virtual-time";
import { createWorld, SHOP_TAG } from "./world";

const DAY_MS = 86_400_000;

/**
 * Restarts a shop with this many finished orders in the last four days and one open payment page. Stripe takes 250 ms
 * per list page, and the limiter allows 24 requests a second. `closedMs`: virtual milliseconds until the shop allows
 * changes again.
 */
export async function restartAfter(orders: number): Promise<{ closedMs: number; requests: number; isHeld: boolean }> {
  const world = createWorld({ rows: { mug: 1 } });
  const seller = await world.open();
  for (let n = 0; n < orders; n += 1) {
    const line = {
      productId: "mug",
      name: "Mug",
      quantity: 1,
      unitAmount: 1250,
      state: { mark: "done", from: 2, to: 1 },
    } as const;
    const record = {
      claimId: `claim of order ${n}`,
      sessionHash: "somebody",
      fingerprint: "cart",
      currency: "usd",
      verdict: null,
      lines: [line],
    };
    const created = await seller.dependencies.gateway.create(
      {
        mode: "payment",
        line_items: [
          { quantity: 1, price_data: { currency: "usd", unit_amount: 1250, product_data: { name: "Mug" } } },
        ],
        success_url: "http://shop.test/",
        metadata: { ...encodeRecord(SHOP_TAG, record) },
      },
      record.claimId,
    );
    if (created.outcome !== "created") throw new Error(`no payment page: ${created.outcome}`);
    world.stripe.pay(created.session.id);
    world.advance(Math.floor((3.9 * DAY_MS) / orders));
  }
  await seller.pay("ann", { mug: 1 });
  seller.kill();

  const time = createVirtualTime();
  // Runs once before and once after each request: 24 requests a second of at least 250 ms each.
  const restarted = world.boot({ pause: () => time.turn(48).then(() => time.wait(125)) });
  const begun = time.now();
  const opened = (async () => {
    while (!restarted.checkout.ready) await time.wait(1);
    return time.now() - begun;
  })();
  await time.run(restarted.checkout.rebuild());
  const closedMs = await opened;
  return { closedMs, requests: restarted.calls.length, isHeld: (await restarted.store.totals()).units === 1 };
}
