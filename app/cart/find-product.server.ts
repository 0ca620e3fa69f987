import { UnavailableError } from "~/errors";
import { heldIfKnown } from "~/reservations/held-if-known";
import type { CartShop, Visit } from "./cart-shop";
import { productView, type ProductView } from "./product-view.server";

/** How many more products a product's page shows, and how long it waits to learn which. */
const MORE = 4;
const WAIT_MS = 300;

export interface FoundProduct {
  readonly product: ProductView;
  /** The ones that follow it in the shop's order; none if that is not known in time. */
  readonly more: readonly ProductView[];
}

/** A product and the next ones, from one read of the catalog and one of the holds; null: there is no such product. */
export async function findProduct(
  { offers, store }: Pick<CartShop, "offers" | "store">,
  productId: string,
  visit: Visit,
): Promise<FoundProduct | null> {
  const next = await nextIfKnown(offers, productId);
  const found = await offers.products([productId, ...next]);
  const product = found.get(productId);
  if (product === undefined) return null;
  const held = await heldIfKnown(store, visit.sessionHash, [...found.keys()]);
  return {
    product: productView(product, held.get(productId), visit),
    more: next.flatMap((id) => {
      const one = found.get(id);
      return one?.active === true ? [productView(one, held.get(id), visit)] : [];
    }),
  };
}

/** They are only a suggestion: without them the page is whole. */
async function nextIfKnown(
  offers: Pick<CartShop["offers"], "following">,
  productId: string,
): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((resolve) => (timer = setTimeout(resolve, WAIT_MS, [])));
  try {
    return await Promise.race([offers.following(productId, MORE), late]);
  } catch (error) {
    if (error instanceof UnavailableError) return [];
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
