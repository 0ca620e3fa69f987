import { stockView } from "~/availability/stock-view";
import type { Money, Product } from "~/catalog/catalog";
import { moneyText, sumMoney } from "~/catalog/money-text.server";
import type { ShownCart } from "~/checkout/page/shown-cart";
import { withSet } from "~/reservations/cart-lines";
import type { HeldUnits, Line, SessionView } from "~/reservations/reservation-store";
import type { Cart } from "./cart-session.server";
import type { Visit } from "./cart-shop";
import type { AtCheckout, CartLineView, CartView, RemovedLine } from "./cart-view";
import { cartChanges, writeShownCart, type ReadShownCart } from "./shown-cart.server";

export interface CartFacts {
  readonly cart: Cart;
  readonly view: SessionView;
  readonly products: ReadonlyMap<string, Product>;
  readonly held: ReadonlyMap<string, HeldUnits>;
  readonly unsettledCheckout: string | null;
  readonly checkoutTtlMs: number;
  readonly maxUnitsPerLine: number;
  readonly atCheckout: AtCheckout;
  readonly visit: Visit;
  /** The lines that the last form removed, from the URL. */
  readonly removed: readonly Line[];
  /** The cart as shown when the shopper tried to check out, from the URL. */
  readonly wasShown: ReadShownCart | null;
}

// Smallest noticeable extension: below it, the cart is near its maximum age.
const WORTH_EXTENDING_MS = 1000;

/** The cookie's lines in their order, then lines that only the store knows. The store's quantities win. */
export function cartLines(cart: Pick<Cart, "lines">, view: SessionView): readonly Line[] {
  return withSet(cart.lines, view.claim?.lines ?? view.lines);
}

export function cartView(facts: CartFacts): CartView {
  const { cart, view, visit, checkoutTtlMs, unsettledCheckout, maxUnitsPerLine, atCheckout } = facts;
  const { claim, expiresInMs, renewableForMs } = view;
  const lines = cartLines(cart, view);
  const obstacle = findObstacle(lines, facts.products);
  const shown = obstacle === null ? shownCart(lines, facts.products) : null;
  const total = obstacle === null ? sumMoney(lines.flatMap((line) => subtotal(line, facts.products) ?? [])) : null;
  return {
    lines: lines.map((line) => lineView(line, facts)),
    units: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    total: total && moneyText(total, visit.locale),
    obstacle,
    heldUntil: claim !== null || expiresInMs === null ? null : visit.now + expiresInMs,
    readAt: visit.now,
    payWithinMs: checkoutTtlMs,
    shown: shown && writeShownCart(shown),
    changes: cartChanges(facts.wasShown, {
      cart: shown,
      nameOf: (productId) => facts.products.get(productId)?.name ?? null,
      priceText: (amount, currency) => moneyText({ amount, currency }, visit.locale),
    }),
    atCheckout,
    removed: removedLines(facts, lines),
    canExtend: claim === null && expiresInMs !== null && (renewableForMs ?? 0) > expiresInMs + WORTH_EXTENDING_MS,
    paymentPage: claim && {
      closesAt: claim.claimedAt + (claim.terms?.payWithinMs ?? checkoutTtlMs),
    },
    unsettledCheckout,
    checkouts: cart.checkouts,
    maxUnitsPerLine,
  };
}

/** Null if a line has no price. */
function shownCart(lines: readonly Line[], products: ReadonlyMap<string, Product>): ShownCart | null {
  const priced = lines.flatMap(({ productId, quantity }) => {
    const price = products.get(productId)?.price ?? null;
    return price === null ? [] : [{ productId, quantity, unitAmount: price.amount, currency: price.currency }];
  });
  const [first] = priced;
  return first === undefined || priced.length < lines.length ? null : { currency: first.currency, lines: priced };
}

/** Without products that no longer exist, and lines that are in the cart again. */
function removedLines({ removed, products }: CartFacts, lines: readonly Line[]): readonly RemovedLine[] {
  return removed.flatMap((line) => {
    const product = products.get(line.productId);
    return product === undefined || lines.some(({ productId }) => productId === line.productId)
      ? []
      : [{ ...line, name: product.name }];
  });
}

function lineView(line: Line, { view, products, held, visit }: CartFacts): CartLineView {
  const product = products.get(line.productId);
  const price = product?.price ?? null;
  const sum = subtotal(line, products);
  return {
    ...line,
    name: product?.name ?? null,
    image: product?.image ?? null,
    state: lineState(line.productId, view),
    price: price && moneyText(price, visit.locale),
    subtotal: sum && moneyText(sum, visit.locale),
    stock: stockView(product?.active === true ? product.onHand : 0, held.get(line.productId), visit.now),
  };
}

function lineState(productId: string, { claim, lines }: SessionView): CartLineView["state"] {
  const isIn = (holding: readonly Line[]) => holding.some((line) => line.productId === productId);
  if (claim !== null && isIn(claim.lines)) return "paying";
  return isIn(lines) ? "held" : "lapsed";
}

function subtotal({ productId, quantity }: Line, products: ReadonlyMap<string, Product>): Money | null {
  const price = products.get(productId)?.price ?? null;
  return price && { ...price, amount: price.amount * quantity };
}

function findObstacle(lines: readonly Line[], products: ReadonlyMap<string, Product>): CartView["obstacle"] {
  const rows = lines.map((line) => products.get(line.productId));
  if (rows.some((row) => row === undefined || !row.active)) return "no_longer_sold";
  if (rows.some((row) => row?.price === null)) return "no_price";
  return new Set(rows.map((row) => row?.price?.currency)).size > 1 ? "mixed_currencies" : null;
}
