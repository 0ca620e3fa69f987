import type { StockView } from "~/availability/stock-view";
import type { CartFailure, ShortLine } from "~/cart/cart-failure";
import type { CartView } from "~/cart/cart-view";
import type { OrderView } from "~/cart/show-order.server";
import type { NotPayableReason } from "~/checkout/checkout";
import type { ClockText } from "./clock-text";

/** The shop's wording. Pages and components take their texts from here and from the `*-words.ts` files. */
export const shop = {
  name: "Slipway",
  motto: "Pottery and kitchen things from a workshop on the harbour",
  promise: "What is in your cart is held for you while you decide, and nobody is sold what is not there.",
  sandboxLabel: "About this shop",
  sandboxBanner: "Sandbox: nothing is charged and nothing is shipped",
  skipLink: "Skip to the content",
  toProducts: "See all products",
  toCart: "Go to the cart",
};

export const labels = {
  cart: "Cart",
  search: "Search",
  searchFor: "Search products",
  showAll: "Show all products",
  addToCart: "Add to cart",
  adding: "Adding…",
  extending: "Extending…",
  holding: "Holding…",
  updating: "Updating…",
  clearing: "Clearing…",
  removing: "Removing…",
  undo: "Put it back",
  quantity: "Quantity",
  update: "Update",
  remove: "Remove",
  clear: "Clear the cart",
  extend: "Hold for longer",
  holdAgain: "Hold everything again",
  pay: "Pay",
  continuePayment: "Continue to payment",
  subtotal: "Subtotal",
  total: "Total",
  previous: "Previous page",
  next: "Next page",
  tryAgain: "Try again",
  reload: "Reload",
};

export function pageTitle(...parts: readonly string[]): string {
  return [...parts, shop.name].join(" · ");
}

export function units(count: number): string {
  return count === 1 ? "1 unit" : `${count} units`;
}

/** The stock of a product as text. Only uses numbers counted by the server. */
export function stockText({ onHand, available, heldByYou, nextReleaseAt }: StockView, clockText: ClockText): string {
  if (heldByYou > 0) return holdingText(heldByYou, available);
  if (onHand === 0) return "Sold out";
  if (available === 0)
    return `All held in other carts${nextReleaseAt === null ? "" : `: the next may free up at ${clockText(nextReleaseAt)}`}`;
  return available === 1 ? "Last one" : `${available} left`;
}

function holdingText(heldByYou: number, available: number): string {
  if (available < heldByYou)
    return `You are holding ${heldByYou}, but the stock has changed and only ${available} can be sold to you`;
  if (available === heldByYou) return `You are holding ${heldByYou}, and there are no more`;
  return `You are holding ${heldByYou}, and ${available - heldByYou} more ${available - heldByYou === 1 ? "is" : "are"} left`;
}

export function shortageText(
  { requested, available, shortage, nextReleaseAt }: ShortLine,
  clockText: ClockText,
): string {
  const left = available === 0 ? "none is left" : `only ${available} ${available === 1 ? "is" : "are"} left`;
  const asked = `You asked for ${requested}, and ${left} for you.`;
  if (shortage === "sold_out") return `${asked} There are no more.`;
  const when = nextReleaseAt === null ? "" : ` The next may free up at ${clockText(nextReleaseAt)}.`;
  return `${asked} Others are not sold, only held in other carts.${when}`;
}

function limitText({ limit, max }: Extract<CartFailure, { kind: "limit_exceeded" }>): string {
  switch (limit) {
    case "units_per_line":
      return `At most ${units(max)} of one product fit in a cart.`;
    case "lines_per_cart":
      return `At most ${max} different products fit in a cart.`;
    case "units_per_client":
      return `From one network address at most ${max} unpaid units can be held. Buy or release some first.`;
  }
}

