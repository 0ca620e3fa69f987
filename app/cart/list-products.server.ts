import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { ListSort } from "~/catalog/catalog";
import { heldIfKnown } from "~/reservations/held-if-known";
import type { CartShop, Visit } from "./cart-shop";
import { productView, type ProductView } from "./product-view.server";

export const PAGE_SIZE = 24;

/** Beyond this no page is looked for. */
const LAST_PAGE = 100_000;

/** Query of the product list. URLs get mangled, so what is no value of its kind is ignored; a page that does not exist is reported. */
export const listQuerySchema = z.object({
  page: z.coerce
    .number()
    .int()
    .min(1)
    .transform((page) => Math.min(page, LAST_PAGE))
    .catch(1),
  q: z.string().trim().max(100).catch(""),
  sort: z.string().catch(""),
});

export interface ProductListView {
  readonly products: readonly ProductView[];
  readonly page: number;
  readonly pages: number;
  readonly total: number;
  /** Empty without a search. */
  readonly search: string;
  /** Null: the shop's own order. */
  readonly sort: ListSort | null;
  /** What the list can be sorted by instead. */
  readonly sorts: readonly ListSort[];
  /** Idempotency key of this view's forms; see `CartIntent`. */
  readonly operation: string;
}

/** An idempotency key for the forms of one page view: 9 characters with 48 random bits. */
export function newOperation(): string {
  return `o${randomBytes(6).toString("base64url")}`;
}

/** Whether a list has this page. An empty list has its first one. */
export function hasPage({ page, pages }: Pick<ProductListView, "page" | "pages">): boolean {
  return page <= Math.max(1, pages);
}

/** One page of products and their holds. A sort that the table cannot do is ignored. */
export async function listProducts(
  { offers, store }: Pick<CartShop, "offers" | "store">,
  { page, q, sort: asked }: z.output<typeof listQuerySchema>,
  visit: Visit,
): Promise<ProductListView> {
  const sorts = await offers.sorts();
  const sort = sorts.find((known) => known === asked);
  const search = q === "" ? undefined : q;
  const found = await offers.list({ page, pageSize: PAGE_SIZE, search, sort, soldOutLast: true });
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
    sort: sort ?? null,
    sorts,
    operation: newOperation(),
  };
}
