import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { expectProblem, read, readiness, refused, released, reserved } from "./contract-shapes";
import { ADMIN_TOKEN, AS_OPERATOR, Operator, productId } from "./demo-shop";
import { Caller } from "./http-client";
import { figure, parseMetrics } from "./metrics-text";
import { down, slow, startStandIns, type StandIns } from "./stand-ins";
import { freePort, startStore, type StoreProcess } from "./store-process";

/** A configured store on a merchant's table that is not as it should be, and on services that do not answer. */

const MUG = productId("Tide Mug");
const BOWL = productId("Harbour Bowl");
const PLATE = productId("Skerry Plate");

let outside: StandIns;
let store: StoreProcess;
let operator: Operator;

beforeAll(async () => {
  const port = await freePort();
  outside = await startStandIns(port);
  store = await startStore({ ...outside.env, ADMIN_TOKEN }, { port });
  operator = new Operator(store.url);
}, 150_000);

afterAll(async () => {
  await store.stop();
  await outside.close();
});

afterEach(() => {
  Object.assign(outside.database, { before: undefined, after: undefined });
  Object.assign(outside.payments, { before: undefined, after: undefined });
});

async function timed<T>(work: Promise<T>): Promise<{ answer: T; milliseconds: number }> {
  const begin = performance.now();
  return { answer: await work, milliseconds: performance.now() - begin };
}

describe.each([
  ["slow", slow],
  ["down", down],
])("a database that is %s", (_name, weather) => {
  it("makes changes answer 503 within 5 s, with nothing held afterwards", async () => {
    const buyer = new Caller(store.url);
    outside.database.before = weather;
    const { answer, milliseconds } = await timed(buyer.reserve(MUG, 1));
    expectProblem(answer, 503, "unavailable");
    expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
    expect(milliseconds).toBeLessThan(5_000);
    expect((await operator.holds()).total_reservations).toBe(0);
    outside.database.before = undefined;
    expect(await operator.stock(MUG)).toMatchObject({ held: 0, inventory: 24 });
    read(await buyer.reserve(MUG, 1), 200, reserved);
    read(await buyer.send("DELETE", "/api/reserve-inventory"), 200, released);
  });

  it("makes reads of stock answer 503, and what needs no stock is served: giving back, seeing holds, health, figures", async () => {
    const buyer = new Caller(store.url);
    read(await buyer.reserve(MUG, 2), 200, reserved);
    outside.database.before = weather;
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

  it("makes pages and forms say so in words, within 5 s", async () => {
    const visitor = new Caller(store.url);
    await visitor.get("/");
    outside.database.before = weather;
    const add = { form: { intent: "add", product_id: MUG, quantity: "1" } };
    const asked = await Promise.all([
      timed(visitor.get("/")),
      timed(visitor.get(`/products/${MUG}`)),
      timed(visitor.send("POST", "/cart", add)),
    ]);
    for (const { answer, milliseconds } of asked) {
      expect(answer.status, answer.text.slice(0, 200)).toBe(503);
      expect(milliseconds).toBeLessThan(5_000);
      expect(answer.headers["content-type"]).toContain("text/html");
      expect(answer.text).toMatch(/try again|Try again/);
      expect(answer.text).not.toMatch(/sold out|no such product/i);
    }
    outside.database.before = undefined;
    expect((await operator.holds()).total_reservations).toBe(0);
  });
});

describe("a Stripe that is down", () => {
  it("keeps the hold of whoever wants to pay, says so in words, and lets them pay later", async () => {
    const buyer = new Caller(store.url);
    read(await buyer.reserve(MUG, 1), 200, reserved);
    outside.payments.before = down;
    const { answer } = await timed(buyer.send("POST", "/checkout", { form: {} }));
    expect(answer.status).toBe(503);
    expect(answer.headers["content-type"]).toContain("text/html");
    expect(await operator.stock(MUG)).toMatchObject({ held: 1, inventory: 24 });
    outside.payments.before = undefined;
    expect(await buyer.openPaymentPage()).toContain("/pay/");
    expect(await operator.stock(MUG)).toMatchObject({ held: 1, inventory: 24 });
    expect(read(await buyer.send("DELETE", "/api/reserve-inventory"), 200, released).released).toBe(1);
  });
});

describe("rows that are not as they should be", () => {
  beforeAll(async () => {
    await outside.exec(
      "alter table products alter inventory_count drop not null; alter table products drop constraint products_inventory_count_check;",
    );
  });

  async function write(id: string, row: Record<string, unknown>): Promise<void> {
    const { error } = await outside.supabase
      .from("products")
      .update(row as never)
      .eq("id", id);
    expect(error).toBeNull();
  }

  it.each([
    ["null", null],
    ["negative", -3],
  ])("with %s inventory sell nothing, and are left as they are", async (_name, inventory) => {
    await write(BOWL, { inventory_count: inventory });
    const answer = read(await new Caller(store.url).reserve(BOWL, 1), 409, refused);
    expect(answer.results).toMatchObject([{ success: false, available: 0, reason: "sold_out" }]);
    expect(await operator.stock(BOWL)).toMatchObject({ inventory: 0, held: 0, available: 0 });
    expect((await new Caller(store.url).get(`/products/${BOWL}`)).status).toBe(200);
    const rows = await outside.exec("select inventory_count from products where id = $1", [BOWL]);
    expect(rows).toEqual([{ inventory_count: inventory }]);
    await write(BOWL, { inventory_count: 7 });
  });

  it("of one name are not guessed between; by id both can be had", async () => {
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

  it("whose price changes between the cart's page and its Pay button lead back to the cart, which says so", async () => {
    const buyer = new Caller(store.url);
    read(await buyer.reserve(MUG, 2), 200, reserved);
    const shown =
      /name="shown" value="([^"]*)"/.exec((await buyer.get("/cart")).text)?.[1]?.replaceAll("&quot;", '"') ?? "";
    const pay = (form: Record<string, string>) =>
      buyer.send("POST", "/checkout", { form, headers: { Origin: new URL(store.url).origin } });
    await write(MUG, { price: 31 });
    const back = await pay({ shown });
    expect([back.status, back.headers.location]).toEqual([303, expect.stringMatching(/^\/cart\?changed=/)]);
    expect((await buyer.get(back.headers.location ?? "")).text).toContain("Tide Mug is now $31.00.");
    // Nobody was sent to Stripe, and whoever has seen the new price, or says nothing, is.
    const seen =
      /name="shown" value="([^"]*)"/.exec((await buyer.get("/cart")).text)?.[1]?.replaceAll("&quot;", '"') ?? "";
    for (const payment of [await pay({ shown: seen }), await pay({})])
      expect(payment.headers.location).toContain(outside.env.STRIPE_API_BASE);
    read(await buyer.send("DELETE", "/api/reserve-inventory"), 200, released);
    await write(MUG, { price: 28 });
  });

  it("that are gone can be given back but not held", async () => {
    const buyer = new Caller(store.url);
    read(await buyer.reserve(PLATE, 1), 200, reserved);
    const { error } = await outside.supabase.from("products").delete().eq("id", PLATE);
    expect(error).toBeNull();
    expectProblem(await buyer.reserve(PLATE, 2), 404, "unknown_product");
    expect((await operator.holds()).total_units).toBe(1);
    const answer = read(await buyer.reserve(PLATE, 0), 200, reserved);
    expect(answer.results).toMatchObject([{ product_id: PLATE, name: null, quantity: 0 }]);
    expect((await operator.holds()).total_units).toBe(0);
  });
});