/** The failure as a whole; see `lineFailureText` for single lines. */
export function failureText(failure: CartFailure, clockText: ClockText): string {
  switch (failure.kind) {
    case "bad_quantity":
      return `“${failure.given}” is not a quantity. Give a whole number from 1 to ${failure.max}.`;
    case "refused":
      return "Not everything could be held, so nothing was changed.";
    case "unknown_product":
      return "This product does not exist any more. Nothing was changed.";
    case "limit_exceeded":
      return `${limitText(failure)} Nothing was changed.`;
    case "cart_full":
      return "The cart is full. Pay for what is in it, or remove something first.";
    case "checkout_open":
      return `You opened a payment page at ${clockText(failure.openedAt)}, and the payment provider could not tell us that it is closed. So that you cannot pay for something else than you see, nothing was changed. Go on paying there, or try again in a moment.`;
    case "unsettled":
      return "We cannot ask right now whether your last payment went through, so nothing was changed. Try again in a moment.";
    case "nothing_held":
      return "Your hold has already ended, so there was nothing to extend. You can hold your cart again below.";
    case "empty_cart":
      return "Your cart is empty.";
    case "not_payable":
      return notPayableText(failure.reason);
    case "rate_limited":
      return `Too many requests. ${tryAgainText(failure.retryAfterSeconds)}`;
    case "checkout_busy":
      return `Checkout is busy right now. ${tryAgainText(failure.retryAfterSeconds)}`;
    case "payment_wait":
      return `Several of your payments were started and not finished. ${tryAgainText(failure.retryAfterSeconds)}`;
    case "selling_paused":
      return `New orders are paused for a moment. Items in your cart stay reserved${failure.mayPay ? " and you can check out" : ""}.`;
    case "unavailable":
      return "The shop cannot reach its stock right now, so nothing was changed and your cart is as it was. Try again in a moment.";
  }
}

function tryAgainText(seconds: number): string {
  return `Try again in ${seconds === 1 ? "1 second" : `${seconds} seconds`}. Your items stay reserved.`;
}

function notPayableText(reason: NotPayableReason): string {
  switch (reason) {
    case "no_price":
      return obstacleText("no_price");
    case "mixed_currencies":
      return obstacleText("mixed_currencies");
    case "amount_too_small":
      return "The total is below the smallest amount that can be paid by card. Add something to the cart.";
    case "rejected_by_stripe":
      return "The payment provider did not accept this cart. You were not charged, and we have been told.";
  }
}

/** The failure of one line. Null if `failureText` says it all. */
export function lineFailureText(failure: CartFailure, productId: string, clockText: ClockText): string | null {
  if (failure.kind !== "refused") return failureText(failure, clockText);
  const line = failure.lines.find((short) => short.productId === productId);
  return line === undefined ? null : shortageText(line, clockText);
}

export function obstacleText(obstacle: NonNullable<CartView["obstacle"]>): string {
  switch (obstacle) {
    case "no_price":
      return "Something in this cart has no price at the moment, so the cart cannot be paid. Remove it to go on.";
    case "mixed_currencies":
      return "The products in this cart are priced in different currencies, so they cannot be paid together. Remove one kind and buy it separately.";
    case "not_sold_any_more":
      return "Something in this cart is not sold any more. Remove it to go on.";
  }
}

export function lapsedText(stock: StockView, quantity: number, clockText: ClockText): string {
  if (stock.available >= quantity) return "Not held any more. There is enough to hold it again.";
  if (stock.available > 0)
    return `Not held any more, and only ${stock.available} can be held again. Change the quantity.`;
  return `Not held any more. ${stockText(stock, clockText)}.`;
}

export function paymentPageText(openedAt: number, closesAt: number, clockText: ClockText): string {
  return `You opened a payment page at ${clockText(openedAt)}. These units stay held for you until you pay, change the cart, or its deadline at ${clockText(closesAt)} passes.`;
}

/** Stages of a hold that are announced. */
export type HoldStage = "started" | "minute" | "seconds" | "ended";

export function holdStageText(stage: HoldStage, heldUntil: number | null, clockText: ClockText): string {
  switch (stage) {
    case "started":
      return heldUntil === null ? "" : `Your hold lasts until ${clockText(heldUntil, "second")}.`;
    case "minute":
      return "One minute of your hold is left.";
    case "seconds":
      return "30 seconds of your hold are left. You can hold your cart for longer.";
    case "ended":
      return "Your hold has ended. What was in the cart is still listed, and can be held again.";
  }
}

/** `short`: names of products without enough stock. */
export function holdAgainText(short: readonly string[]): string {
  if (short.length === 0) return "There is enough of everything to hold it again.";
  return `There is not enough to hold everything again: ${short.join(", ")}.`;
}

export function removedText(name: string, quantity: number): string {
  return quantity === 1 ? `${name} was removed.` : `${name} was removed, all ${quantity}.`;
}

export function updatedText(name: string, quantity: number): string {
  return `${name}: ${units(quantity)} held for you.`;
}

/** `payWithinMs` is an upper limit: payment pages that ended unpaid shorten the next ones. */
export function payHint(payWithinMs: number): string {
  const minutes = Math.floor(payWithinMs / 60_000);
  const time =
    minutes < 1 ? `${Math.floor(payWithinMs / 1000)} seconds` : minutes === 1 ? "one minute" : `${minutes} minutes`;
  return `Paying opens a payment page. You then have up to ${time} to pay, and your items stay held for you all that time.`;
}

