import { describe, expect, it } from "vitest";
import { PATIENCE } from "~/checkout/stripe/ask-stripe.server";
import { createPriceBook } from "~/checkout/stripe/price-book.server";
import { createStripe } from "~/checkout/stripe/stripe-client.server";
import { createStripeGateway } from "~/checkout/stripe/stripe-gateway.server";
import { UnavailableError } from "~/errors";
import { createStripeSandbox } from "~/sandbox/stripe/stripe-sandbox.server";

/** Opens a price book over a stand-in with Prices `price_0`, `price_1`, …; the test controls its clock and pauses. */
function openBook({ prices = 1, strangers = 0 } = {}) {
  const time = { ms: 0 };
  const sandbox = createStripeSandbox({
    webhookUrls: [],
    paymentPageBase: () => "http://pay.test",
    schedule: () => undefined,
  });
  const price = (id: string, facts = {}) => ({ id, currency: "usd", unit_amount: 500, product_name: id, ...facts });
  const numbered = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name}_${n}`);
  sandbox.controls.setPrices([...numbered("price", prices), ...numbered("other", strangers)].map((id) => price(id)));
  const pauses: { ms: number; end: () => void }[] = [];
  const stripe = createStripe({
    secretKey: "sk_test_sandbox",
    fetch: sandbox.httpFetch,
    timeoutMs: 5_000,
    maxNetworkRetries: 0,
  });
  const book = createPriceBook({
    gateway: createStripeGateway(stripe, { ...PATIENCE, readMs: 0 }),
    now: () => time.ms,
    pause: (ms) => new Promise<void>((end) => pauses.push({ ms, end })),
  });
  return {
    book,
    time,
    pauses,
    ids: numbered("price", prices),
    controls: sandbox.controls,
    set: (id: string, facts = {}) => sandbox.controls.setPrices([price(id, facts)]),
    calls: () => sandbox.controls.calls().map(({ path }) => path),
  };
}

const USABLE = { state: "usable", price: { amount: 500, currency: "usd" } };
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("Prices for pages", () => {
  it("are read once, however many callers request them", async () => {
    const { book, calls } = openBook();
    const [one, other] = await Promise.all([book.read(["price_0"]), book.read(["price_0", "price_0"])]);
    expect([...one, ...other]).toEqual([
      ["price_0", USABLE],
      ["price_0", USABLE],
    ]);
    await book.read(["price_0"]);
    expect(calls()).toEqual(["/v1/prices/price_0"]);
  });

  it("delay a page by half a second at most, and are known once Stripe has responded", async () => {
    const { book, controls, pauses } = openBook({ prices: 2 });
    await book.read(["price_1"]);
    const held = controls.holdNext({ path: "/v1/prices/price_0" });
    const reading = book.read(["price_0", "price_1"]);
    await held.reached;
    expect(pauses.at(-1)?.ms).toBe(500);
    pauses.at(-1)?.end();
    expect([...(await reading).keys()]).toEqual(["price_1"]);
    held.release();
    await expect.poll(async () => (await book.read(["price_0"])).get("price_0")).toEqual(USABLE);
  });

  it("that could not be read do not delay the next page", async () => {
    const { book, controls, time, calls } = openBook();
    controls.failNext({ path: "/v1/prices/*", status: 500, times: 1 });
    expect((await book.read(["price_0"])).size).toBe(0);
    time.ms += 1_999;
    expect((await book.read(["price_0"])).size).toBe(0);
    expect(calls()).toHaveLength(1);
    time.ms += 1;
    expect((await book.read(["price_0"])).get("price_0")).toEqual(USABLE);
  });

  it("keep their last reading while Stripe is unavailable", async () => {
    const { book, controls, time } = openBook();
    await book.warm(["price_0"]);
    controls.failNext({ status: 500, times: 100 });
    await expect(book.reread(["price_0"])).rejects.toThrow(UnavailableError);
    await expect(book.warm(["price_0"])).rejects.toThrow(UnavailableError);
    time.ms += 86_400_000;
    expect((await book.read(["price_0"])).get("price_0")).toEqual(USABLE);
  });

  it("that were deactivated are read again from time to time in the background", async () => {
    const { book, set, time, calls, pauses } = openBook();
    set("price_0", { active: false });
    const inactive = { state: "unusable", problem: "inactive" };
    expect((await book.read(["price_0"])).get("price_0")).toEqual(inactive);
    set("price_0");
    time.ms += 29_999;
    await book.read(["price_0"]);
    expect(calls()).toHaveLength(1);
    time.ms += 1;
    const waits = pauses.length;
    expect((await book.read(["price_0"])).get("price_0")).toEqual(inactive);
    expect(pauses).toHaveLength(waits);
    await expect.poll(async () => (await book.read(["price_0"])).get("price_0")).toEqual(USABLE);
    expect(calls()).toHaveLength(2);
  });

  it("for a whole table are left to the periodic check", async () => {
    const { book, ids, calls } = openBook({ prices: 61 });
    expect((await book.read(ids)).size).toBe(0);
    await settled();
    expect(calls()).toEqual([]);
    expect((await book.read(ids.slice(0, 60))).size).toBe(60);
  });
});

describe("the periodic check", () => {
  it("takes one request per hundred active Prices and one per deactivated Price", async () => {
    const { book, ids, set, calls } = openBook({ prices: 250 });
    set("price_7", { active: false });
    await book.warm([...ids, "price_unknown"]);
    expect(calls().filter((path) => path === "/v1/prices")).toHaveLength(3);
    expect(
      calls()
        .filter((path) => path !== "/v1/prices")
        .sort(),
    ).toEqual(["/v1/prices/price_7", "/v1/prices/price_unknown"]);
    const readings = await book.read([...ids.slice(0, 50), "price_unknown"]);
    expect([...readings.values()].filter(({ state }) => state === "usable")).toHaveLength(49);
    expect(readings.get("price_7")).toEqual({ state: "unusable", problem: "inactive" });
    expect(readings.get("price_unknown")).toEqual({ state: "unusable", problem: "missing" });
  });

  it("does not read an account's whole list for a few Prices", async () => {
    const { book, ids, calls } = openBook({ prices: 2, strangers: 1_000 });
    await book.warm(ids);
    expect(calls()).toHaveLength(4);
    expect((await book.read(ids)).size).toBe(2);
    expect(calls()).toHaveLength(4);
  });

  it("keeps what it could read if one Price fails", async () => {
    const { book, controls } = openBook({ prices: 3 });
    controls.failNext({ path: "/v1/prices/price_none", status: 500 });
    await expect(book.warm(["price_0", "price_none", "price_2"])).rejects.toThrow(UnavailableError);
    expect([...(await book.read(["price_0", "price_2"])).keys()]).toEqual(["price_0", "price_2"]);
  });

  it("does not overwrite a later read", async () => {
    const { book, controls, set, time } = openBook();
    const held = controls.holdNext({ path: "/v1/prices", when: "after" });
    const warming = book.warm(["price_0"]);
    await held.reached;
    time.ms += 1;
    set("price_0", { active: false });
    await book.reread(["price_0"]);
    held.release();
    await warming;
    expect((await book.read(["price_0"])).get("price_0")).toEqual({ state: "unusable", problem: "inactive" });
  });
});
