import type { OrderView } from "~/cart/show-order.server";

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
    title: "We're reviewing your order",
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
    : "Your items are no longer reserved. Add them again to order.";
}
