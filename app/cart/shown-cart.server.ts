import { z } from "zod";
import { changedSince, type ShownCart } from "~/checkout/page/shown-cart";
import type { CartChange } from "./cart-view";

/** What a form or an address says that a page showed; `unreadable` is not what our pages write. */
export type ReadShownCart = ShownCart | "unreadable";

const MOST_LINES = 200;
const LONGEST_ADDRESS = 1_500;

const shownSchema = z
  .object({
    currency: z.string().length(3),
    lines: z
      .array(z.tuple([z.string().min(1).max(1000), z.number().int().min(0), z.number().int().min(0)]))
      .max(MOST_LINES),
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

/** Null: nothing was said. */
export function readShownCart(written: string | null | undefined): ReadShownCart | null {
  if (written === null || written === undefined) return null;
  try {
    return shownSchema.parse(JSON.parse(written));
  } catch {
    return "unreadable";
  }
}

/** The cart's page, which says what has changed since; as much of it as an address has room for. */
export function changedCartAddress(since: ReadShownCart): string {
  const address = (written: string) => `/cart?${new URLSearchParams({ changed: written }).toString()}`;
  if (since === "unreadable") return address("");
  for (let { lines } = since; ; lines = lines.slice(0, -1)) {
    const shortened = address(writeShownCart({ ...since, lines }));
    if (shortened.length <= LONGEST_ADDRESS || lines.length === 0) return shortened;
  }
}

interface Now {
  readonly cart: ShownCart | null;
  readonly nameOf: (productId: string) => string | null;
  readonly priceText: (unitAmount: number, currency: string) => string;
}

/**
 * What has changed since `shown`, for a person; compared once more, so that the page tells what is so now whatever the address says.
 * Null: nothing has. Empty: it cannot be told what.
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
    ...changed.lines.map(({ productId, quantity }): CartChange => {
      const line = lines.find((one) => one.productId === productId);
      const name = nameOf(productId);
      if (line === undefined) return { kind: "gone", name };
      return line.quantity === quantity
        ? { kind: "price", name, price: priceText(line.unitAmount, cart.currency) }
        : { kind: "quantity", name, quantity: line.quantity };
    }),
  ];
}
