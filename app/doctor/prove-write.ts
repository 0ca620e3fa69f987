import type { Catalog } from "~/catalog/catalog";
import { UnavailableError } from "~/errors";
import type { Finding } from "./finding";

/** Takes one unit of a product and returns it, as a sale and its return would. Without an id, reports that writing is unproven. Takes no lease. */
export async function proveWrite(
  catalog: Pick<Catalog, "readStock" | "compareAndSwap">,
  productId: string | null,
): Promise<Finding> {
  if (productId === null)
    return {
      state: "note",
      text: "Not tested: whether a sale can lower the inventory. To test it, run `npm run doctor -- --write ID`: it takes one unit of that product and returns it.",
    };
  try {
    const row = (await catalog.readStock([productId])).get(productId);
    const from = row?.inventory ?? 0;
    if (from < 1)
      return {
        state: "failed",
        text: `${productId} is out of stock. Choose a product that is in stock.`,
      };
    const taken = await catalog.compareAndSwap({ productId, from, to: from - 1 });
    if (taken.outcome === "refused")
      return { state: "failed", text: `A sale of ${productId} would fail: ${taken.message}` };
    if (taken.outcome === "changed")
      return { state: "note", text: `Not tested: the row of ${productId} changed in the meantime. Try again.` };
    return await returnUnit(catalog, productId);
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    return { state: "failed", text: `Check the inventory of ${productId}: one unit may be missing. ${error.message}` };
  }
}

/** Adds the unit that was taken, whatever the number is by now. */
export async function returnUnit(
  { readStock, compareAndSwap }: Pick<Catalog, "readStock" | "compareAndSwap">,
  productId: string,
): Promise<Finding> {
  for (let tries = 0; tries < 5; tries += 1) {
    const now = (await readStock([productId])).get(productId)?.inventory;
    if (typeof now !== "number") break;
    const given = await compareAndSwap({ productId, from: now, to: now + 1 });
    if (given.outcome === "swapped")
      return { state: "ok", text: `One unit of ${productId} was taken and returned: sales can lower the inventory.` };
    if (given.outcome === "refused")
      return {
        state: "failed",
        text: `One unit of ${productId} was taken and could not be returned. Add it manually. ${given.message}`,
      };
  }
  return { state: "failed", text: `One unit of ${productId} was taken and not returned. Add it manually.` };
}
