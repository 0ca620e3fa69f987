import { describe, expect, it } from "vitest";
import { createAvailabilityFeed } from "~/availability/availability-feed.server";
import { createLimits, type Purpose } from "~/limits/limits.server";
import { checkoutLog, observeLimits } from "~/telemetry/observe-checkout.server";
import { figure, parseMetrics, type Sample } from "../api/metrics-text";
import { install } from "../boot/installed-shop";
import { CALLS, CHECKOUT_TTL_MS, once, TTL_MS } from "../checkout/world";
import { eventBody, SECRET, sign } from "../faults/webhook";
import { openShop, type OperatedShop } from "../operator/operator-world";

/** Every documented metric changes in its journey, as shown by `/metrics`, and the others do not. */

const webhookRoute = await import("~/routes/api.webhooks.stripe");
const metricsRoute = await import("~/routes/metrics");

async function read(shop: OperatedShop): Promise<Sample[]> {
  install(shop.shop);
  const answer = await metricsRoute.loader({
    request: new Request("http://shop.test/metrics"),
    params: {},
    context: {},
  });
  return parseMetrics(await answer.text());
}

async function deliver(
  shop: OperatedShop,
  checkoutId: string,
  {
    type = "checkout.session.completed",
    secret = SECRET,
    refundId,
  }: { type?: string; secret?: string; refundId?: string } = {},
): Promise<number> {
  install(shop.shop);
  const body = eventBody({ checkoutId, type, ...(refundId === undefined ? {} : { refundId }) });
  const request = new Request("http://shop.test/api/webhooks/stripe", {
    method: "POST",
    body,
    headers: { "Stripe-Signature": sign(body, Date.now(), secret) },
  });
  return (await webhookRoute.action({ request, params: {}, context: {} })).status;
}

const COUNTERS = [
  "reservations_total",
  "reservations_ended_total",
  "checkout_total",
  "webhook_events_total",
  "fulfilment_total",
  "refunds_total",
  "late_payments_total",
  "oversold_units_total",
  "reserve_duration_seconds_count",
];

/** Increases by name and labels. */
async function risen(shop: OperatedShop, journey: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await read(shop);
  await journey();
  const after = await read(shop);
  const rises = after
    .filter(({ name }) => COUNTERS.includes(name))
    .map(({ name, labels, value }) => {
      const key = [name, ...Object.values(labels)].join(" ");
      return [key, value - figure(before, name, labels)] as const;
    });
  return Object.fromEntries(rises.filter(([, rise]) => rise !== 0));
}

const open = (rows: Record<string, number> = { mug: 9, pot: 9 }) => openShop({ world: { rows } });

/** A payment that arrives after its claim has ended. */
async function late(shop: OperatedShop): Promise<string> {
  const checkoutId = await shop.pay("ann", { mug: 1 });
  const [claim] = await shop.store.claims({ olderThanMs: 0 });
  await shop.store.unclaim({ claimId: claim?.claimId ?? "", checkoutId, to: "stock" });
  shop.world.stripe.pay(checkoutId);
  return checkoutId;
}

async function bought(shop: OperatedShop, lines: Record<string, number> = { mug: 1 }): Promise<string> {
  const checkoutId = await shop.pay("ann", lines);
  shop.world.stripe.pay(checkoutId);
  return checkoutId;
}

