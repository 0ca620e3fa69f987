import { beforeEach, describe, expect, it } from "vitest";
import { CartSessions } from "~/cart/cart-session.server";
import { showOrder } from "~/cart/show-order.server";
import type { JournalLine } from "~/operator/operator-desk";
import { install } from "../boot/installed-shop";
import { CALLS, CHECKOUT_TTL_MS, once, TTL_MS } from "../checkout/world";
import { eventBody, SECRET, sign } from "../faults/webhook";
import { openShop, type OperatedShop } from "./operator-world";

const webhook = await import("~/routes/api.webhooks.stripe");

let shop: OperatedShop;

beforeEach(async () => {
  shop = await openShop({ world: { rows: { mug: 9, pot: 9 } } });
  install(shop.shop);
});

async function deliver(checkoutId: string, type = "checkout.session.completed"): Promise<number> {
  const body = eventBody({ checkoutId, type, id: `evt_of_${checkoutId}` });
  const request = new Request("http://shop.test/api/webhooks/stripe", {
    method: "POST",
    body,
    headers: { "Stripe-Signature": sign(body, Date.now(), SECRET) },
  });
  return (await webhook.action({ request, params: {}, context: {} })).status;
}

async function openReturnPage(checkoutId: string): Promise<void> {
  const carts = new CartSessions({ secrets: ["s".repeat(32)], secure: false });
  const cart = { ...carts.fromSessionId("browser"), checkouts: [checkoutId] };
  expect(
    await showOrder({ checkout: shop.checkout, carts, offers: shop.shop.offers, log: shop.log }, cart, {
      checkoutId,
      locale: "en",
      mayAsk: true,
    }),
  ).toMatchObject({ outcome: "shown" });
}

/** Sessions whose names must not occur in each other's lines. */
const ANN = "session-of-ann";
const BOB = "session-of-bob";

const linesOf = (text: string) => [...shop.desk.journal({ filter: { text }, limit: 1_000 }).lines].reverse();
const textOf = (lines: readonly JournalLine[]) => lines.map(({ event, facts }) => `${event} ${JSON.stringify(facts)}`);

/** Expects a search for `id` to find every line with one of `own`, and none with one of `others`. */
function expectSeparate(id: string, own: readonly string[], others: readonly string[]): void {
  const found = linesOf(id);
  const rest = linesOf("").filter((line) => !found.some(({ n }) => n === line.n));
  for (const line of textOf(rest)) for (const word of own) expect(line).not.toContain(word);
  for (const line of textOf(found)) for (const word of others) expect(line).not.toContain(word);
}

function claimOf(checkoutId: string): string {
  const stamp = linesOf("").find(
    ({ event, facts }) => event === "claim stamped" && facts.some(({ value }) => value === checkoutId),
  );
  return stamp?.facts.find(({ name }) => name === "claimId")?.value ?? "";
}

describe("a checkout id finds every line of a checkout", () => {
  it("from the cart through a failing webhook, its retry, the return page, the sweeper and an operator", async () => {
    await shop.hold(ANN, { mug: 1 });
    await shop.hold(BOB, { mug: 2 });
    await shop.store.renew(ANN);
    const annsId = await shop.pay(ANN, { mug: 1 });
    const bobsId = await shop.pay(BOB, { mug: 2 });
    shop.world.stripe.pay(annsId);
    shop.setFaults(once(CALLS.swap, 503));
    expect(await deliver(annsId)).toBe(503);
    shop.heal();
    expect(await deliver(annsId)).toBe(200);
    await openReturnPage(annsId);
    shop.world.advance(CHECKOUT_TTL_MS);
    await shop.checkout.sweep();
    expect(await deliver(bobsId, "checkout.session.expired")).toBe(200);
    await shop.desk.inspect(annsId);
    await shop.desk.fulfil(annsId);

    const events = linesOf(annsId).map(({ event }) => event);
    expect(events).toEqual([
      "held",
      "renewal",
      "claim",
      "claim stamped",
      "checkout started",
      "fulfilled",
      "webhook",
      "hold ended",
      "claim ended",
      "fulfilled",
      "webhook",
      "fulfilled",
      "operator",
      "fulfilled",
      "operator",
    ]);
    expect(linesOf(bobsId).map(({ event }) => event)).toEqual([
      "held",
      "claim",
      "claim stamped",
      "checkout started",
      "hold ended",
      "claim ended",
      "claim swept",
      "webhook",
    ]);
    expectSeparate(annsId, [annsId, claimOf(annsId), ANN], [bobsId, claimOf(bobsId), BOB]);
    expectSeparate(bobsId, [bobsId, claimOf(bobsId), BOB], [annsId, claimOf(annsId), ANN]);
    expect(claimOf(annsId)).not.toBe(claimOf(bobsId));
  });

  it("including the new hold of a late payment, found by its claim", async () => {
    const checkoutId = await shop.pay(ANN, { mug: 1 });
    await shop.store.unclaim({ claimId: claimOf(checkoutId), checkoutId, to: "stock" });
    shop.world.stripe.pay(checkoutId);
    expect(await deliver(checkoutId)).toBe(200);
    const events = linesOf(checkoutId).map(({ event }) => event);
    expect(events).toContain("late payment");
    expect(events.filter((event) => event === "held")).toHaveLength(2);
  });

  it("and no line of another checkout of the same cart", async () => {
    await shop.hold(ANN, { mug: 1 });
    const first = await shop.pay(ANN, { mug: 1 });
    await shop.hold(ANN, { mug: 2 });
    const second = await shop.pay(ANN, { mug: 2 });
    expect(linesOf(first).map(({ event }) => event)).toEqual([
      "held",
      "claim",
      "claim stamped",
      "checkout started",
      "claim returned to the shopper",
      "claim ended",
    ]);
    expect(linesOf(second).map(({ event }) => event)).toEqual(["held", "claim", "claim stamped", "checkout started"]);
  });

  it("on the next server too, which has never seen the cart", async () => {
    const checkoutId = await shop.pay(ANN, { mug: 1 });
    await shop.pay(BOB, { mug: 1 });
    shop.world.stripe.pay(checkoutId);
    shop = await openShop({ world: shop.world });
    install(shop.shop);
    expect(await deliver(checkoutId)).toBe(200);
    expect(linesOf(checkoutId).map(({ event }) => event)).toEqual([
      "claim restored",
      "hold ended",
      "claim ended",
      "fulfilled",
      "fulfilled",
      "webhook",
    ]);
  });

  it("including lines that another module logs meanwhile without the id", async () => {
    const checkoutId = await shop.pay(ANN, { mug: 1 });
    const other = await shop.pay(BOB, { mug: 1 });
    const { catalog } = shop;
    const swap = catalog.compareAndSwap.bind(catalog);
    catalog.compareAndSwap = (request) => {
      shop.log.warn({ table: "products" }, "The database is slow");
      return swap(request);
    };
    shop.world.stripe.pay(checkoutId);
    await shop.checkout.fulfil(checkoutId);
    shop.log.warn({}, "Nothing to do with it");
    expect(linesOf(checkoutId).map(({ event }) => event)).toContain("The database is slow");
    expect(linesOf(other).map(({ event }) => event)).not.toContain("The database is slow");
    expect(linesOf(checkoutId).map(({ event }) => event)).not.toContain("Nothing to do with it");
  });

  it("while a cart's id still finds its earlier, lapsed hold", async () => {
    await shop.hold(ANN, { pot: 1 });
    shop.world.advance(TTL_MS + 1_000);
    await shop.store.view(ANN);
    expect(linesOf(ANN).map(({ event }) => event)).toEqual(["held", "hold ended"]);
  });
});
