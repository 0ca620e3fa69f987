/** What a shop over a merchant's table must do, seen from outside. */
import { expect } from "vitest";
import { clockText } from "~/components/clock-text";
import { stockText } from "~/components/shop/stock-text";
import type { StripeSandbox } from "~/sandbox/stripe/stripe-sandbox.server";
import { t } from "~/words/words";
import { setSiteOf } from "../words/site";
import type { Shape } from "./shape";
import { plain, Shopper, type Seen } from "./shopper";

setSiteOf();

export interface RunningShop {
  readonly url: string;
  readonly stripe: StripeSandbox;
  /** Runs SQL in the merchant's database. */
  readonly query: (sql: string) => Promise<readonly unknown[]>;
}

/** It shows what is for sale and nothing else, and a paid order takes its units from the row once, at the price that was shown. */
export async function sellsRightly(shop: RunningShop, shape: Shape): Promise<void> {
  if (shape.later !== undefined) {
    expect(await seenIn(shop)).toEqual([]);
    await shop.query(shape.later);
  }
  expect(await seenIn(shop)).toEqual(shape.expect.list.map(inWords));
  await findsNothingHidden(shop, shape);
  await buys(shop, shape);
}

/** Whoever tries to buy what it lists is refused, and Stripe is never asked for a payment page. */
export async function sellsNothing(shop: RunningShop): Promise<void> {
  const shopper = new Shopper(shop.url);
  for (const { name } of await shopper.list()) {
    const reserved = await shopper.post("/api/reserve-inventory", { items: [{ name, quantity: 1 }] });
    expect([409, 503]).toContain(reserved.status);
  }
  await expect(shopper.pay()).rejects.toThrow("no payment page");
  expect(shop.stripe.controls.sessions()).toEqual([]);
}

const line = ({ name, price, stock }: Seen) => [name, price, stock].join(" · ");

/** The line of a list as the page words it. */
const inWords = (listed: string) =>
  listed.replace(/no price$/, `${t("product.noPrice")} · ${t("product.notForSale")}`).replace(/ \d+$/, (units) => {
    const available = Number(units);
    return ` ${stockText({ onHand: available, available, heldByYou: 0, nextReleaseAt: null }, clockText)}`;
  });

async function seenIn(shop: RunningShop): Promise<readonly string[]> {
  return (await new Shopper(shop.url).list()).map(line);
}

async function findsNothingHidden(shop: RunningShop, { expect: { hidden = {} } }: Shape): Promise<void> {
  const shopper = new Shopper(shop.url);
  const sitemap = await shopper.get("/sitemap.xml");
  expect(sitemap.status).toBe(200);
  for (const [id, name] of Object.entries(hidden)) {
    expect((await shopper.list(name)).map((product) => product.name)).not.toContain(name);
    expect((await shopper.get(`/products/${encodeURIComponent(id)}`)).status).toBe(404);
    expect(sitemap.text).not.toContain(`/products/${encodeURIComponent(id)}<`);
    for (const by of [{ product_id: id }, { name }]) {
      const reserved = await shopper.post("/api/reserve-inventory", { items: [{ ...by, quantity: 1 }] });
      expect([by, reserved.status]).toEqual([by, 404]);
    }
  }
}

async function buys(shop: RunningShop, { expect: { list, sale } }: Shape): Promise<void> {
  const { controls } = shop.stripe;
  const { webhooks } = controls;
  const stock = async () => Number(((await shop.query(sale.stock)) as readonly { stock: unknown }[])[0]?.stock);
  const before = await stock();
  const shopper = new Shopper(shop.url);
  const product = await shopper.product(sale.id);
  expect(list.map(inWords)).toContain(line(product));
  if (sale.image !== undefined) expect(product.image).toBe(sale.image);
  if (sale.description !== undefined) expect(product.description).toBe(sale.description);

  const cart = await shopper.buy(sale.id, sale.quantity);
  expect(cart.each).toBe(t("product.each", { price: product.price }));
  expect(cart.total).toBe(cart.subtotal);
  const { checkoutId, orderPath } = await shopper.pay();
  await webhooks.idle();
  expect(controls.session(checkoutId)).toMatchObject({
    payment_status: "paid",
    amount_total: sale.unitAmount * sale.quantity,
    currency: sale.currency ?? "usd",
  });
  expect(product.offer).toEqual({ amount: sale.unitAmount, currency: sale.currency ?? "usd" });
  expect(await stock()).toBe(before - sale.quantity);

  for (const { eventId } of [...webhooks.deliveries()]) expect(webhooks.resend(eventId)).toBe(true);
  const order = plain(await shopper.page(orderPath));
  expect(order).toContain(product.name);
  expect(order).toContain(cart.total);
  await webhooks.idle();
  expect(await stock()).toBe(before - sale.quantity);
}
