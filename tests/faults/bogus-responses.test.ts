import { describe, expect, it } from "vitest";
import type { CheckoutDependencies } from "~/checkout/create-checkout.server";
import { createSessionMarks } from "~/checkout/stripe/session-marks.server";
import { BOGUS_RESPONSES } from "../checkout/stripe/bogus-responses";
import {
  CHECKOUT_TTL_MS,
  createWorld,
  ORIGIN,
  SHOP_TAG,
  type Fault,
  type Process,
  type World,
} from "../checkout/world";
import { trusting, trustingMarks } from "./trusting-gateway";

type Lie = Extract<Fault, "lie" | "lie after">;

/** One response, or all until the fault is healed. */
const LIES: readonly { readonly lie: Lie; readonly times: number }[] = [
  { lie: "lie", times: 1 },
  { lie: "lie", times: Infinity },
  { lie: "lie after", times: 1 },
  { lie: "lie after", times: Infinity },
];
const ANOTHERS = "another shopper's session, expired";
/**
 * The gateway's own tests try all kinds. These are the ones that a trusting gateway would misread in different ways.
 */
const BODIES = [
  "502 with a message",
  "404 with a message",
  "400 with an error that is not Stripe's",
  "an empty list without its end",
  "null",
  ANOTHERS,
];

interface Story {
  readonly rows: Record<string, number>;
  readonly cart: Record<string, number>;
  /** Ann's, or the shop's, action while Stripe's responses are bogus. */
  readonly act: (shop: Process, checkoutId: string) => Promise<unknown>;
  /** Preparation, at Stripe and in the table. */
  readonly before?: (world: World, checkoutId: string) => void;
  readonly startsWithoutPage?: true;
}

const fulfil: Story["act"] = (shop, checkoutId) => shop.checkout.fulfil(checkoutId);
const pay = (world: World, checkoutId: string) => void world.stripe.pay(checkoutId);

const STORIES: Record<string, Story> = {
  "a sale of one line": { rows: { mug: 9 }, cart: { mug: 2 }, before: pay, act: fulfil },
  "a sale of three lines": {
    rows: { cup: 3, mug: 3, pot: 1 },
    cart: { cup: 1, mug: 2, pot: 1 },
    before: pay,
    act: fulfil,
  },
  "a refund": {
    rows: { cup: 3, mug: 3 },
    cart: { cup: 1, mug: 2 },
    before: (world, checkoutId) => {
      pay(world, checkoutId);
      world.setStock("mug", 0);
    },
    act: fulfil,
  },
  "a change of the cart that expires a page": {
    rows: { mug: 2 },
    cart: { mug: 2 },
    act: (shop) => shop.checkout.changeCart({ sessionHash: "ann", lines: [{ productId: "mug", quantity: 0 }] }),
  },
  "opening a payment page": {
    rows: { mug: 2 },
    cart: { mug: 2 },
    startsWithoutPage: true,
    act: (shop) =>
      shop.checkout.start({ sessionHash: "ann", lines: [{ productId: "mug", quantity: 2 }], origin: ORIGIN }),
  },
  "a sweep of a page past its deadline": {
    rows: { mug: 2 },
    cart: { mug: 2 },
    before: (world) => world.advance(CHECKOUT_TTL_MS),
    act: (shop) => shop.checkout.sweep(),
  },
};

interface Strike {
  readonly lie: Lie;
  readonly body: string;
  readonly times: number;
  readonly n: number;
}

type Without = (real: CheckoutDependencies) => Partial<CheckoutDependencies>;

/**
 * Runs the story with bogus responses from the n-th call to Stripe on. Returns the errors found at the end; null if it
 * makes fewer calls.
 */
