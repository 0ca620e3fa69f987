import { UnavailableError } from "~/errors";
import { withSet } from "~/reservations/cart-lines";
import type { Line, SessionView } from "~/reservations/reservation-store";
import type { CartFailure } from "./cart-failure";
import type { CartIntent, ReadIntent } from "./cart-intent.server";
import { withCheckout, withOperation, type Cart } from "./cart-session.server";
import type { CartShop } from "./cart-shop";
import { cartLines } from "./cart-view.server";
import { presentCart } from "./present-cart.server";
import { shortLines } from "./short-lines";

export type CartResult =
  /** `cart` must be written to the cookie. */
  | { readonly outcome: "changed"; readonly cart: Cart }
  /** A later click on the same products arrived first: nothing changed, and no cookie must be written. */
  | { readonly outcome: "overtaken" }
  /** The cart turned out to be paid: nothing changed, and the order page shows the rest. */
  | { readonly outcome: "paid"; readonly cart: Cart; readonly checkoutId: string }
  | { readonly outcome: "failed"; readonly failure: CartFailure };

interface Present {
  readonly cart: Cart;
  readonly view: SessionView;
}

/** Applies a form to the cart. Holds first and writes the cookie after, so that it never contains refused lines. `now`: epoch milliseconds. */
export async function changeCart(
  shop: CartShop,
  given: Cart,
  read: Exclude<ReadIntent, { outcome: "invalid" }>,
  now: number,
): Promise<CartResult> {
  if (read.outcome === "bad_quantity") {
    return failed({
      kind: "bad_quantity",
      productId: read.productId,
      max: shop.env.MAX_UNITS_PER_LINE,
    });
  }
  try {
    const present = await presentCart(shop, given);
    if (present.outcome === "unsettled") return failed({ kind: "unsettled", checkoutId: present.checkoutId });
    const about = productsOf(read.intent);
    const order = { revision: given.revision, clickedAt: read.clickedAt };
    if (about !== null && !(await shop.formOrders.isLatest(given.sessionHash, about, order)))
      return { outcome: "overtaken" };
    if (present.outcome === "same")
      return await unlessSold(shop, given, present, await apply(shop, present, read.intent, now));
    // The form belongs to a cart that has been sold: only adding still makes sense.
    if (read.intent.intent !== "add") return paid(given, given.paying ?? "");
    return await apply(
      shop,
      { cart: present.cart, view: await shop.store.view(present.cart.sessionHash) },
      read.intent,
      now,
    );
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    shop.log.error({ err: error, session: given.sessionHash }, "cart not changed");
    return failed({ kind: "unavailable" });
  }
}

/** Products whose quantity the form sets; null if none. */
function productsOf(intent: CartIntent): readonly string[] | "all" | null {
  if (intent.intent === "clear") return "all";
  if (intent.intent === "set") return intent.lines.map(({ productId }) => productId);
  return "productId" in intent ? [intent.productId] : null;
}

/** If an open payment page was paid and the sale completed during the change, the lines must not be paid again: the result is `paid`. */
async function unlessSold(shop: CartShop, given: Cart, { view }: Present, result: CartResult): Promise<CartResult> {
  if (result.outcome !== "changed" || view.claim === null || given.paying === null) return result;
  const present = await presentCart(shop, given);
  return present.outcome === "sold" ? paid(given, given.paying) : result;
}

function apply(shop: CartShop, present: Present, intent: CartIntent, now: number): Promise<CartResult> {
  const lines = cartLines(present.cart, present.view);
  switch (intent.intent) {
    case "add":
      return add(shop, present, intent, now);
    case "set":
      return intent.lines.every(({ quantity }) => quantity === 0)
        ? release(shop, present, productsOf(intent) ?? [])
        : hold(shop, present, intent.lines, now);
    case "hold":
      return hold(shop, present, lines, now);
    case "remove":
      return release(shop, present, [intent.productId]);
    case "clear":
      return release(shop, present, "all");
    case "extend":
      return extend(shop, present);
  }
}

/**
 * Adds once per form. If it is sent again later, its id is in the cookie. If it is sent twice at once, both requests have the same
 * cookie and count from it, so both request the same total, even on different servers.
 */
async function add(
  shop: CartShop,
  present: Present,
  { productId, quantity, operation }: Extract<CartIntent, { intent: "add" }>,
  now: number,
): Promise<CartResult> {
  const { cart, view } = present;
  if (operation !== null && cart.operations.includes(operation)) return { outcome: "changed", cart };
  const known = operation === null ? cartLines(cart, view) : cart.lines;
  const before = known.find((line) => line.productId === productId)?.quantity ?? 0;
  const result = await hold(shop, present, [{ productId, quantity: before + quantity }], now);
  return result.outcome === "changed" && operation !== null
    ? { ...result, cart: withOperation(result.cart, operation) }
    : result;
}

async function hold(shop: CartShop, { cart, view }: Present, lines: readonly Line[], now: number): Promise<CartResult> {
  if (lines.length === 0) return failed({ kind: "empty_cart" });
  const subject = lines.length === 1 ? (lines[0]?.productId ?? null) : null;
  const wanted = withSet(cartLines(cart, view), lines);
  const maxLines = shop.env.MAX_LINES_PER_CART;
  if (wanted.length > maxLines)
    return failed({ kind: "limit_exceeded", limit: "lines_per_cart", max: maxLines, productId: subject });
  const after: Cart = { ...cart, lines: wanted, paying: null };
  if (!(await shop.carts.fits(after))) return failed({ kind: "cart_full" });

  const changed = await shop.checkout.changeCart({ sessionHash: cart.sessionHash, lines });
  switch (changed.outcome) {
    case "granted":
      return { outcome: "changed", cart: after };
    case "refused":
      return failed({ kind: "refused", lines: shortLines(changed.lines, now) });
    case "unknown_product":
      return failed({ kind: "unknown_product", productIds: changed.productIds });
    case "limit_exceeded":
      return failed({ kind: "limit_exceeded", limit: changed.limit, max: changed.max, productId: subject });
    case "selling_paused":
      return failed({ kind: "selling_paused", mayPay: changed.mayPay, retryAfterSeconds: changed.retryAfterSeconds });
    case "checkout_open":
      return failed({ kind: "checkout_open" });
    case "paid":
      return paid(cart, changed.checkoutId);
  }
}

async function release(
  shop: CartShop,
  { cart, view }: Present,
  productIds: readonly string[] | "all",
): Promise<CartResult> {
  const released = await shop.checkout.release({ sessionHash: cart.sessionHash, productIds });
  switch (released.outcome) {
    case "released": {
      const lines =
        productIds === "all" ? [] : cartLines(cart, view).filter((line) => !productIds.includes(line.productId));
      return { outcome: "changed", cart: { ...cart, lines, paying: null } };
    }
    case "checkout_open":
      return failed({ kind: "checkout_open" });
    case "paid":
      return paid(cart, released.checkoutId);
  }
}

async function extend(shop: CartShop, { cart }: Present): Promise<CartResult> {
  const renewed = await shop.store.renew(cart.sessionHash);
  switch (renewed.outcome) {
    case "renewed":
      return { outcome: "changed", cart };
    case "nothing_held":
      return failed({ kind: "nothing_held" });
    case "checkout_open":
      return failed({ kind: "checkout_open" });
  }
}

function failed(failure: CartFailure): CartResult {
  return { outcome: "failed", failure };
}

/** Entitles the browser to see the order that it is sent to. */
function paid(cart: Cart, checkoutId: string): CartResult {
  return { outcome: "paid", cart: withCheckout(cart, checkoutId), checkoutId };
}
