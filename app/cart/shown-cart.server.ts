import { z } from "zod";
import { MAX_ID_OR_NAME_LENGTH } from "~/catalog/catalog";
import { changedSince, type ShownCart } from "~/checkout/page/shown-cart";
import type { CartChange } from "./cart-view";

/** The cart that a page showed, according to a form or URL; `unreadable` if it is not in our pages' format. */
export type ReadShownCart = ShownCart | "unreadable";

const MAX_LINES = 200;
const MAX_URL_LENGTH = 1_500;

const shownSchema = z
  .object({
    currency: z.string().length(3),
    lines: z
      .array(z.tuple([z.string().min(1).max(MAX_ID_OR_NAME_LENGTH), z.number().int().min(0), z.number().int().min(0)]))
      .max(MAX_LINES),
  })
  .transform(({ currency, lines }): ShownCart => ({
    currency,
    lines: lines.map(([productId, quantity, unitAmount]) => ({ productId, quantity, unitAmount })),
  }));

export function writeShownCart({ currency, lines }: ShownCart): string {
  return JSON.stringify({
    currency,
    lines: lines.map(({ productId, quantity, unitAmount }) => [productId, quantity, unitAmount]),
  });
}

/** Parses the value; null if there is none. */
export function readShownCart(written: string | null | undefined): ReadShownCart | null {
  if (written === null || written === undefined) return null;
  try {
    return shownSchema.parse(JSON.parse(written));
  } catch {
    return "unreadable";
  }
}

/** The URL of the cart page that lists changes since; lines beyond the URL's maximum length are left out. */
export function changedCartAddress(since: ReadShownCart): string {
  const address = (written: string) => `/cart?${new URLSearchParams({ changed: written }).toString()}`;
  if (since === "unreadable") return address("");
  for (let { lines } = since; ; lines = lines.slice(0, -1)) {
    const shortened = address(writeShownCart({ ...since, lines }));
    if (shortened.length <= MAX_URL_LENGTH || lines.length === 0) return shortened;
  }
}

interface Now {
  readonly cart: ShownCart | null;
  readonly nameOf: (productId: string) => string | null;
  readonly priceText: (unitAmount: number, currency: string) => string;
}

/**
 * Changes since `shown`, for people. Compared again here, so that the page is correct now, whatever the URL says.
 * Null: none. Empty: unknown ones.
 */
export function cartChanges(
  shown: ReadShownCart | null,
  { cart, nameOf, priceText }: Now,
): readonly CartChange[] | null {
  if (shown === null) return null;
  if (shown === "unreadable" || cart === null) return [];
  const named = new Set(shown.lines.map(({ productId }) => productId));
  const lines = cart.lines.filter(({ productId }) => named.has(productId));
  const changed = changedSince(shown, { ...cart, lines });
  if (changed === null) return null;
  const currency: CartChange[] =
    changed.currency === cart.currency ? [] : [{ kind: "currency", currency: cart.currency.toUpperCase() }];
  return [
    ...currency,
    ...changed.lines.map(({ productId, quantity, unitAmount }): CartChange => {
      const line = lines.find((one) => one.productId === productId);
      const name = nameOf(productId);
      if (line === undefined) return { kind: "gone", name };
      return line.quantity === quantity
        ? {
            kind: "price",
            productId,
            price: priceText(line.unitAmount, cart.currency),
            before: priceText(unitAmount, cart.currency),
          }
        : { kind: "quantity", name, quantity: line.quantity };
    }),
  ];
}