async function runStory(story: Story, { lie, body, times, n }: Strike, without: Without): Promise<string[] | null> {
  const world = createWorld({ rows: story.rows });
  const shop = await world.open({ dependencies: without });
  const bobs = await shop.pay("bob", { [Object.keys(story.rows)[0] ?? ""]: 1 }).catch(() => null);
  const bobsSession = bobs === null ? undefined : world.stripe.session(bobs);
  if (bobs !== null) await shop.checkout.close(bobs);
  const checkoutId = story.startsWithoutPage ? "" : await shop.pay("ann", story.cart);
  story.before?.(world, checkoutId);

  let calls = 0;
  shop.proxy.lie = () =>
    body === ANOTHERS
      ? Response.json({ ...bobsSession, status: "expired" })
      : (BOGUS_RESPONSES[body]?.() ?? Response.error());
  shop.setFaults(({ name }) => {
    if (!name.startsWith("stripe")) return null;
    calls += 1;
    return calls >= n && calls < n + times ? lie : null;
  });
  await shop.run(story.act(shop, checkoutId));
  if (calls < n) return null;
  shop.heal();

  const wrong: string[] = [];
  const payable = world.stripe.sessions().filter(({ id, status }) => status === "open" && id === checkoutId);
  const units = Object.values(story.cart).reduce((sum, quantity) => sum + quantity, 0);
  if (payable.length > 0 && (await shop.store.totals()).units !== units) wrong.push("a payable page has no hold");

  for (const { id, status } of world.stripe.sessions()) if (status === "open") world.stripe.pay(id);
  for (const { id, status } of world.stripe.sessions()) if (status === "complete") await shop.checkout.fulfil(id);
  await shop.checkout.rebuild();
  await shop.checkout.sweep();
  world.advance(CHECKOUT_TTL_MS);
  await shop.checkout.sweep();

  const paid = world.stripe.sessions().filter(({ status }) => status === "complete");
  const total = paid.reduce((sum, { amount_total: amount }) => sum + amount, 0);
  const isShort = story === STORIES["a refund"];
  const refunded = (await world.refunds()).reduce((sum, amount) => sum + amount, 0);
  if (refunded !== (isShort ? total : 0)) wrong.push(`${refunded} of ${total} went back`);
  for (const [productId, before] of Object.entries(story.rows)) {
    const start = isShort && productId === "mug" ? 0 : before;
    const expected = start - (isShort ? 0 : paid.length * (story.cart[productId] ?? 0));
    if (world.stock(productId) !== expected)
      wrong.push(`${productId} is at ${world.stock(productId)} instead of ${expected}`);
  }
  const held = (await shop.store.totals()).units;
  if (held !== 0) wrong.push(`${held} units are still held`);
  return wrong;
}

/** Yields the errors of each strike. */
async function* sweep(story: Story, without: Without = () => ({})): AsyncGenerator<string[]> {
  for (const body of BODIES) {
    for (const { lie, times } of LIES) {
      for (let n = 1; ; n += 1) {
        const errors = await runStory(story, { lie, body, times, n }, without).catch((error: unknown) => [
          String(error),
        ]);
        if (errors === null) break;
        yield errors.map((what) => `${lie} ${body}, ${times} from call ${n}: ${what}`);
      }
    }
  }
}

describe.each(Object.entries(STORIES))("%s", (_name, story) => {
  it("is settled exactly once, and keeps its hold until then, whatever responds in Stripe's place", async () => {
    let strikes = 0;
    for await (const wrong of sweep(story)) {
      strikes += 1;
      expect(wrong).toEqual([]);
    }
    expect(strikes).toBeGreaterThanOrEqual(BODIES.length * LIES.length);
  });
});

describe("with a gateway that trusts each response", () => {
  it.each(["a sale of one line", "a sale of three lines", "a refund", "a change of the cart that expires a page"])(
    "%s goes wrong",
    async (name) => {
      const story = STORIES[name];
      if (story === undefined) throw new Error(`no story ${name}`);
      const without: Without = ({ gateway, clock }) => ({
        gateway: trusting(gateway),
        marks: trustingMarks(createSessionMarks({ gateway, shopTag: SHOP_TAG, clock })),
      });
      for await (const wrong of sweep(story, without)) if (wrong.length > 0) return;
      expect.fail("no error was found");
    },
  );
});
