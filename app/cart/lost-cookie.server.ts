import { z } from "zod";
import { MAX_ID_OR_NAME_LENGTH } from "~/catalog/catalog";
import type { ReadCart } from "./cart-session.server";
import type { CartShop } from "./cart-shop";
import type { LostCookieView } from "./cart-view";

/**
 * The URL to which a form without the cart cookie is redirected. Such a form holds nothing: with a new session each time, every click in a
 * browser that rejects cookies would hold one more unit. The redirect sets the cookie, and this page checks whether it comes back.
 */
export function lostCookieAddress(form: Readonly<Record<string, string>>): string {
  const { intent, product_id: productId, quantity } = form;
  const item: Record<string, string> =
    intent === "add" && productId !== undefined && quantity !== undefined
      ? { product_id: productId.slice(0, MAX_ID_OR_NAME_LENGTH), quantity: quantity.slice(0, 9) }
      : {};
  return `/cart?${new URLSearchParams({ once_more: "1", ...item }).toString()}`;
}

const querySchema = z.object({
  once_more: z.literal("1"),
  product_id: z.string().min(1).max(MAX_ID_OR_NAME_LENGTH).optional(),
  quantity: z.coerce.number().int().min(1).max(1_000_000).catch(1),
});

/** The cart page's message about such a form; null if the page was not opened by one. */
export async function showLostCookie(
  shop: Pick<CartShop, "offers">,
  query: URLSearchParams,
  origin: ReadCart["origin"],
): Promise<LostCookieView | null> {
  const asked = querySchema.safeParse(Object.fromEntries(query));
  if (!asked.success) return null;
  if (origin !== "cookie") return { outcome: "blocked" };
  const { product_id: productId, quantity } = asked.data;
  const product = productId === undefined ? undefined : (await shop.offers.products([productId])).get(productId);
  return {
    outcome: "once_more",
    item: product === undefined ? null : { productId: product.id, name: product.name, quantity },
  };
}
