import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN_TOKEN, Operator, productId } from "../api/demo-shop";
import { figure, parseMetrics } from "../api/metrics-text";
import { startStore, type StoreProcess } from "../api/store-process";
import { startReadFirstShop } from "./read-first-shop";
import { stampede } from "./stampede";

const SHOPPERS = 500;
const UNITS = 5;

describe(`${SHOPPERS} shoppers at once for ${UNITS} units`, { timeout: 120_000 }, () => {
  let store: StoreProcess;

  beforeAll(async () => {
    store = await startStore({ ADMIN_TOKEN, LOG_LEVEL: "warn" });
  }, 300_000);

  afterAll(() => store.stop());

  it("buy exactly the stock: all others are refused, and no hold is left", async () => {
    const jug = productId("Cormorant Jug");
    const operator = new Operator(store.url);
    await operator.setStock(jug, UNITS);
    const result = await stampede(store.url, jug, SHOPPERS);
    console.log("store:", JSON.stringify(result));
    expect(result).toMatchObject({ granted: UNITS, paid: UNITS, refused: SHOPPERS - UNITS, unexpected: {} });

    await expect.poll(async () => (await operator.holds()).total_reservations, { timeout: 20_000 }).toBe(0);
    expect(await operator.stock(jug)).toMatchObject({ inventory: 0, held: 0, available: 0 });
    const samples = parseMetrics(await operator.metrics());
    expect(figure(samples, "reservations_total", { outcome: "granted" })).toBe(UNITS);
    expect(figure(samples, "reservations_total", { outcome: "refused" })).toBe(SHOPPERS - UNITS);
    expect(figure(samples, "reservations_total", { outcome: "error" })).toBe(0);
    expect(figure(samples, "fulfilment_total", { outcome: "done" })).toBe(UNITS);
    expect(figure(samples, "reservations_ended_total", { reason: "completed" })).toBe(UNITS);
    expect(figure(samples, "reservations_active")).toBe(0);
    expect(figure(samples, "late_payments_total")).toBe(0);
    expect(figure(samples, "oversold_units_total")).toBe(0);
  });
});

describe("the same crowd at a shop that reads first (negative control)", { timeout: 60_000 }, () => {
  it("buys more than the stock, and the harness reports it", async () => {
    const naive = await startReadFirstShop(UNITS);
    try {
      const result = await stampede(naive.url, "only", SHOPPERS);
      console.log("read first:", JSON.stringify(result));
      expect(result.unexpected).toEqual({});
      expect(result.paid).toBeGreaterThan(UNITS);
      expect(naive.inventory()).toBe(UNITS - result.paid);
    } finally {
      await naive.close();
    }
  });
});
