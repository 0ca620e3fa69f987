import { expect } from "vitest";
import type { ReservationStore } from "~/reservations/reservation-store";
import { storeTiming } from "./describe-reservation-store";
import type { Client, Program, Scenario } from "./interleaving-explorer";

const { ttlMs, pendingMs } = storeTiming;

const requests =
  (sessionHash: string, ...calls: Readonly<Record<string, number>>[]): Program =>
  async (client) => {
    for (const units of calls) await client.reserve(sessionHash, units);
  };

/** Opens a payment page: claims, then stamps. */
const opensPage =
  (sessionHash: string): Program =>
  async ({ store }) => {
    const claimed = await store.claim({ sessionHash, claimId: `claim-${sessionHash}` });
    if (claimed.outcome === "claimed")
      await store.stamp({ claimId: claimed.claim.claimId, checkoutId: `cs_${sessionHash}` });
  };

/** Does what the webhook does once a payment is certain: first the row, then the claim. */
const sells =
  (sessionHash: string): Program =>
  async (client) =>
    sell(client, sessionHash);

async function sell({ store, decrement }: Client, sessionHash: string): Promise<void> {
  const claim = await store.findClaim(`claim-${sessionHash}`);
  if (claim === null) throw new Error("sold without a claim");
  await decrement(claim.claimId, claim.lines);
  await store.complete(claim);
}

const advances =
  (...milliseconds: number[]): Program =>
  async ({ advance }) => {
    for (const each of milliseconds) await advance(each);
  };

const holding =
  (...carts: [session: string, units: Record<string, number>, paying?: "paying"][]) =>
  async (store: ReservationStore) => {
    for (const [sessionHash, units, paying] of carts) {
      const lines = Object.entries(units).map(([productId, quantity]) => ({ productId, quantity }));
      await store.place({ sessionHash, operationId: `start-${sessionHash}`, lines, maxLines: 30 });
      await store.confirm({ sessionHash, operationId: `start-${sessionHash}` });
      if (paying === undefined) continue;
      await store.claim({ sessionHash, claimId: `claim-${sessionHash}` });
      await store.stamp({ claimId: `claim-${sessionHash}`, checkoutId: `cs_${sessionHash}` });
    }
  };

const unitsHeld = async (store: ReservationStore, productId: string) =>
  (await store.held({ sessionHash: null, productIds: [productId] })).get(productId)?.total;

