import { beforeEach, describe, expect, it, vi } from "vitest";
import { CartSessions } from "~/cart/cart-session.server";
import { showOrder } from "~/cart/show-order.server";
import type { JournalLine } from "~/operator/operator-desk";
import { CALLS, CHECKOUT_TTL_MS, once, TTL_MS } from "../checkout/world";
import { eventBody, SECRET, sign } from "../faults/webhook";
import { openShop, type OperatedShop } from "./operator-world";

const here = vi.hoisted((): { shop: OperatedShop | null } => ({ shop: null }));

vi.mock("~/boot/container.server", () => ({
  get container() {
    if (here.shop === null) throw new Error("no shop");
    const { checkout, log, metrics } = here.shop;
    return { checkout, log, metrics, live: false, env: { stripe: { webhookSecrets: ["whsec_sandbox"] } } };
  },
}));

const webhook = await import("~/routes/api.webhooks.stripe");

let shop: OperatedShop;

beforeEach(async () => {
  shop = await openShop({ world: { rows: { mug: 9, pot: 9 } } });
  here.shop = shop;
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

async function comeBack(checkoutId: string): Promise<void> {
  const carts = new CartSessions({ secrets: ["s".repeat(32)], secure: false });
  const cart = { ...carts.fromSessionId("browser"), checkouts: [checkoutId] };
  expect(
    await showOrder({ checkout: shop.checkout, carts, log: shop.log }, cart, {
      checkoutId,
      locale: "en",
      mayAsk: true,
    }),
  ).toMatchObject({ outcome: "shown" });
}

/** The session, which nobody else's lines may name, in the ids that they bear. */
const ANN = "session-of-ann";
const BOB = "session-of-bob";

const linesOf = (text: string) => [...shop.desk.journal({ filter: { text }, limit: 1_000 }).lines].reverse();
const told = (lines: readonly JournalLine[]) => lines.map(({ event, facts }) => `${event} ${JSON.stringify(facts)}`);

/** Whoever asks for the one finds all lines that speak of her, and none that speak of the other. */
function expectParted(mine: string, words: readonly string[], others: readonly string[]): void {
  const found = linesOf(mine);
  const rest = linesOf("").filter((line) => !found.some(({ n }) => n === line.n));
  for (const line of told(rest)) for (const word of words) expect(line).not.toContain(word);
  for (const line of told(found)) for (const word of others) expect(line).not.toContain(word);
}

function claimOf(checkoutId: string): string {
  const stamp = linesOf("").find(
    ({ event, facts }) => event === "claim stamped" && facts.some(({ value }) => value === checkoutId),
  );
  return stamp?.facts.find(({ name }) => name === "claimId")?.value ?? "";
}

describe("one id leads to every line of a checkout", () => {
  it("from the cart through a failing webhook, its repetition, the return page, the sweeper and an operator", async () => {
    await shop.hold(ANN, { mug: 1 });
    await shop.hold(BOB, { mug: 2 });
    await shop.store.renew(ANN);
    const anns = await shop.pay(ANN, { mug: 1 });
    const bobs = await shop.pay(BOB, { mug: 2 });
    shop.world.stripe.pay(anns);
    shop.setFaults(once(CALLS.swap, 503));
    expect(await deliver(anns)).toBe(503);
    shop.heal();
    expect(await deliver(anns)).toBe(200);
    await comeBack(anns);
    shop.world.advance(CHECKOUT_TTL_MS);
    await shop.checkout.sweep();
    expect(await deliver(bobs, "checkout.session.expired")).toBe(200);
    await shop.desk.inspect(anns);
    await shop.desk.fulfil(anns);

    const events = linesOf(anns).map(({ event }) => event);
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
    expect(linesOf(bobs).map(({ event }) => event)).toEqual([
      "held",
      "claim",
      "claim stamped",
      "checkout started",
      "hold ended",
      "claim ended",
      "claim swept",
      "webhook",
    ]);
    expectParted(anns, [anns, claimOf(anns), ANN], [bobs, claimOf(bobs), BOB]);
    expectParted(bobs, [bobs, claimOf(bobs), BOB], [anns, claimOf(anns), ANN]);
    expect(claimOf(anns)).not.toBe(claimOf(bobs));
  });

  it("through a hold that was lost: what the late payment holds is found by its claim", async () => {
    const checkoutId = await shop.pay(ANN, { mug: 1 });
    await shop.store.unclaim({ claimId: claimOf(checkoutId), checkoutId, to: "stock" });
    shop.world.stripe.pay(checkoutId);
    expect(await deliver(checkoutId)).toBe(200);
    const events = linesOf(checkoutId).map(({ event }) => event);
    expect(events).toContain("late payment");
    expect(events.filter((event) => event === "held")).toHaveLength(2);
  });

  it("and only to those of this one of two checkouts of the same cart", async () => {
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

  it("on the next server too, which had never seen the cart", async () => {
    const checkoutId = await shop.pay(ANN, { mug: 1 });
    await shop.pay(BOB, { mug: 1 });
    shop.world.stripe.pay(checkoutId);
    shop = await openShop({ world: shop.world });
    here.shop = shop;
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

  it("and what another room says on the way, which knows of no checkouts", async () => {
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

  it("and those of a hold that lapsed before are not lost to whoever asks for the cart", async () => {
    await shop.hold(ANN, { pot: 1 });
    shop.world.advance(TTL_MS + 1_000);
    await shop.store.view(ANN);
    expect(linesOf(ANN).map(({ event }) => event)).toEqual(["held", "hold ended"]);
  });
});
