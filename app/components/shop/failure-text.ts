import type { CartFailure, ShortLine } from "~/cart/cart-failure";
import type { CartView } from "~/cart/cart-view";
import type { NotPayableReason } from "~/checkout/checkout";
import type { ClockText } from "~/components/clock-text";
import { units } from "~/components/texts";

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
      return "This product is no longer available.";
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
      return "Payment couldn't be started. You haven't been charged, and we've been notified.";
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
    case "no_longer_sold":
      return "An item in your cart is no longer sold. Remove it to check out.";
  }
}
