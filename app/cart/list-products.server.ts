import { randomBytes } from "node:crypto";
import { z } from "zod";
import { heldIfKnown } from "~/reservations/held-if-known";
import type { CartShop, Visit } from "./cart-shop";
import { productView, type ProductView } from "./product-view.server";

export const PAGE_SIZE = 24;

/** Query of the product list. URLs get mangled, so invalid values are ignored. */
export const listQuerySchema = z.object({
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
  q: z.string().trim().max(100).catch(""),
});

export interface ProductListView {
  readonly products: readonly ProductView[];
  readonly page: number;
  readonly pages: number;
  readonly total: number;
  /** Empty without a search. */
  readonly search: string;
  /** Idempotency key of this view's forms; see `CartIntent`. */
  readonly operation: string;
}

/** An idempotency key for the forms of one page view: 9 characters with 48 random bits. */
export function newOperation(): string {
  return `o${randomBytes(6).toString("base64url")}`;
}

/** One page of products, from one read of the catalog and one of the holds. */
export async function listProducts(
  { offers, store }: Pick<CartShop, "offers" | "store">,
  { page, q }: z.output<typeof listQuerySchema>,
  visit: Visit,
): Promise<ProductListView> {
  const found = await offers.list({ page, pageSize: PAGE_SIZE, search: q === "" ? undefined : q });
  const held = await heldIfKnown(
    store,
    visit.sessionHash,
    found.products.map(({ id }) => id),
  );
  return {
    products: found.products.map((product) => productView(product, held.get(product.id), visit)),
    page: found.page,
    pages: found.pages,
    total: found.total,
    search: q,
    operation: newOperation(),
  };
}

/** One product; null: there is no such product. */
export async function findProduct(
  { offers, store }: Pick<CartShop, "offers" | "store">,
  productId: string,
  visit: Visit,
): Promise<ProductView | null> {
  const product = (await offers.products([productId])).get(productId);
  if (product === undefined) return null;
  const held = await heldIfKnown(store, visit.sessionHash, [productId]);
  return productView(product, held.get(productId), visit);
}
