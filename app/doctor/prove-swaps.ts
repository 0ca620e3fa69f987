import type { Catalog } from "~/catalog/catalog";
import { failed, note, ok, type Finding } from "./finding";
import { returnUnit } from "./prove-write";

const RACERS = 20;
const ROUNDS = 5;

/**
 * Lets many updates that each take the same unit of a view's row race: if the view compares and swaps, one of them wins. A naive trigger
 * lets several through, each in the belief that it took the unit. The unit is returned after each round.
 */
export async function proveSwaps(
  catalog: Pick<Catalog, "readStock" | "compareAndSwap">,
  productId: string,
): Promise<Finding> {
  let rounds = 0;
  for (; rounds < ROUNDS; rounds += 1) {
    const from = (await catalog.readStock([productId])).get(productId)?.inventory ?? 0;
    if (from < 1) break;
    const swap = { productId, from, to: from - 1 };
    const outcomes = await Promise.allSettled(Array.from({ length: RACERS }, () => catalog.compareAndSwap(swap)));
    const winners = outcomes.filter((one) => one.status === "fulfilled" && one.value.outcome === "swapped").length;
    const isTaken = (await catalog.readStock([productId])).get(productId)?.inventory === from - 1;
    const returned = isTaken ? await returnUnit(catalog, productId) : null;
    if (returned?.state === "failed") return returned;
    if (winners === 0) break;
    if (winners > 1)
      return failed(
        `Updates of this view are not a compare-and-swap: ${winners} of ${RACERS} simultaneous updates took the same unit of ${productId}, so two servers or tools can overwrite each other. The view's trigger must check the old number (\`and stock = old.stock\`, and return null if no row matched), or use a view of one table without a trigger (README, "Your table").`,
      );
  }
  return rounds === ROUNDS
    ? ok(
        `Updates of this view are a compare-and-swap: in each of ${ROUNDS} rounds, ${RACERS} simultaneous updates tried to take one unit of ${productId}, and exactly one succeeded.`,
      )
    : note(
        `Not tested: whether updates of this view are a compare-and-swap. The row of ${productId} changed in the meantime.`,
      );
}

export const UNPROVEN_SWAPS = note(
  "Not tested: whether updates of this view are a compare-and-swap, which several servers need. To test it, run `npm run doctor -- --write ID` with the id of a product in stock.",
);
