import type { StockView } from "~/availability/stock-view";
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

export function lapsedText(stock: StockView, quantity: number, clockText: ClockText): string {
  if (stock.available >= quantity) return "Hold expired · still available";
  if (stock.available > 0) return `Hold expired · only ${stock.available} left`;
  return `Hold expired · ${stockText(stock, clockText)}`;
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
  lapsed: "Your hold has expired. Your items are no longer reserved and may be sold to others.",
  cannotExtend: "This cart was held for as long as it can be. Pay before the time is over.",
  unsettled:
    "We cannot ask right now whether your last payment for this cart went through. Please look at the order before you pay again.",
  lookAtOrder: "Look at the order",
  changesClosePage: "Changing the cart closes that payment page first.",
  gone: "Product no longer available",
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
