import { UnavailableError } from "~/errors";
import type { Catalog } from "./catalog";

export interface WriteFinding {
  readonly state: "ok" | "fault" | "note";
  readonly text: string;
}

/** Takes one unit of a product and gives it back, as a sale and its return do. No id: says what is not proven. Leases nothing. */
export async function proveWrite(
  catalog: Pick<Catalog, "readStock" | "compareAndSwap">,
  productId: string | null,
): Promise<WriteFinding> {
  if (productId === null)
    return {
      state: "note",
      text: "Not proven: that a sale can lower the inventory. `npm run doctor -- --write ID` takes one item of that product and gives it back.",
    };
  try {
    const row = (await catalog.readStock([productId])).get(productId);
    const from = row?.inventory ?? 0;
    if (from < 1)
      return {
        state: "fault",
        text: `There is no item of ${productId} that could be taken: choose a product that is in stock.`,
      };
    const taken = await catalog.compareAndSwap({ productId, from, to: from - 1 });
    if (taken.outcome === "refused")
      return { state: "fault", text: `A sale of ${productId} is refused: ${taken.message}` };
    if (taken.outcome === "changed")
      return { state: "note", text: `Not proven: the row of ${productId} changed meanwhile. Try again.` };
    return await giveBack(catalog, productId);
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    return { state: "fault", text: `Look at the inventory of ${productId}, one item may be missing: ${error.message}` };
  }
}

async function giveBack(
  { readStock, compareAndSwap }: Pick<Catalog, "readStock" | "compareAndSwap">,
  productId: string,
): Promise<WriteFinding> {
  for (let tries = 0; tries < 5; tries += 1) {
    const now = (await readStock([productId])).get(productId)?.inventory;
    if (typeof now !== "number") break;
    const given = await compareAndSwap({ productId, from: now, to: now + 1 });
    if (given.outcome === "swapped")
      return { state: "ok", text: `One item of ${productId} was taken and given back: sales can lower the inventory.` };
    if (given.outcome === "refused")
      return {
        state: "fault",
        text: `One item of ${productId} was taken and could not be given back; add it by hand: ${given.message}`,
      };
  }
  return { state: "fault", text: `One item of ${productId} was taken and not given back: add it by hand.` };
}
