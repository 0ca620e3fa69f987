/** What the operator is told when Stripe opens no payment page, over an assembled shop and the stand-in for Stripe. */
import { describe, expect, it } from "vitest";
import { createWorld, ORIGIN } from "../checkout/world";
import { assembleWorldShop } from "./assembled-shop";
import { install } from "./installed-shop";

const readyz = await import("~/routes/readyz");

const REASON = "No valid payment method types for this Checkout Session.";

/** A shop whose only payment method works in Canadian dollars, so that Stripe rejects every cart of euros. */
async function openShop() {
  const world = createWorld({
    rows: { mug: { inventory: 50, currency: "eur" }, syrup: { inventory: 50, currency: "cad" } },
  });
  const { shop, drivers } = assembleWorldShop(world.boot(), { env: { STRIPE_PAYMENT_METHODS: ["acss_debit"] } });
  await shop.checkout.rebuild();
  install(shop);
  let shoppers = 0;
  const pay = async (productId: string) => {
    const sessionHash = `shopper-${String((shoppers += 1))}`;
    const lines = [{ productId, quantity: 1 }];
    const started = await shop.checkout.start({ sessionHash, lines, origin: ORIGIN });
    return started.outcome === "not_payable" ? started.reason : started.outcome;
  };
  const warnings = async () => {
    const request = new Request(`${ORIGIN}/readyz`);
    const response = await readyz.loader({ request, params: {}, context: {} });
    const body = (await response.json()) as { warnings: string[] };
    // The operator's page keeps what it read for a moment.
    world.time.ms += 60_000;
    expect(body.warnings).toEqual((await shop.desk.overview()).warnings);
    return body.warnings;
  };
  const logged = () => drivers.journal.read({ filter: { text: "has rejected" } }).lines.length;
  return { pay, warnings, logged };
}

describe("after five rejected checkouts in a row", () => {
  it("/readyz and /admin say so with Stripe's own reason, and the log once, until a payment page opens", async () => {
    const { pay, warnings, logged } = await openShop();
    for (let n = 0; n < 4; n += 1) expect(await pay("mug")).toBe("rejected_by_stripe");
    expect(await warnings()).toEqual([]);

    await pay("mug");
    expect(await warnings()).toEqual([`Stripe has rejected the last 5 checkouts. Its latest reason: ${REASON}`]);
    await pay("mug");
    expect(await warnings()).toEqual([`Stripe has rejected the last 6 checkouts. Its latest reason: ${REASON}`]);
    expect(logged()).toBe(1);

    expect(await pay("syrup")).toBe("redirect");
    expect(await warnings()).toEqual([]);
  });

  it("nothing is said if one in between was accepted", async () => {
    const { pay, warnings, logged } = await openShop();
    for (const productId of ["mug", "mug", "mug", "mug", "syrup", "mug", "mug", "mug", "mug"]) await pay(productId);
    expect(await warnings()).toEqual([]);
    expect(logged()).toBe(0);
  });
});
