import { describe, expect, test } from "vitest";
import { cart, errorOf, line, linkedId, startSandbox } from "./stripe-sandbox-fixture";

describe("Prices", () => {
  test("are created, read, listed newest first with filters, and deactivated", async () => {
    const { stripe } = startSandbox();
    const mug = await stripe.prices.create({ currency: "EUR", unit_amount: 900, product_data: { name: "Mug" } });
    const club = await stripe.prices.create({
      currency: "usd",
      unit_amount: 500,
      product: linkedId(mug.product),
      recurring: { interval: "month" },
    });
    const old = await stripe.prices.create({
      currency: "eur",
      unit_amount: 800,
      product: linkedId(mug.product),
      active: false,
    });
    await stripe.checkout.sessions.create(cart({ line_items: [line(100)] }));
    expect(mug).toMatchObject({ currency: "eur", type: "one_time", active: true, recurring: null });
    expect(await stripe.prices.retrieve(mug.id, { expand: ["product"] })).toMatchObject({
      unit_amount: 900,
      product: { name: "Mug", active: true },
    });
    const ids = async (query: Parameters<typeof stripe.prices.list>[0]) =>
      (await stripe.prices.list(query)).data.map(({ id }) => id);
    expect(await ids({})).toEqual([old.id, club.id, mug.id]);
    expect(await ids({ active: true })).toEqual([club.id, mug.id]);
    expect(await ids({ type: "one_time", active: true })).toEqual([mug.id]);
    expect(await ids({ limit: 1, starting_after: old.id })).toEqual([club.id]);
    expect(await stripe.prices.update(mug.id, { active: false })).toMatchObject({ active: false });
    expect(await ids({ active: true })).toEqual([club.id]);
  });

  test("that cannot be sold are rejected by payment pages as Stripe does", async () => {
    const { stripe, controls } = startSandbox();
    controls.setPrices([
      { id: "price_old", currency: "usd", unit_amount: 700, product_name: "Old", active: false },
      { id: "price_club", currency: "usd", unit_amount: 700, product_name: "Club", recurring: true },
      { id: "price_gone", currency: "usd", unit_amount: 700, product_name: "Gone", product_active: false },
      { id: "price_euro", currency: "eur", unit_amount: 700, product_name: "Euro" },
    ]);
    const refusal = (price: string, currency = "usd") =>
      errorOf(stripe.checkout.sessions.create(cart({ currency, line_items: [line(100), { price, quantity: 1 }] })));
    expect(await refusal("price_old")).toMatchObject({
      rawType: "invalid_request_error",
      statusCode: 400,
      param: "line_items[1][price]",
      message: "The price specified is inactive. This field only accepts active prices.",
    });
    expect(await refusal("price_club")).toMatchObject({
      rawType: "invalid_request_error",
      statusCode: 400,
      param: "line_items[1]",
    });
    expect(await refusal("price_gone")).toMatchObject({
      rawType: "invalid_request_error",
      statusCode: 400,
      param: "line_items[1][price]",
    });
    expect(await refusal("price_none")).toMatchObject({
      code: "resource_missing",
      statusCode: 400,
      param: "line_items[1][price]",
    });
    expect(await refusal("price_euro")).toMatchObject({ statusCode: 400, param: "line_items[1][price]" });
  });
});
