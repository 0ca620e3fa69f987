import { describe, expect, it } from "vitest";
import { endUnknownPage } from "~/checkout/page/end-unknown-page.server";
import { UnavailableError } from "~/errors";
import { readCommand } from "~/operator/operator-forms.server";
import { createSubmittedForms, runCommand } from "~/operator/run-command.server";
import { CALLS, createWorld } from "../checkout/world";
import { openShop, type OperatedShop } from "./operator-world";

const GONE = "cs_test_made_by_another_account";

/** A cart at a payment page that Stripe does not know. */
async function heldByUnknownPage() {
  const shop = await openShop({ world: { rows: { mug: 3 } } });
  await shop.hold("ann", { mug: 2 });
  await shop.store.claim({ sessionHash: "ann", claimId: "claim-1" });
  expect(await shop.store.stamp({ claimId: "claim-1", checkoutId: GONE })).toBe("stamped");
  return shop;
}

const unitsOf = async (shop: OperatedShop) => (await shop.store.totals()).units;

/** Submits the form as the page does, with or without JavaScript. */
async function submit(shop: OperatedShop, form: Record<string, string>) {
  const read = readCommand(form);
  if (read.outcome === "invalid") throw new Error(read.message);
  return runCommand(shop.desk, read.command, createSubmittedForms());
}

describe("a payment page that Stripe does not know", () => {
  it("is reported apart from one without proof, and keeps its units until an operator ends the hold", async () => {
    const shop = await heldByUnknownPage();
    expect(await submit(shop, { intent: "close_page", checkout_id: GONE })).toEqual({
      intent: "close_page",
      checkoutId: GONE,
      result: { outcome: "unknown_page" },
    });
    await shop.checkout.sweep();
    expect(await unitsOf(shop)).toBe(2);
    const ended = await submit(shop, { intent: "end_unknown_page", checkout_id: GONE, confirmed: "yes" });
    expect(ended).toEqual({
      intent: "end_unknown_page",
      checkoutId: GONE,
      result: { outcome: "ended", lines: [{ productId: "mug", quantity: 2 }] },
    });
    expect(await unitsOf(shop)).toBe(0);
    expect(await shop.hold("bob", { mug: 3 })).toMatchObject({ outcome: "granted" });
  });

  it("is ended once, and each attempt is logged", async () => {
    const shop = await heldByUnknownPage();
    await shop.desk.endUnknownPage(GONE);
    expect(await shop.desk.endUnknownPage(GONE)).toEqual({ outcome: "nothing_held" });
    const { lines } = shop.desk.journal({ filter: { event: "operator", level: "warn" } });
    const facts = lines.map((line) => Object.fromEntries(line.facts.map(({ name, value }) => [name, value])));
    expect(facts).toMatchObject([
      { action: "end hold of unknown page", checkoutId: GONE, outcome: "nothing_held" },
      { action: "end hold of unknown page", checkoutId: GONE, outcome: "ended" },
    ]);
  });

  it("is not ended without the operator's confirmation", () => {
    expect(readCommand({ intent: "end_unknown_page", checkout_id: GONE })).toMatchObject({ outcome: "invalid" });
  });

  it("is not ended while Stripe is unavailable or something else answers in its place", async () => {
    for (const fault of ["refuse", "cut", 500, "lie"] as const) {
      const shop = await heldByUnknownPage();
      shop.setFaults((call) => (call.name.includes(CALLS.fetch) ? fault : null));
      await expect(shop.desk.endUnknownPage(GONE), String(fault)).rejects.toThrow(UnavailableError);
      expect(await unitsOf(shop)).toBe(2);
    }
  });
});

describe("a payment page that Stripe knows", () => {
  it.each(["open", "paid", "expired"] as const)("is never ended without proof: %s", async (state) => {
    const shop = await openShop({ world: { rows: { mug: 3 } } });
    const checkoutId = await shop.pay("ann", { mug: 2 });
    if (state === "paid") shop.world.stripe.pay(checkoutId);
    if (state === "expired") shop.world.advance(3_600_000);
    expect(await shop.desk.endUnknownPage(checkoutId)).toEqual({ outcome: "known" });
    expect(await unitsOf(shop)).toBe(2);
  });

  it("would be ended without that check (negative control: a Stripe that knows no page)", async () => {
    const { dependencies, store, pay, checkout } = createWorld({ rows: { mug: 3 } }).boot();
    await checkout.rebuild();
    const checkoutId = await pay("ann", { mug: 2 });
    const gateway = { ...dependencies.gateway, fetch: async () => null };
    expect(await endUnknownPage({ ...dependencies, gateway }, checkoutId)).toMatchObject({ outcome: "ended" });
    expect((await store.totals()).units).toBe(0);
  });

  it("of another cart keeps its units when an unknown one is ended, and so does a claim without a page", async () => {
    const shop = await heldByUnknownPage();
    await shop.hold("bob", { mug: 1 });
    await shop.store.claim({ sessionHash: "bob", claimId: "claim-2" });
    await shop.desk.endUnknownPage(GONE);
    expect(await unitsOf(shop)).toBe(1);
    expect(await shop.store.findClaim("claim-2")).toMatchObject({ checkoutId: null });
  });
});