describe("holding", () => {
  it("is counted as granted, refused, limited or failed, with its duration", async () => {
    const shop = await open();
    expect(await risen(shop, () => shop.hold("ann", { mug: 9 }))).toEqual({
      "reservations_total granted": 1,
      reserve_duration_seconds_count: 1,
    });
    expect(await risen(shop, () => shop.hold("bob", { mug: 1 }))).toEqual({
      "reservations_total refused": 1,
      reserve_duration_seconds_count: 1,
    });
    expect(await risen(shop, () => shop.hold("bob", { pot: 1_000 }))).toEqual({
      "reservations_total limited": 1,
      reserve_duration_seconds_count: 1,
    });
    shop.setFaults(once("database readStock", "refuse"));
    const failing = risen(shop, () => shop.hold("bob", { pot: 1 }).catch(() => undefined));
    expect(await failing).toEqual({ "reservations_total error": 1, reserve_duration_seconds_count: 1 });
  });

  it("is counted and logged when a pause or the limits refuse it", async () => {
    const shop = await open();
    await shop.desk.pause();
    expect(await risen(shop, () => shop.hold("bob", { pot: 2 }))).toEqual({
      "reservations_total limited": 1,
      reserve_duration_seconds_count: 1,
    });
    expect(await risen(shop, () => shop.start("bob", { pot: 2 }))).toEqual({ "checkout_total selling_paused": 1 });

    const bare = createLimits({
      perMinute: 1,
      unitsPerClient: 0,
      trustedProxyHops: 0,
      secret: "a".repeat(32),
      pagesPerSecond: null,
      redis: null,
      now: () => performance.now(),
      log: { warn: () => undefined },
    });
    const limits = observeLimits(bare, shop.log, shop.metrics);
    const ask = (purpose: Purpose) => limits.admit(new Request("http://shop.test/"), "bob", purpose);
    expect(await risen(shop, () => ask("change"))).toEqual({});
    expect(await risen(shop, () => ask("change"))).toEqual({ "reservations_total limited": 1 });
    expect(await risen(shop, () => ask("payment"))).toEqual({ "checkout_total rate_limited": 1 });
    expect(await risen(shop, () => ask("view"))).toEqual({});
    expect(shop.journal.read().lines.filter(({ event }) => event === "refused")).toHaveLength(4);
  });

  it("is reported by state, in units and in bytes", async () => {
    const shop = await open();
    const empty = await read(shop);
    await shop.hold("ann", { mug: 2, pot: 1 });
    await shop.pay("bob", { mug: 3 });
    const samples = await read(shop);
    expect(figure(samples, "reservations_active", { state: "shopping" })).toBe(2);
    expect(figure(samples, "reservations_active", { state: "checkout" })).toBe(1);
    expect(figure(samples, "reservation_units_held")).toBe(6);
    expect(figure(samples, "reservation_store_bytes")).toBeGreaterThan(figure(empty, "reservation_store_bytes"));
  });

  it("ends as removed, expired, or released with an unpaid page", async () => {
    const shop = await open();
    await shop.hold("ann", { mug: 1, pot: 1 });
    expect(await risen(shop, () => shop.checkout.release({ sessionHash: "ann", productIds: ["mug"] }))).toEqual({
      "reservations_ended_total removed": 1,
    });
    shop.world.advance(TTL_MS + 1_000);
    expect(await risen(shop, () => shop.store.view("ann"))).toEqual({ "reservations_ended_total expired": 1 });
    await shop.pay("bob", { mug: 1, pot: 1 });
    shop.world.advance(CHECKOUT_TTL_MS);
    expect(await risen(shop, () => shop.checkout.sweep())).toEqual({ "reservations_ended_total released": 2 });
  });
});

