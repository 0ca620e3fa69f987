import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  allReservations,
  availability,
  expectProblem,
  inspection,
  ownReservations,
  read,
  readiness,
  refused,
  released,
  reserved,
  stockMoved,
} from "./contract-shapes";
import { ADMIN_TOKEN, AS_OPERATOR, Operator, productId } from "./demo-shop";
import { ask, Caller, pay } from "./http-client";
import { figure, parseMetrics } from "./metrics-text";
import { startStore, type StoreProcess } from "./store-process";

let store: StoreProcess;
let operator: Operator;
const MUG = productId("Tide Mug");
const BOWL = productId("Harbour Bowl");
const TEAPOT = productId("Foghorn Teapot");

beforeAll(async () => {
  store = await startStore({ ADMIN_TOKEN });
  operator = new Operator(store.url);
}, 300_000);

afterAll(() => store.stop());

function caller(): Caller {
  return new Caller(store.url);
}

async function metrics() {
  return parseMetrics(await operator.metrics());
}

describe("reserving", () => {
  it("returns what is held, until when, and what is left", async () => {
    await operator.setStock(MUG, 24);
    const buyer = caller();
    const first = await buyer.reserve(MUG, 3);
    expect(first.headers["cache-control"]).toBe("private, no-store");
    const response = read(first, 200, reserved);
    expect(response.results).toEqual([
      { product_id: MUG, name: "Tide Mug", success: true, quantity: 3, available: 24, remaining: 21 },
    ]);
    expect(response.expires_in_seconds).toBeGreaterThan(100);
    expect(response.expires_in_seconds).toBeLessThanOrEqual(120);
    expect(Math.abs(Date.parse(response.expires_at ?? "") - Date.now() - 120_000)).toBeLessThan(10_000);
    expect(buyer.cookie).toMatch(/^cart=/);
    expect(await operator.stock(MUG)).toMatchObject({ inventory: 24, held: 3, available: 21, held_by_you: 0 });
    await buyer.send("DELETE", "/api/reserve-inventory");
  });

  it("sets quantities, sums repeated products, accepts names for ids, and releases on a quantity of 0", async () => {
    const buyer = caller();
    const both = read(
      await buyer.post("/api/reserve-inventory", {
        items: [
          { product_id: MUG, quantity: 2 },
          { name: "Harbour Bowl", quantity: 1 },
          { product_id: MUG, quantity: 1 },
        ],
      }),
      200,
      reserved,
    );
    expect(both.results.map(({ product_id, quantity }) => [product_id, quantity])).toEqual([
      [MUG, 3],
      [BOWL, 1],
    ]);
    const fewer = read(
      await buyer.post("/api/reserve-inventory", {
        items: [
          { product_id: MUG, quantity: 1 },
          { product_id: BOWL, quantity: 0 },
        ],
      }),
      200,
      reserved,
    );
    expect(fewer.results).toMatchObject([
      { quantity: 1, remaining: 23 },
      { quantity: 0, success: true },
    ]);
    expect(await operator.stock(BOWL)).toMatchObject({ held: 0 });
    const none = read(await buyer.reserve(MUG, 0), 200, reserved);
    expect(none).toMatchObject({ expires_at: null, expires_in_seconds: null });
    expect(await operator.stock(MUG)).toMatchObject({ held: 0 });
  });

  it("is all or nothing, and distinguishes held by others from sold out", async () => {
    await operator.setStock(TEAPOT, 1);
    const first = caller();
    const second = caller();
    read(await first.reserve(TEAPOT, 1), 200, reserved);
    const response = read(
      await second.post("/api/reserve-inventory", {
        items: [
          { product_id: MUG, quantity: 1 },
          { product_id: TEAPOT, quantity: 1 },
        ],
      }),
      409,
      refused,
    );
    expect(response.results).toMatchObject([
      { product_id: MUG, success: true },
      { product_id: TEAPOT, success: false, requested: 1, available: 0, reason: "held_by_others" },
    ]);
    expect(await operator.stock(MUG)).toMatchObject({ held: 0 });
    await first.send("DELETE", "/api/reserve-inventory");
    const tooMany = read(await second.reserve(TEAPOT, 2), 409, refused);
    expect(tooMany.results).toMatchObject([{ success: false, requested: 2, available: 1, reason: "sold_out" }]);
  });

  it("works without cookies, with the session_id of an earlier response", async () => {
    const { session_id } = read(await caller().reserve(MUG, 2), 200, reserved);
    const later = caller();
    const more = read(
      await later.post("/api/reserve-inventory", { session_id, items: [{ product_id: BOWL, quantity: 1 }] }),
      200,
      reserved,
    );
    expect(more.session_id).toBe(session_id);
    const own = read(
      await caller().get(`/api/reserve-inventory?session_id=${encodeURIComponent(session_id)}`),
      200,
      ownReservations,
    );
    expect(own).toMatchObject({ total_reservations: 2, total_units: 3 });
    expect(
      read(await caller().send("DELETE", "/api/reserve-inventory", { json: { session_id } }), 200, released).released,
    ).toBe(2);
  });
});

