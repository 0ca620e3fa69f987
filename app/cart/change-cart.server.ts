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

export type CartAnswer =
  /** `cart` is to be written to the cookie. */
  | { readonly outcome: "changed"; readonly cart: Cart }
  /** A later click about the same products came before it: nothing was changed, and no cookie is to be written. */
  | { readonly outcome: "overtaken" }
  /** The cart turned out to be paid for: nothing was changed, and the order page tells the rest. */
  | { readonly outcome: "paid"; readonly cart: Cart; readonly checkoutId: string }
  | { readonly outcome: "failed"; readonly failure: CartFailure };

interface Present {
  readonly cart: Cart;
  readonly view: SessionView;
}

/** Does what a form asks for: holds first, cookie after, so that the cookie never tells of what was refused. `now`: epoch milliseconds. */
export async function changeCart(
  shop: CartShop,
  given: Cart,
  read: Exclude<ReadIntent, { outcome: "not_understood" }>,
  now: number,
): Promise<CartAnswer> {
  if (read.outcome === "bad_quantity") {
    return failed({
      kind: "bad_quantity",
      productId: read.productId,
      given: read.given,
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
    // A form of a cart that is sold by now: only what adds something new still makes sense.
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

/** What the form says a quantity of; null: of nothing. */
function productsOf(intent: CartIntent): readonly string[] | "all" | null {
  if (intent.intent === "clear") return "all";
  return "productId" in intent ? [intent.productId] : null;
}

/** A page that was open may have been paid, and the sale done, while the cart was changed: then its lines are not for paying again. */
async function unlessSold(shop: CartShop, given: Cart, { view }: Present, answer: CartAnswer): Promise<CartAnswer> {
  if (answer.outcome !== "changed" || view.claim === null || given.paying === null) return answer;
  const present = await presentCart(shop, given);
  return present.outcome === "sold" ? paid(given, given.paying) : answer;
}

function apply(shop: CartShop, present: Present, intent: CartIntent, now: number): Promise<CartAnswer> {
  const lines = cartLines(present.cart, present.view);
  switch (intent.intent) {
    case "add":
      return add(shop, present, intent, now);
    case "set":
      if (intent.quantity === 0) return release(shop, present, [intent.productId]);
      return hold(shop, present, [{ productId: intent.productId, quantity: intent.quantity }], now);
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
 * Adds once per form. Sent again later, the form finds its id in the cookie. Sent twice at once, both posts bear the same
 * cookie: counting from what that one says, both ask for the same total, on whatever servers they arrive.
 */
async function add(
  shop: CartShop,
  present: Present,
  { productId, quantity, operation }: Extract<CartIntent, { intent: "add" }>,
  now: number,
): Promise<CartAnswer> {
  const { cart, view } = present;
  if (operation !== null && cart.operations.includes(operation)) return { outcome: "changed", cart };
  const known = operation === null ? cartLines(cart, view) : cart.lines;
  const before = known.find((line) => line.productId === productId)?.quantity ?? 0;
  const answer = await hold(shop, present, [{ productId, quantity: before + quantity }], now);
  return answer.outcome === "changed" && operation !== null
    ? { ...answer, cart: withOperation(answer.cart, operation) }
    : answer;
}

async function hold(shop: CartShop, { cart, view }: Present, lines: readonly Line[], now: number): Promise<CartAnswer> {
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
      return failed({ kind: "checkout_open", openedAt: changed.claim.claimedAt });
    case "paid":
      return paid(cart, changed.checkoutId);
  }
}

async function release(
  shop: CartShop,
  { cart, view }: Present,
  productIds: readonly string[] | "all",
): Promise<CartAnswer> {
  const released = await shop.checkout.release({ sessionHash: cart.sessionHash, productIds });
  switch (released.outcome) {
    case "released": {
      const lines =
        productIds === "all" ? [] : cartLines(cart, view).filter((line) => !productIds.includes(line.productId));
      return { outcome: "changed", cart: { ...cart, lines, paying: null } };
    }
    case "checkout_open":
      return failed({ kind: "checkout_open", openedAt: released.claim.claimedAt });
    case "paid":
      return paid(cart, released.checkoutId);
  }
}

async function extend(shop: CartShop, { cart }: Present): Promise<CartAnswer> {
  const renewed = await shop.store.renew(cart.sessionHash);
  switch (renewed.outcome) {
    case "renewed":
      return { outcome: "changed", cart };
    case "nothing_held":
      return failed({ kind: "nothing_held" });
    case "checkout_open":
      return failed({ kind: "checkout_open", openedAt: renewed.claim.claimedAt });
  }
}

function failed(failure: CartFailure): CartAnswer {
  return { outcome: "failed", failure };
}

/** Entitles the browser to see the order that it is sent to. */
function paid(cart: Cart, checkoutId: string): CartAnswer {
  return { outcome: "paid", cart: withCheckout(cart, checkoutId), checkoutId };
}