/** The conflicts that the search explores. */
export const scenarios: readonly Scenario[] = [
  {
    name: "the last unit, three shoppers",
    stock: { mug: 1 },
    clients: { ann: requests("ann", { mug: 1 }), bob: requests("bob", { mug: 1 }), cy: requests("cy", { mug: 1 }) },
    // Never are all of them refused.
    atEnd: async ({ store }) => expect(await unitsHeld(store, "mug")).toBe(1),
  },
  {
    name: "four shoppers for three units, one requests two",
    stock: { mug: 3 },
    backsOff: 0,
    clients: {
      ann: requests("ann", { mug: 2 }),
      bob: requests("bob", { mug: 1 }),
      cy: requests("cy", { mug: 1 }),
      di: requests("di", { mug: 1 }),
    },
  },
  {
    name: "no conflict, so everyone is granted",
    stock: { mug: 3, hat: 2 },
    clients: {
      ann: requests("ann", { mug: 2 }, { mug: 1 }),
      bob: requests("bob", { hat: 2 }),
      cy: requests("cy", { mug: 1 }),
    },
    atEnd: async ({ store }) => {
      expect((await store.view("ann")).lines).toEqual([{ productId: "mug", quantity: 1 }]);
      expect((await store.view("bob")).lines).toEqual([{ productId: "hat", quantity: 2 }]);
      expect((await store.view("cy")).lines).toEqual([{ productId: "mug", quantity: 1 }]);
    },
  },
  {
    name: "a decrease in a call that fails, and another shopper",
    stock: { mug: 5, hat: 0 },
    start: holding(["ann", { mug: 5 }]),
    clients: { ann: requests("ann", { mug: 1, hat: 1 }), bob: requests("bob", { mug: 4 }, { mug: 1 }) },
    atEnd: async ({ store }) => expect((await store.view("ann")).lines).toEqual([{ productId: "mug", quantity: 5 }]),
  },
  {
    name: "one cart changed in two tabs, up and down, and another shopper twice",
    stock: { mug: 5 },
    start: holding(["ann", { mug: 3 }]),
    clients: {
      "ann's tab": requests("ann", { mug: 1 }),
      "ann's other tab": requests("ann", { mug: 5 }),
      bob: requests("bob", { mug: 4 }, { mug: 2 }),
    },
  },
  {
    name: "two products in opposite order",
    stock: { mug: 1, hat: 1 },
    clients: {
      ann: requests("ann", { mug: 1, hat: 1 }),
      bob: requests("bob", { hat: 1, mug: 1 }),
      cy: requests("cy", { mug: 1 }),
    },
  },
  {
    name: "a cart that releases while others request its units",
    stock: { mug: 2 },
    start: holding(["ann", { mug: 2 }]),
    clients: {
      ann: async ({ store, reserve: request }) => {
        await request("ann", { mug: 1 });
        await store.release({ sessionHash: "ann", productIds: "all" });
        await request("ann", { mug: 2 });
      },
      bob: requests("bob", { mug: 2 }),
      cy: requests("cy", { mug: 1 }),
    },
  },
  {
    name: "a sale while two shoppers request the sold product",
    stock: { mug: 2 },
    start: holding(["payer", { mug: 1 }, "paying"]),
    clients: { payer: sells("payer"), ann: requests("ann", { mug: 1 }), bob: requests("bob", { mug: 1 }) },
    atEnd: async ({ stock }) => expect(stock.get("mug")).toBe(1),
  },
  {
    name: "a hold that lapses while its shopper opens a payment page",
    stock: { mug: 1 },
    start: holding(["ann", { mug: 1 }]),
    clients: {
      clock: advances(ttlMs),
      ann: async (client) => {
        await opensPage("ann")(client);
        if ((await client.store.findClaim("claim-ann")) !== null) await sell(client, "ann");
      },
      bob: requests("bob", { mug: 1 }, { mug: 1 }),
    },
  },
  {
    name: "holds that lapse while their shopper changes and renews the cart",
    stock: { mug: 3 },
    start: holding(["ann", { mug: 2 }]),
    clients: {
      clock: advances(ttlMs),
      ann: async ({ store, reserve: request }) => {
        await store.renew("ann");
        await request("ann", { mug: 3 });
      },
      bob: requests("bob", { mug: 3 }),
    },
  },
  {
    name: "a payment page that closes and returns its units to the shopper",
    stock: { mug: 2 },
    start: holding(["ann", { mug: 1 }, "paying"]),
    clients: {
      stripe: async ({ store }) => {
        await store.unclaim({ claimId: "claim-ann", checkoutId: "cs_ann", to: "shopper" });
      },
      ann: requests("ann", { mug: 2 }, { mug: 0 }),
      bob: requests("bob", { mug: 2 }),
      clock: advances(ttlMs),
    },
  },
  {
    name: "slow calls whose pending units lapse",
    stock: { mug: 1 },
    clients: { clock: advances(pendingMs), ann: requests("ann", { mug: 1 }), bob: requests("bob", { mug: 1 }) },
  },
  {
    name: "calls that crash after any step",
    stock: { mug: 2, hat: 1 },
    start: holding(["ann", { mug: 1 }]),
    crashes: 2,
    backsOff: 0,
    clients: {
      ann: requests("ann", { mug: 2, hat: 1 }),
      bob: requests("bob", { mug: 1 }, { hat: 1 }),
      cy: requests("cy", { mug: 1 }),
    },
  },
  {
    name: "pending units of a crashed call are free ten seconds later",
    stock: { mug: 1 },
    crashes: 1,
    clients: {
      ann: requests("ann", { mug: 1 }),
      later: async ({ advance, reserve: request, store }) => {
        await advance(pendingMs);
        const outcome = await request("bob", { mug: 1 });
        const held = (await store.view("ann")).lines.length > 0;
        const pending = (await store.held({ sessionHash: "bob", productIds: ["mug"] })).get("mug")?.pendingUnits !== 0;
        if (outcome !== "granted" && !held && !pending) throw new Error("the unit is lost");
      },
    },
    atEnd: async ({ crashed, store }) => {
      if (!crashed.includes("later")) expect(await unitsHeld(store, "mug")).toBeGreaterThanOrEqual(1);
    },
  },
  {
    name: "a sale that crashes between the row and its claim",
    stock: { mug: 2 },
    start: holding(["payer", { mug: 1 }, "paying"]),
    crashes: 1,
    clients: { payer: sells("payer"), ann: requests("ann", { mug: 1 }), bob: requests("bob", { mug: 2 }) },
  },
  {
    name: "the merchant lowers the row while shoppers request units",
    stock: { mug: 4 },
    editsStock: true,
    start: holding(["cy", { mug: 1 }]),
    clients: {
      merchant: async ({ edit }) => edit("mug", -2),
      ann: requests("ann", { mug: 2 }),
      bob: requests("bob", { mug: 1 }),
    },
  },
  {
    name: "the merchant raises and lowers the row during a sale",
    stock: { mug: 2 },
    backsOff: 0,
    editsStock: true,
    start: holding(["payer", { mug: 1 }, "paying"]),
    clients: {
      merchant: async ({ edit }) => {
        await edit("mug", +1);
        await edit("mug", -1);
      },
      payer: sells("payer"),
      ann: requests("ann", { mug: 1 }),
      bob: requests("bob", { mug: 1 }),
    },
  },
];

/** Hints of all clients at the start. Only speed may depend on whether they are right. */
const hintVariants: Readonly<Record<string, (stock: Scenario["stock"]) => Scenario["hints"]>> = {
  "no hints": () => undefined,
  "hints right": (stock) => stock,
  "hints too low": (stock) => mapped(stock, () => 0),
  "hints too high": (stock) => mapped(stock, (units) => units + 2),
};

const searches = scenarios.flatMap((scenario) =>
  Object.entries(hintVariants).map(([variant, hints]): Scenario => ({
    ...scenario,
    name: `${scenario.name}, ${variant}`,
    hints: hints(scenario.stock),
  })),
);

/** Hints that are too high mostly follow the same paths as no hints. */
const isLong = ({ name }: Scenario) =>
  name.endsWith("too high") || name === "four shoppers for three units, one requests two, hints too low";

export const shortSearches = searches.filter((search) => !isLong(search));
export const longSearches = searches.filter(isLong);

function mapped(stock: Scenario["stock"], change: (units: number) => number): Scenario["stock"] {
  return Object.fromEntries(Object.entries(stock).map(([productId, units]) => [productId, change(units)]));
}