describe("releasing and viewing", () => {
  it("releases the listed items, then everything, then nothing, and never another caller's", async () => {
    const buyer = caller();
    const other = caller();
    await other.reserve(MUG, 1);
    await buyer.post("/api/reserve-inventory", {
      items: [
        { product_id: MUG, quantity: 1 },
        { product_id: BOWL, quantity: 1 },
      ],
    });
    expect(
      read(
        await buyer.send("DELETE", "/api/reserve-inventory", { json: { items: [{ product_id: MUG }] } }),
        200,
        released,
      ).released,
    ).toBe(1);
    expect(
      read(await buyer.send("DELETE", "/api/reserve-inventory", { json: { items: [] } }), 200, released).released,
    ).toBe(1);
    expect(read(await buyer.send("DELETE", "/api/reserve-inventory"), 200, released)).toMatchObject({
      released: 0,
      total_active_reservations: 1,
    });
    expect(read(await caller().send("DELETE", "/api/reserve-inventory"), 200, released).released).toBe(0);
    expect(await operator.stock(MUG)).toMatchObject({ held: 1 });
    await other.send("DELETE", "/api/reserve-inventory");
  });

  it("shows callers only their own holds, and operators all, page by page", async () => {
    const buyers = [caller(), caller(), caller()];
    for (const buyer of buyers) await buyer.reserve(MUG, 1);
    const [one] = buyers;
    const own = read(await one!.get("/api/reserve-inventory"), 200, ownReservations);
    expect(own.reservations).toMatchObject([
      { product_id: MUG, product_name: "Tide Mug", quantity: 1, state: "shopping", checkout_id: null },
    ]);
    expect(read(await caller().get("/api/reserve-inventory"), 200, ownReservations).reservations).toEqual([]);
    expect(
      read(
        await caller().get("/api/reserve-inventory", { Authorization: "Bearer wrong-token-entirely" }),
        200,
        ownReservations,
      ).reservations,
    ).toEqual([]);

    const all = await operator.holds();
    expect(all).toMatchObject({ total_reservations: 3, total_units: 3, sessions: 3 });
    expect(all.store_bytes).toBeGreaterThan(0);
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: ReturnType<typeof allReservations.parse> = read(
        await caller().get(
          `/api/reserve-inventory?limit=1${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
          AS_OPERATOR,
        ),
        200,
        allReservations,
      );
      seen.push(...page.reservations.map(({ session: sessionHash }) => sessionHash));
      cursor = page.cursor;
    }
    expect(new Set(seen).size).toBe(3);
    const key = decodeURIComponent(one!.cookie ?? "");
    for (const sessionHash of seen) expect(key).not.toContain(sessionHash);
    for (const buyer of buyers) await buyer.send("DELETE", "/api/reserve-inventory");
  });
});

describe("availability", () => {
  it("returns inventory, held units, the caller's own, and when the next unit may free up", async () => {
    const buyer = caller();
    await buyer.reserve(TEAPOT, 1);
    const { products } = read(
      await buyer.get(
        `/api/availability?product_id=${TEAPOT}&product_id=${MUG}&product_id=${TEAPOT}&product_id=nothing`,
      ),
      200,
      availability,
    );
    expect(products.map(({ product_id }) => product_id)).toEqual([TEAPOT, MUG]);
    expect(products[0]).toMatchObject({ inventory: 1, held: 1, available: 1, held_by_you: 1, next_release_at: null });
    const seen = await operator.stock(TEAPOT);
    expect(seen).toMatchObject({ inventory: 1, held: 1, available: 0, held_by_you: 0 });
    expect(Math.abs(Date.parse(seen.next_release_at ?? "") - Date.now() - 120_000)).toBeLessThan(10_000);
    await buyer.send("DELETE", "/api/reserve-inventory");
    expectProblem(await caller().get("/api/availability?product_id=nothing"), 404, "unknown_product");
    expectProblem(await caller().get("/api/availability"), 400, "invalid_request");
  });
});

describe("an operator", () => {
  it("can set or change the stock of a known product, but not below 0", async () => {
    const set = (json: unknown) => caller().post("/api/test-inventory-update", json, AS_OPERATOR);
    expect(read(await set({ product_id: BOWL, inventory: 9 }), 200, stockMoved)).toMatchObject({ after: 9 });
    expect(read(await set({ product_id: BOWL, delta: -2 }), 200, stockMoved)).toMatchObject({ before: 9, after: 7 });
    expectProblem(await set({ product_id: BOWL, delta: -8 }), 422, "limit_exceeded");
    expectProblem(await set({ product_id: BOWL, inventory: -1 }), 400, "invalid_request");
    expectProblem(await set({ product_id: BOWL, inventory: 1, delta: 1 }), 400, "invalid_request");
    expectProblem(await set({ product_id: BOWL }), 400, "invalid_request");
    expectProblem(await set({ product_id: "nothing", inventory: 1 }), 404, "unknown_product");
    expect(await operator.stock(BOWL)).toMatchObject({ inventory: 7 });
  });

  it("is rejected by every operator route without the right token", async () => {
    for (const Authorization of [
      "",
      "Bearer",
      `Bearer ${ADMIN_TOKEN}x`,
      `Basic ${ADMIN_TOKEN}`,
      `Bearer ${ADMIN_TOKEN.slice(1)}`,
    ]) {
      expectProblem(
        await caller().post("/api/test-inventory-update", { product_id: BOWL, inventory: 99 }, { Authorization }),
        401,
        "unauthorized",
      );
      const response = await caller().get("/api/debug-checkout?checkout_id=cs_test_1", { Authorization });
      expectProblem(response, 401, "unauthorized");
      expect(response.headers["www-authenticate"]).toBe("Bearer");
    }
    expect(await operator.stock(BOWL)).toMatchObject({ inventory: 7 });
  });

  it("gets a 404 for an unknown checkout id and a 400 for a malformed one", async () => {
    expectProblem(await operator.inspect("cs_test_unknown"), 404, "not_found");
    for (const id of ["", "pi_1", "cs_", "cs_..%2Fx", "cs_a%0d%0ab"])
      expectProblem(await operator.inspect(id), 400, "invalid_request");
  });
});

describe("buying", () => {
  it("moves units from shopping to checkout to sold, and all metrics follow", async () => {
    const before = await metrics();
    await operator.setStock(TEAPOT, 1);
    const buyer = caller();
    await buyer.reserve(TEAPOT, 1);
    const shopping = await metrics();
    expect(figure(shopping, "reservations_active", { state: "shopping" })).toBe(1);
    expect(figure(shopping, "reservation_units_held")).toBe(1);
    expect(figure(shopping, "reservation_store_bytes")).toBeGreaterThan(0);

    const page = await buyer.openPaymentPage();
    const [hold] = (await operator.holds()).reservations;
    expect(hold).toMatchObject({ product_id: TEAPOT, state: "checkout", expires_at: null });
    const checkoutId = hold?.checkout_id ?? "";
    const open = read(await operator.inspect(checkoutId), 200, inspection);
    expect(open).toMatchObject({
      session: { status: "open", payment_status: "unpaid", ours: true },
      hold: { lines: [{ product_id: TEAPOT, quantity: 1 }] },
      verdict: null,
    });
    expect(figure(await metrics(), "reservations_active", { state: "checkout" })).toBe(1);

    const back = await pay(page);
    expect(back).toContain(`/orders/${checkoutId}`);
    // The cart was sold, so the first view of the order starts a new cart session.
    const cookieWhenPaid = buyer.cookie;
    expect((await buyer.get(new URL(back).pathname)).status).toBe(302);
    expect(buyer.cookie).not.toBe(cookieWhenPaid);
    expect((await buyer.get(new URL(back).pathname)).status).toBe(200);
    await expect.poll(async () => (await operator.stock(TEAPOT)).inventory, { timeout: 10_000 }).toBe(0);
    expect(await operator.stock(TEAPOT)).toMatchObject({ inventory: 0, held: 0, available: 0 });
    const done = read(await operator.inspect(checkoutId), 200, inspection);
    expect(done).toMatchObject({
      session: { status: "complete", payment_status: "paid" },
      hold: null,
      lines: [{ mark: "done", from: 1, to: 0, inventory: 0 }],
      refunds: [],
    });
    expect(done.webhooks).toMatchObject({ received: [{ type: "checkout.session.completed" }], last_rejected_at: null });

    // An operator cannot change a line that needs no review.
    const settled = await caller().post(
      "/api/settle-checkout",
      { checkout_id: checkoutId, product_id: TEAPOT, verdict: "not_applied" },
      AS_OPERATOR,
    );
    expect(settled.status).toBe(409);
    expect(JSON.parse(settled.text)).toMatchObject({ success: false, error: { code: "not_applicable" } });
    expect(await operator.stock(TEAPOT)).toMatchObject({ inventory: 0 });

    await expect
      .poll(
        async () =>
          figure(await metrics(), "webhook_events_total", { type: "checkout.session.completed" }) -
          figure(before, "webhook_events_total", { type: "checkout.session.completed" }),
        { timeout: 10_000 },
      )
      .toBe(1);
    const after = await metrics();
    const rise = (name: string, labels: Record<string, string> = {}) =>
      figure(after, name, labels) - figure(before, name, labels);
    expect(rise("reservations_total", { outcome: "granted" })).toBe(1);
    expect(rise("reservations_ended_total", { reason: "completed" })).toBe(1);
    expect(rise("checkout_total", { outcome: "redirect" })).toBe(1);
    expect(rise("fulfilment_total", { outcome: "done" })).toBe(1);
    expect(rise("fulfilment_total", { outcome: "repeated" })).toBeGreaterThan(0);
    expect(rise("reserve_duration_seconds_count")).toBe(1);
    expect(rise("late_payments_total")).toBe(0);
    expect(figure(after, "oversold_units_total")).toBe(0);
    expect(figure(after, "reservations_active")).toBe(0);
  });
});

describe("metrics", () => {
  it("count how holds end, including a quantity set to 0", async () => {
    const before = await metrics();
    const ended = async (reason: string) =>
      figure(await metrics(), "reservations_ended_total", { reason }) -
      figure(before, "reservations_ended_total", { reason });
    const buyer = caller();
    await buyer.post("/api/reserve-inventory", {
      items: [
        { product_id: MUG, quantity: 2 },
        { product_id: BOWL, quantity: 1 },
      ],
    });
    await buyer.reserve(MUG, 1);
    expect(await ended("removed")).toBe(0);
    await buyer.reserve(MUG, 0);
    expect(await ended("removed")).toBe(1);
    await buyer.reserve(MUG, 0);
    expect(await ended("removed")).toBe(1);
    await buyer.send("DELETE", "/api/reserve-inventory");
    expect(await ended("removed")).toBe(2);
  });

  it("count refusals and exceeded limits separately", async () => {
    const before = await metrics();
    await operator.setStock(TEAPOT, 0);
    await caller().reserve(TEAPOT, 1);
    await caller().reserve(MUG, 11);
    const after = await metrics();
    const rise = (outcome: string) =>
      figure(after, "reservations_total", { outcome }) - figure(before, "reservations_total", { outcome });
    expect([rise("granted"), rise("refused"), rise("limited"), rise("error")]).toEqual([0, 1, 1, 0]);
  });

  it("have the names and labels of the contract, in Prometheus' format", async () => {
    const response = await caller().get("/metrics");
    expect(response.headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
    const types: Record<string, string> = Object.fromEntries(
      [...response.text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = "", type = ""]) => [name, type]),
    );
    expect(types).toMatchObject({
      reservations_active: "gauge",
      reservation_units_held: "gauge",
      reservations_total: "counter",
      reservations_ended_total: "counter",
      reserve_duration_seconds: "histogram",
      reservation_store_bytes: "gauge",
      checkout_total: "counter",
      webhook_events_total: "counter",
      fulfilment_total: "counter",
      late_payments_total: "counter",
      refunds_total: "counter",
      oversold_units_total: "counter",
      stream_clients: "gauge",
      fulfilment_queue: "gauge",
    });
    const allowed: Record<string, Record<string, readonly string[] | null>> = {
      reservations_active: { state: ["shopping", "checkout"] },
      reservations_total: { outcome: ["granted", "refused", "limited", "error"] },
      reservations_ended_total: { reason: ["removed", "expired", "completed", "released"] },
      checkout_total: { outcome: null },
      webhook_events_total: { type: null, outcome: null },
      refunds_total: { outcome: ["made", "pending", "failed", "refused"] },
      fulfilment_total: { outcome: ["done", "repeated", "refunded", "needs_review", "retried"] },
    };
    for (const { name, labels } of parseMetrics(response.text)) {
      const known = allowed[name];
      if (known === undefined) continue;
      expect(Object.keys(labels).sort(), name).toEqual(Object.keys(known).sort());
      for (const [label, values] of Object.entries(known))
        if (values !== null) expect(values, name).toContain(labels[label]);
    }
  });
});

describe("health", () => {
  it("reports that the store is alive and ready, with the state of each dependency", async () => {
    expect(JSON.parse((await caller().get("/healthz")).text)).toEqual({ status: "ok" });
    const { status, dependencies } = read(await caller().get("/readyz"), 200, readiness);
    expect(status).toBe("ready");
    expect(dependencies).toMatchObject({ database: "ok", stripe: "ok" });
  });
});

// Must be last, because the stand-in keeps failing.
describe("while Stripe fails", () => {
  it("a cart cannot be changed, because its payment page may still be open", async () => {
    await operator.setStock(TEAPOT, 2);
    const buyer = caller();
    await buyer.reserve(TEAPOT, 1);
    await buyer.openPaymentPage();
    await ask(`${store.url}/sandbox/_sandbox/faults`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ status: 500, times: 50 }),
    });
    expectProblem(await buyer.reserve(TEAPOT, 2), 409, "checkout_open");
    expectProblem(await buyer.send("DELETE", "/api/reserve-inventory"), 409, "checkout_open");
    expect(await operator.stock(TEAPOT)).toMatchObject({ held: 1 });
  });
});
