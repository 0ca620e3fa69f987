import { pino } from "pino";
import { beforeEach, describe, expect, it } from "vitest";
import { UnavailableError } from "~/errors";
import { createMemoryReservationStore } from "~/reservations/memory-reservation-store.server";
import type { Line, ReservationStore, StoreTotals } from "~/reservations/reservation-store";
import { createDependencyStates } from "~/telemetry/dependency-states.server";
import { createMetrics, type Metrics } from "~/telemetry/metrics.server";
import { observeStore } from "~/telemetry/observe-store.server";
import { figure, parseMetrics } from "../api/metrics-text";
import { ManualClock } from "../reservations/manual-clock";

const EMPTY: StoreTotals = { shopping: 0, checkout: 0, units: 0, sessions: 0, bytes: 0 };

describe("metrics of the store", () => {
  it("are all read at the time of the scrape", async () => {
    let totals = EMPTY;
    const { registry } = createMetrics(async () => totals);
    await registry.metrics();
    totals = { shopping: 3, checkout: 2, units: 9, sessions: 4, bytes: 512 };
    const samples = parseMetrics(await registry.metrics());
    expect(figure(samples, "reservations_active", { state: "shopping" })).toBe(3);
    expect(figure(samples, "reservations_active", { state: "checkout" })).toBe(2);
    expect(figure(samples, "reservation_units_held")).toBe(9);
    expect(figure(samples, "reservation_store_bytes")).toBe(512);
  });

  it("are absent, neither 0 nor stale, while the store is unavailable; others are still reported", async () => {
    let answers = true;
    const { registry } = createMetrics(async () => {
      if (answers) return { ...EMPTY, shopping: 3, units: 3 };
      throw new UnavailableError("Redis does not answer");
    });
    await registry.metrics();
    answers = false;
    const names = parseMetrics(await registry.metrics()).map(({ name }) => name);
    for (const name of ["reservations_active", "reservation_units_held", "reservation_store_bytes"])
      expect(names).not.toContain(name);
    expect(names).toContain("oversold_units_total");
  });
});

describe("holds that ended", () => {
  const clock = new ManualClock();
  let store: ReservationStore;
  let metrics: Metrics;
  let operations = 0;

  beforeEach(() => {
    metrics = createMetrics(async () => EMPTY);
    store = observeStore(
      createMemoryReservationStore({ clock, ttlMs: 120_000, maxAgeMs: 1_200_000 }),
      pino({ level: "silent" }),
      metrics,
    );
  });

  async function hold(sessionHash: string, lines: readonly Line[]): Promise<void> {
    const operation = { sessionHash, operationId: `operation ${(operations += 1)}` };
    await store.place({ ...operation, lines, maxLines: 30 });
    await store.confirm(operation);
  }

  async function ended(): Promise<Record<string, number>> {
    const samples = parseMetrics(await metrics.registry.getSingleMetricAsString("reservations_ended_total"));
    return Object.fromEntries(samples.map(({ labels, value }) => [labels.reason ?? "", value]));
  }

  const mug = (quantity: number): Line => ({ productId: "mug", quantity });
  const bowl = (quantity: number): Line => ({ productId: "bowl", quantity });

  it("count as removed after a quantity of 0, once per line, and only if it was held and the change confirmed", async () => {
    await hold("a", [mug(2), bowl(1)]);
    await hold("a", [mug(1)]);
    const undone = { sessionHash: "a", operationId: "undone" };
    await store.place({ ...undone, lines: [mug(0)], maxLines: 30 });
    await store.abort(undone);
    expect(await ended()).toEqual({});
    await hold("a", [mug(0), bowl(3)]);
    expect(await ended()).toEqual({ removed: 1 });
    await hold("a", [mug(0)]);
    expect(await ended()).toEqual({ removed: 1 });
    await hold("a", [mug(0), bowl(0)]);
    expect(await ended()).toEqual({ removed: 2 });
  });

  it("count once, with the reason that ended them", async () => {
    await hold("a", [mug(1), bowl(1)]);
    await store.release({ sessionHash: "a", productIds: ["mug"] });
    await store.release({ sessionHash: "a", productIds: "all" });
    await store.release({ sessionHash: "a", productIds: "all" });
    await hold("b", [mug(1)]);
    clock.advance(121_000);
    await store.view("b");
    await Promise.resolve();
    for (const [sessionHash, claimId] of [
      ["c", "sold"],
      ["d", "given up"],
      ["e", "returned"],
    ] as const) {
      await hold(sessionHash, [mug(1)]);
      await store.claim({ sessionHash, claimId });
    }
    await store.complete({ claimId: "sold", checkoutId: null });
    await store.complete({ claimId: "sold", checkoutId: null });
    await store.unclaim({ claimId: "given up", checkoutId: null, to: "stock" });
    await store.unclaim({ claimId: "returned", checkoutId: null, to: "shopper" });
    expect(await ended()).toEqual({ removed: 2, expired: 1, completed: 1, released: 1 });
  });
});

describe("states of external services", () => {
  it("reflect the last call: no response and 5xx are failing, a 4xx is not", async () => {
    const states = createDependencyStates();
    expect(states.read()).toEqual({ database: "unknown", stripe: "unknown" });
    const answering = (status: number) => states.watch("database", async () => new Response(null, { status }));
    await answering(503)("http://database.test");
    expect(states.read()).toEqual({ database: "failing", stripe: "unknown" });
    await answering(401)("http://database.test");
    expect(states.read().database).toBe("ok");
    await expect(
      states.watch("stripe", async () => Promise.reject(new TypeError("cut")))("http://stripe.test"),
    ).rejects.toThrow("cut");
    expect(states.read()).toEqual({ database: "ok", stripe: "failing" });
  });
});
