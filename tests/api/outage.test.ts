import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { expectProblem, read, readiness, refused, released, reserved } from "./contract-shapes";
import { ADMIN_TOKEN, AS_OPERATOR, Operator, productId } from "./demo-shop";
import { Caller } from "./http-client";
import { figure, parseMetrics } from "./metrics-text";
import { down, slow, startStandIns, type StandIns } from "./stand-ins";
import { freePort, startStore, type StoreProcess } from "./store-process";

/** A configured store whose services are slow or down, and whose table has invalid rows. */

const MUG = productId("Tide Mug");
const BOWL = productId("Harbour Bowl");
const PLATE = productId("Skerry Plate");

let services: StandIns;
let store: StoreProcess;
let operator: Operator;

beforeAll(async () => {
  const port = await freePort();
  services = await startStandIns(port);
  store = await startStore({ ...services.env, ADMIN_TOKEN }, { port });
  operator = new Operator(store.url);
}, 300_000);

afterAll(async () => {
  await store.stop();
  await services.close();
});

afterEach(() => {
  Object.assign(services.database, { before: undefined, after: undefined });
  Object.assign(services.payments, { before: undefined, after: undefined });
});

async function timed<T>(work: Promise<T>): Promise<{ response: T; milliseconds: number }> {
  const begin = performance.now();
  return { response: await work, milliseconds: performance.now() - begin };
}

describe.each([
  ["slow", slow],
  ["down", down],
])("while the database is %s", (_name, outage) => {
  it("changes get a 503 within 5 s, and nothing is held afterwards", async () => {
    const buyer = new Caller(store.url);
    services.database.before = outage;
    const { response, milliseconds } = await timed(buyer.reserve(MUG, 1));
    expectProblem(response, 503, "unavailable");
    expect(response.headers["retry-after"]).toMatch(/^\d+$/);
    expect(milliseconds).toBeLessThan(5_000);
    expect((await operator.holds()).total_reservations).toBe(0);
    services.database.before = undefined;
    expect(await operator.stock(MUG)).toMatchObject({ held: 0, inventory: 24 });
    read(await buyer.reserve(MUG, 1), 200, reserved);
    read(await buyer.send("DELETE", "/api/reserve-inventory"), 200, released);
  });

  it("reads of stock get a 503; releasing, viewing holds, health and metrics, which need no stock, still work", async () => {
    const buyer = new Caller(store.url);
    read(await buyer.reserve(MUG, 2), 200, reserved);
    services.database.before = outage;
    expectProblem(await buyer.get(`/api/availability?product_id=${MUG}`), 503, "unavailable");
    expectProblem(
      await buyer.post("/api/test-inventory-update", { product_id: MUG, delta: 1 }, AS_OPERATOR),
      503,
      "unavailable",
    );
    const holds = await operator.holds();
    expect(holds.reservations).toMatchObject([{ product_id: MUG, product_name: null, quantity: 2 }]);
    expect(read(await buyer.send("DELETE", "/api/reserve-inventory"), 200, released).released).toBe(1);
    const ready = read(await buyer.get("/readyz"), 200, readiness);
    expect(ready).toMatchObject({ status: "degraded", dependencies: { database: "failing" } });
    expect((await buyer.get("/healthz")).status).toBe(200);
    expect(figure(parseMetrics(await operator.metrics()), "reservations_total", { outcome: "error" })).toBeGreaterThan(
      0,
    );
  });

  it("pages and forms get a page that says so within 5 s", async () => {
    const visitor = new Caller(store.url);
    await visitor.get("/");
    services.database.before = outage;
    const add = { form: { intent: "add", product_id: MUG, quantity: "1" } };
    const results = await Promise.all([
      timed(visitor.get("/")),
      timed(visitor.get(`/products/${MUG}`)),
      timed(visitor.send("POST", "/cart", add)),
    ]);
    for (const { response, milliseconds } of results) {
      expect(response.status, response.text.slice(0, 200)).toBe(503);
      expect(milliseconds).toBeLessThan(5_000);
      expect(response.headers["content-type"]).toContain("text/html");
      // Without the messages that the page brings for its scripts.
      const shown = response.text.replace(/<script id="site".*?<\/script>/s, "");
      expect(shown).toMatch(/try again/i);
      expect(shown).not.toMatch(/sold out|no longer|not found/i);
    }
    services.database.before = undefined;
    expect((await operator.holds()).total_reservations).toBe(0);
  });
});

