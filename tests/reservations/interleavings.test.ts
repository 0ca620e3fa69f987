import { describe, expect, it } from "vitest";
import { withSet } from "~/reservations/cart-lines";
import type { Line, ReservationStore } from "~/reservations/reservation-store";
import type { ReserveOutcome } from "~/reservations/reserve";
import { available } from "~/reservations/stock";
import { describeInterleavings } from "./describe-interleavings";
import { explore, Oversold, type Reserve, type Scenario } from "./interleaving-explorer";
import { scenarios, shortSearches } from "./scenarios";

describeInterleavings(shortSearches);

const REFUSED: ReserveOutcome = { outcome: "refused", lines: [], blockedByPending: false };

/** The obvious version: reads the stock first, then checks and writes in one atomic step. */
const readFirst: Reserve = async ({ readStock, atomically, newOperationId }, { sessionHash, lines }) => {
  const rows = await readStock(lines.map((line) => line.productId));
  return atomically("checks and writes", async (store) => {
    const operation = { sessionHash, operationId: newOperationId() };
    const placed = await store.place({ ...operation, lines, maxLines: 30 });
    if (placed.outcome !== "placed") return REFUSED;
    const fits = lines.every((line) => fitsIn(line, rows, placed.others));
    if (!fits) {
      await store.abort(operation);
      return REFUSED;
    }
    const confirmed = await store.confirm(operation);
    if (confirmed.outcome !== "confirmed") throw new Error("confirmed in the same step");
    return { outcome: "granted", lines: [], view: confirmed.view };
  });
};

/** Trusts hints: grants what fits by figures read before, without reading again. */
const trustHints: Reserve = async ({ readStock, newOperationId, store }, { sessionHash, lines }) => {
  const rows = await readStock(lines.map((line) => line.productId));
  const operation = { sessionHash, operationId: newOperationId() };
  const withHints = lines.map((line) => ({ ...line, hint: rows.get(line.productId)?.inventory ?? 0 }));
  const placed = await store.place({ ...operation, lines: withHints, maxLines: 30 });
  if (placed.outcome !== "placed") return REFUSED;
  const confirmed = await store.confirm(operation);
  return confirmed.outcome === "confirmed" ? { outcome: "granted", lines: [], view: confirmed.view } : REFUSED;
};

/** Holds first, but grants at once, and restores the earlier lines if the stock is too low. */
const putBack: Reserve = async ({ readStock, atomically, newOperationId }, { sessionHash, lines }) => {
  const write = async (store: ReservationStore, changes: readonly Line[]) => {
    const operation = { sessionHash, operationId: newOperationId() };
    const placed = await store.place({ ...operation, lines: changes, maxLines: 30 });
    if (placed.outcome !== "placed") return null;
    const confirmed = await store.confirm(operation);
    return confirmed.outcome === "confirmed" ? { others: placed.others, view: confirmed.view } : null;
  };
  const written = await atomically("writes", async (store) => {
    const before = (await store.view(sessionHash)).lines;
    const after = await write(store, lines);
    return after === null ? null : { ...after, before };
  });
  if (written === null) return REFUSED;
  const rows = await readStock(lines.map((line) => line.productId));
  if (lines.every((line) => fitsIn(line, rows, written.others)))
    return { outcome: "granted", lines: [], view: written.view };
  await atomically("puts back", (store) =>
    write(
      store,
      withSet(
        lines.map((line) => ({ ...line, quantity: 0 })),
        written.before,
      ),
    ),
  );
  return REFUSED;
};

function fitsIn(
  { productId, quantity }: Line,
  rows: ReadonlyMap<string, { readonly inventory: number | null }>,
  others: ReadonlyMap<string, { readonly units: number }>,
): boolean {
  return available(rows.get(productId)?.inventory ?? 0, others.get(productId)?.units ?? 0) >= quantity;
}

describe("the search finds the oversell (negative control)", () => {
  const named = (name: string): Scenario => {
    const scenario = scenarios.find((each) => each.name === name);
    if (scenario === undefined) throw new Error(`no scenario "${name}"`);
    return scenario;
  };

  it("of reading the stock first, even if check and write are one step", async () => {
    await expect(explore(named("a sale while two shoppers request the sold product"), readFirst)).rejects.toThrow(
      Oversold,
    );
  });

  it("of granting what fits by a hint", async () => {
    await expect(explore(named("a sale while two shoppers request the sold product"), trustHints)).rejects.toThrow(
      Oversold,
    );
  });

  it("of restoring lines after a failure", async () => {
    await expect(explore(named("a decrease in a call that fails, and another shopper"), putBack)).rejects.toThrow(
      Oversold,
    );
  });
});