export const paymentLinkTexts = {
  title: "Your payment page is ready",
  text: "Your items are reserved. Continue to our payment page to finish your order.",
  link: "Continue to payment",
};

export const cartTexts = {
  title: "Your cart",
  holdLabel: "Your hold",
  timerLabel: "Time left",
  endsSoon: "That is soon.",
  empty: "Your cart is empty.",
  lapsed: "What is marked below is not held for you any more, and may be sold to others.",
  cannotExtend: "This cart was held for as long as it can be. Pay before the time is over.",
  unsettled:
    "We cannot ask right now whether your last payment for this cart went through. Please look at the order before you pay again.",
  lookAtOrder: "Look at the order",
  changesClosePage: "Changing the cart closes that payment page first.",
  gone: "A product that is not sold any more",
  recentPayments: "Your last payments",
};

/** Texts of the cart panel. */
export const panelTexts = {
  close: "Close",
  closeLabel: "Close the cart",
  loading: "Looking at what is held for you…",
  offline: "The shop cannot be reached from here right now. Nothing was changed; please try again.",
  times: (quantity: number, price: string) => `${quantity} × ${price}`,
};

export const productTexts = {
  missingPrice: (isUnavailable: boolean) => (isUnavailable ? "Price unavailable" : "No price"),
  title: "Products",
  notForSale: "Not for sale at the moment.",
  purchase: "Stock and purchase",
  each: (price: string) => `${price} each`,
  noneFound: (search: string) => (search === "" ? "There is nothing here yet." : `Nothing is called “${search}”.`),
  noSuchPage: "The list does not go this far.",
  pageOf: (page: number, pages: number) => `Page ${page} of ${pages}`,
  found: (total: number, search: string) =>
    `${total} ${total === 1 ? "product" : "products"}${search === "" ? "" : ` for “${search}”`}`,
  addLabel: (name: string) => `Add to cart: ${name}`,
  added: (name: string) => `${name} is in your cart and held for you.`,
};

export function orderNumber(checkoutId: string): string {
  return checkoutId.slice(-8).toUpperCase();
}

export const orderTexts: Record<OrderView["state"], { title: string; text: string }> = {
  paid: {
    title: "Thank you, your order is paid",
    text: "Everything below is yours, and was taken from our stock. If you write to us about it, name the number below the list.",
  },
  refunded: {
    title: "Your money goes back to you",
    text: "Your payment arrived after what you bought was gone, so we could not fill the order. The whole amount was refunded; it can take a few days to reach your account.",
  },
  refunded_by_shop: {
    title: "Your order was refunded",
    text: "We refunded the whole amount. It can take a few days to reach your account.",
  },
  refund_pending: {
    title: "Your refund is on its way",
    text: "We've sent the money back, and it hasn't reached your account yet. You don't need to do anything.",
  },
  refund_failed: {
    title: "Your refund didn't go through",
    text: "The money didn't reach your account. We've been notified and are looking into it, so you don't need to do anything.",
  },
  needs_review: {
    title: "We are checking your order by hand",
    text: "You have been charged, and a person is making sure that you get what you paid for or your money back. You need to do nothing, and please do not pay again.",
  },
  awaiting_payment: {
    title: "Your payment is on its way",
    text: "Your bank has yet to confirm it. What you chose stays held for you until then, and this page will show the result.",
  },
  not_charged: {
    title: "You were not charged",
    text: "The payment failed, or its page was closed before anything was paid.",
  },
  open: {
    title: "This order is not paid yet",
    text: "The payment page is still open, and what you chose is held for you.",
  },
  another_browser: {
    title: "This order can't be shown here",
    text: "You can only view this order in the browser you paid with. Your receipt is in your e-mail.",
  },
  being_confirmed: {
    title: "Your order is being confirmed",
    text: "If you paid, your payment is safe. We are still confirming it: reload this page in a moment.",
  },
};

/** Labels below the total of an order. */
export const refundLabels = {
  returned: "Refunded",
  pending: "Refund on its way",
  owed: "Refund that didn't go through",
};

/** Where the items of an uncharged order are now. `isInCart`: all of them are in this browser's cart. */
export function notChargedText(isInCart: boolean): string {
  return isInCart
    ? "What you chose is still in your cart."
    : "What you chose is not held for you any more. If you still want it, please put it in your cart again.";
}