describe("while Stripe is down", () => {
  it("checking out fails with a page, keeps the hold, and works once Stripe is back", async () => {
    const buyer = new Caller(store.url);
    read(await buyer.reserve(MUG, 1), 200, reserved);
    services.payments.before = down;
    const { response } = await timed(buyer.send("POST", "/checkout", { form: {} }));
    expect(response.status).toBe(503);
    expect(response.headers["content-type"]).toContain("text/html");
    expect(await operator.stock(MUG)).toMatchObject({ held: 1, inventory: 24 });
    services.payments.before = undefined;
    expect(await buyer.openPaymentPage()).toContain("/pay/");
    expect(await operator.stock(MUG)).toMatchObject({ held: 1, inventory: 24 });
    expect(read(await buyer.send("DELETE", "/api/reserve-inventory"), 200, released).released).toBe(1);
  });
});

describe("a row", () => {
  beforeAll(async () => {
    await services.exec(
      "alter table products alter inventory_count drop not null; alter table products drop constraint products_inventory_count_check;",
    );
  });

  async function write(id: string, row: Record<string, unknown>): Promise<void> {
    const { error } = await services.supabase
      .from("products")
      .update(row as never)
      .eq("id", id);
    expect(error).toBeNull();
  }

  it.each([
    ["null", null],
    ["negative", -3],
  ])("with %s inventory sells nothing and is not changed", async (_name, inventory) => {
    await write(BOWL, { inventory_count: inventory });
    const response = read(await new Caller(store.url).reserve(BOWL, 1), 409, refused);
    expect(response.results).toMatchObject([{ success: false, available: 0, reason: "sold_out" }]);
    expect(await operator.stock(BOWL)).toMatchObject({ inventory: 0, held: 0, available: 0 });
    expect((await new Caller(store.url).get(`/products/${BOWL}`)).status).toBe(200);
    const rows = await services.exec("select inventory_count from products where id = $1", [BOWL]);
    expect(rows).toEqual([{ inventory_count: inventory }]);
    await write(BOWL, { inventory_count: 7 });
  });

  it("with the same name as another can only be reserved by id", async () => {
    await write(PLATE, { name: "Harbour Bowl" });
    const buyer = new Caller(store.url);
    expectProblem(
      await buyer.post("/api/reserve-inventory", { items: [{ name: "Harbour Bowl", quantity: 1 }] }),
      400,
      "ambiguous_product",
    );
    expect((await operator.holds()).total_reservations).toBe(0);
    read(
      await buyer.post("/api/reserve-inventory", {
        items: [
          { product_id: BOWL, quantity: 1 },
          { product_id: PLATE, quantity: 1 },
        ],
      }),
      200,
      reserved,
    );
    read(await buyer.send("DELETE", "/api/reserve-inventory"), 200, released);
    await write(PLATE, { name: "Skerry Plate" });
  });

  it("whose price changes after the cart was shown sends the shopper back to the cart, which shows the new price", async () => {
    const buyer = new Caller(store.url);
    read(await buyer.reserve(MUG, 2), 200, reserved);
    const shown =
      /name="shown" value="([^"]*)"/.exec((await buyer.get("/cart")).text)?.[1]?.replaceAll("&quot;", '"') ?? "";
    const pay = (form: Record<string, string>) =>
      buyer.send("POST", "/checkout", { form, headers: { Origin: new URL(store.url).origin } });
    await write(MUG, { price: 31 });
    const back = await pay({ shown });
    expect([back.status, back.headers.location]).toEqual([303, expect.stringMatching(/^\/cart\?changed=/)]);
    expect((await buyer.get(back.headers.location ?? "")).text).toContain("Price changed from $28.00 to $31.00.");
    // Checkout continues once the shopper has seen the new price, or if the form does not say what was shown.
    const seen =
      /name="shown" value="([^"]*)"/.exec((await buyer.get("/cart")).text)?.[1]?.replaceAll("&quot;", '"') ?? "";
    for (const payment of [await pay({ shown: seen }), await pay({})])
      expect(payment.headers.location).toContain(services.env.STRIPE_API_BASE);
    read(await buyer.send("DELETE", "/api/reserve-inventory"), 200, released);
    await write(MUG, { price: 28 });
  });

  it("that was deleted can be released but not reserved", async () => {
    const buyer = new Caller(store.url);
    read(await buyer.reserve(PLATE, 1), 200, reserved);
    const { error } = await services.supabase.from("products").delete().eq("id", PLATE);
    expect(error).toBeNull();
    expectProblem(await buyer.reserve(PLATE, 2), 404, "unknown_product");
    expect((await operator.holds()).total_units).toBe(1);
    const response = read(await buyer.reserve(PLATE, 0), 200, reserved);
    expect(response.results).toMatchObject([{ product_id: PLATE, name: null, quantity: 0 }]);
    expect((await operator.holds()).total_units).toBe(0);
  });
});
