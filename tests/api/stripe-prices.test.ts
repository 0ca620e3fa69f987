import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN_TOKEN, AS_OPERATOR, productId } from "./demo-shop";
import { Caller } from "./http-client";
import { figure, parseMetrics } from "./metrics-text";
import { startStandIns, type StandIns } from "./stand-ins";
import { freePort, startStore, type StoreProcess } from "./store-process";

const MUG = productId("Tide Mug");
const POT = productId("Foghorn Teapot");

let services: StandIns;
let store: StoreProcess;

const PRICES = [
  { id: "price_mug", currency: "eur", unit_amount: 9900, product_name: "Tide Mug" },
  { id: "price_pot", currency: "eur", unit_amount: 5000, product_name: "Foghorn Teapot", active: false },
];

/** The rows have a price in dollars and a Stripe Price in euros. */
beforeAll(async () => {
  const port = await freePort();
  services = await startStandIns(port);
  await services.exec("alter table products add column stripe_price text");
  await services.exec(
    "update products set stripe_price = case id when $1 then 'price_mug' when $2 then 'price_pot' end",
    [MUG, POT],
  );
  services.stripe.controls.setPrices(PRICES);
  const columns = "id,name,price,inventory=inventory_count,description,image=image_url,stripe_price";
  store = await startStore({ ...services.env, ADMIN_TOKEN, PRODUCTS_COLUMNS: columns }, { port });
}, 300_000);

afterAll(async () => {
  await store.stop();
  await services.close();
});

describe("a running store with Stripe Prices", { timeout: 60_000 }, () => {
  it("shows the price that Stripe charges in list, product page, JSON-LD and cart", async () => {
    const visitor = new Caller(store.url);
    const page = (await visitor.get(`/products/${MUG}`)).text;
    expect(page).toContain("€99.00");
    expect(page).toContain('"price":"99.00","priceCurrency":"EUR"');
    expect((await visitor.get("/?q=Tide%20Mug")).text).toContain("€99.00");
    const form = await visitor.send("POST", "/cart", { form: { intent: "add", product_id: MUG, quantity: "2" } });
    expect([302, 303]).toContain(form.status);
    expect((await visitor.get("/cart")).text).toContain("€198.00");

    expect(await visitor.openPaymentPage()).toContain("/pay/cs_");
    expect(services.stripe.controls.sessions().at(-1)).toMatchObject({ amount_total: 19_800, currency: "eur" });
  });

  it("does not offer a product with an inactive Price, and warns the operator", async () => {
    const visitor = new Caller(store.url);
    const page = (await visitor.get(`/products/${POT}`)).text;
    expect(page).toContain("Price unavailable");
    expect(page).not.toContain("Add to cart: Foghorn Teapot");
    expect(page).not.toContain('"offers"');
    const ready = await visitor.get("/readyz");
    expect(ready.text).toMatch(new RegExp(`${POT}.*its Stripe Price price_pot is inactive`));
    expect(figure(parseMetrics((await visitor.get("/metrics", AS_OPERATOR)).text), "products_unavailable")).toBe(1);
    expect(store.output()).toMatch(new RegExp(`${POT}.*its Stripe Price price_pot is inactive`));
  });

  it("shows a page without the price if Stripe takes longer than half a second to respond", async () => {
    await services.exec("update products set stripe_price = 'price_new' where id = $1", [POT]);
    services.stripe.controls.setPrices([
      { id: "price_new", currency: "eur", unit_amount: 5100, product_name: "Foghorn Teapot" },
    ]);
    const held = services.stripe.controls.holdNext({ path: "/v1/prices/price_new" });
    const visitor = new Caller(store.url);
    expect((await visitor.get(`/products/${POT}`)).text).toContain("Price unavailable");
    held.release();
    await expect
      .poll(async () => (await visitor.get(`/products/${POT}`)).text, { timeout: 20_000 })
      .toContain("€51.00");
  });
});
