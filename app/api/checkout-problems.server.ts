import { Problem } from "~/http/problem.server";

export function checkoutOpen(): Problem {
  return new Problem(409, "checkout_open", "A payment page is open for this cart and Stripe gave no proof that it is closed. Nothing changed.");
}

export function paidMeanwhile(): Problem {
  return new Problem(409, "checkout_open", "This cart has just been paid for. Nothing changed; see its order.");
}