describe("paying", () => {
  it("is counted by the outcome of opening the payment page", async () => {
    const shop = await open({ mug: 1, pot: 9 });
    expect(await risen(shop, () => shop.pay("ann", { mug: 1 }))).toEqual({ "checkout_total redirect": 1 });
    const refused = risen(shop, () => shop.pay("bob", { mug: 1 }).catch(() => undefined));
    expect(await refused).toEqual({ "checkout_total refused": 1 });
    const empty = risen(shop, () => shop.pay("cyd", {}).catch(() => undefined));
    expect(await empty).toEqual({ "checkout_total empty_cart": 1 });
  });

  it("is done once, and repeated when Stripe delivers the event again", async () => {
    const shop = await open();
    const checkoutId = await bought(shop, { mug: 1, pot: 2 });
    expect(await risen(shop, () => deliver(shop, checkoutId))).toEqual({
      "webhook_events_total checkout.session.completed done": 1,
      "fulfilment_total done": 1,
      "reservations_ended_total completed": 2,
    });
    expect(await risen(shop, () => deliver(shop, checkoutId))).toEqual({
      "webhook_events_total checkout.session.completed done": 1,
      "fulfilment_total repeated": 1,
    });
  });

  it("is retried while the database is unavailable", async () => {
    const shop = await open();
    const checkoutId = await bought(shop);
    shop.setFaults((call) => (call.name.includes("database") ? "refuse" : null));
    expect(await risen(shop, () => deliver(shop, checkoutId))).toEqual({
      "webhook_events_total checkout.session.completed retry": 1,
      "fulfilment_total retried": 1,
    });
  });

  it("is refunded if the stock is gone, and forged or foreign webhooks change nothing else", async () => {
    const shop = await open();
    const checkoutId = await bought(shop);
    shop.world.setStock("mug", 0);
    expect(await risen(shop, () => deliver(shop, checkoutId))).toEqual({
      "webhook_events_total checkout.session.completed refunded": 1,
      "fulfilment_total refunded": 1,
      "reservations_ended_total released": 1,
      "refunds_total made": 1,
    });
    expect(await risen(shop, () => deliver(shop, checkoutId, { secret: "whsec_forged" }))).toEqual({
      "webhook_events_total unverified refused": 1,
    });
    expect(await risen(shop, () => deliver(shop, checkoutId, { type: "charge.updated" }))).toEqual({
      "webhook_events_total other ignored": 1,
    });
    expect(await risen(shop, () => deliver(shop, "cs_test_strangers"))).toEqual({
      "webhook_events_total checkout.session.completed not_ours": 1,
    });
  });

  it("counts a refund that fails later once, however often Stripe reports it", async () => {
    const shop = await open();
    const checkoutId = await bought(shop);
    shop.world.setStock("mug", 0);
    shop.world.stripe.setRefundStatus(checkoutId, "pending");
    expect(await risen(shop, () => deliver(shop, checkoutId))).toMatchObject({ "refunds_total pending": 1 });
    const refundId = shop.world.stripe.refunds(checkoutId)[0]?.id ?? "";
    shop.world.stripe.settleRefund(refundId, "failed");
    const failed = { "webhook_events_total refund.failed needs_review": 1, "fulfilment_total needs_review": 1 };
    expect(await risen(shop, () => deliver(shop, checkoutId, { type: "refund.failed", refundId }))).toEqual({
      ...failed,
      "refunds_total failed": 1,
    });
    expect(await risen(shop, () => deliver(shop, checkoutId, { type: "refund.failed", refundId }))).toEqual(failed);
    shop.setFaults((call) => (call.name === CALLS.listRefunds || call.name.includes("/refunds/") ? "refuse" : null));
    expect(await risen(shop, () => deliver(shop, checkoutId, { type: "refund.updated", refundId }))).toEqual({
      "webhook_events_total refund.updated retry": 1,
    });
  });

  it("needs review if it is unknown whether stock was deducted", async () => {
    const shop = await open();
    const checkoutId = await bought(shop);
    shop.setFaults((call) => (call.name.includes(CALLS.swap) ? "cut" : null));
    await deliver(shop, checkoutId);
    shop.heal();
    shop.world.setStock("mug", 77);
    expect(await risen(shop, () => deliver(shop, checkoutId))).toEqual({
      "webhook_events_total checkout.session.completed needs_review": 1,
      "fulfilment_total needs_review": 1,
    });
  });

  it("is counted as late whether or not the units were still available", async () => {
    const shop = await open({ mug: 2 });
    const checkoutId = await late(shop);
    expect(await risen(shop, () => deliver(shop, checkoutId))).toMatchObject({
      late_payments_total: 1,
      "fulfilment_total done": 1,
    });
    const refused = await late(shop);
    await shop.hold("bob", { mug: 1 });
    expect(await risen(shop, () => deliver(shop, refused))).toMatchObject({
      late_payments_total: 1,
      "fulfilment_total refunded": 1,
    });
  });

  it("never oversells; a row below zero would be reported", async () => {
    const shop = await open({ mug: 1 });
    await deliver(shop, await bought(shop));
    expect(figure(await read(shop), "oversold_units_total")).toBe(0);
    // Nothing in the shop leads to this, so the event is emitted directly.
    checkoutLog(shop.log, shop.metrics)({ type: "oversold", checkoutId: "cs_test_1", productId: "mug", units: 2 });
    expect(figure(await read(shop), "oversold_units_total")).toBe(2);
    expect(
      shop.desk.journal({ filter: { level: "error", text: "cs_test_1" } }).lines.map(({ event }) => event),
    ).toEqual(["oversold"]);
  });
});

describe("watching", () => {
  it("counts open streams", async () => {
    const shop = await open();
    const feed = createAvailabilityFeed({
      store: shop.store,
      readStock: (ids) => shop.catalog.readStock(ids),
      log: shop.log,
      count: (viewers) => shop.metrics.streamClients.set(viewers),
    });
    expect(figure(await read(shop), "stream_clients")).toBe(0);
    const viewer = {
      sessionHash: null,
      productIds: ["mug"],
      send: () => undefined,
      beat: () => undefined,
      end: () => undefined,
    };
    const stop = feed.watch(viewer);
    feed.watch({ ...viewer });
    expect(figure(await read(shop), "stream_clients")).toBe(2);
    stop?.();
    expect(figure(await read(shop), "stream_clients")).toBe(1);
    feed.end();
    expect(figure(await read(shop), "stream_clients")).toBe(0);
  });
});
