import { closePage, compareOrigin, openOwnPage } from "./examine-payment-page.server";
import { examineWebhook } from "./examine-webhook.server";
import { failed, type Finding } from "./finding";
import type { StripeAccount } from "./stripe-account";
import type { ReceiverOptions } from "./webhook-receiver.server";

/**
 * Checks with the merchant's own account what the shop needs from Stripe before the first payment: opening and closing a payment page, receiving
 * and verifying events.
 */
export async function* examineStripe(account: StripeAccount, receiver: ReceiverOptions): AsyncGenerator<Finding> {
  if (account.live) {
    yield failed("STRIPE_SECRET_KEY is a live key. Doctor makes a test payment, so use a test key.");
    return;
  }
  const page = yield* openOwnPage(account);
  if (page === null) return;
  yield compareOrigin(page, account.checkoutOrigin);
  yield* examineWebhook(account, receiver, page, () => closePage(account, page.id));
}
