import { examinePayment } from "./examine-payment";
import { closePage, compareOrigin, openOwnPage } from "./examine-payment-page.server";
import { examineWebhook } from "./examine-webhook.server";
import { failed, type Finding } from "./finding";
import type { StripeAccount } from "./stripe-account";
import type { ReceiverOptions } from "./webhook-receiver.server";

/**
 * Checks with the merchant's own account everything that the shop needs from Stripe: opening and closing a payment page, receiving and
 * verifying events, marks on a complete session, a refund.
 */
export async function* examineStripe(account: StripeAccount, receiver: ReceiverOptions): AsyncGenerator<Finding> {
  if (account.live) {
    yield failed("STRIPE_SECRET_KEY is a live key. This check makes a payment, so use a test key.");
    return;
  }
  const page = yield* openOwnPage(account);
  if (page === null) return;
  yield compareOrigin(page, account.checkoutOrigin);
  yield* examineWebhook(account, receiver, page, () => closePage(account, page.id));
  yield* examinePayment(account);
}
