import { attempt, note, type Finding } from "./finding";
import { AMOUNT, DOCTOR_METADATA, poll, type StripeAccount } from "./stripe-account";

/** Asks for a test payment, then marks its session and refunds it, as the shop would. */
export async function* examinePayment(account: StripeAccount): AsyncGenerator<Finding> {
  const { stripe, currency, publicUrl } = account;
  const opened = await attempt(["Test payment page", "opened"], () =>
    stripe.checkout.sessions.create({
      mode: "payment",
      line_items: [
        { quantity: 1, price_data: { currency, unit_amount: AMOUNT, product_data: { name: "Holdfast check" } } },
      ],
      allowed_payment_method_types: ["card"],
      success_url: `${publicUrl}/`,
      cancel_url: `${publicUrl}/`,
      metadata: DOCTOR_METADATA,
    }),
  );
  const page = opened.result;
  if (page === null) {
    yield opened.finding;
    return;
  }
  yield note(
    `To continue, pay on this test page with the card 4242 4242 4242 4242 within ${Math.round(account.waitMs.payment / 1000)} seconds: ${page.url ?? ""}`,
  );
  const paid = await attempt(["Test payment", "received"], () => awaitPayment(account, page.id));
  yield paid.finding;
  const intent = paid.result;
  if (intent === null) return;
  const marked = await attempt(["Metadata of the completed session", "updated"], async () => {
    const updated = await stripe.checkout.sessions.update(page.id, { metadata: { holdfast_doctor: "marked" } });
    const read = await stripe.checkout.sessions.retrieve(page.id);
    if (updated.status !== "complete" || read.metadata?.["holdfast_doctor"] !== "marked")
      throw new Error("the new value was missing when read back.");
  });
  yield marked.finding;
  const refunded = await attempt(["Test payment", "refunded in full"], async () => {
    const refund = await stripe.refunds.create({ payment_intent: intent });
    if (refund.amount !== AMOUNT || refund.status === "failed")
      throw new Error(`the refund of ${refund.amount} has the status ${String(refund.status)}.`);
  });
  yield refunded.finding;
}

async function awaitPayment(account: StripeAccount, sessionId: string): Promise<string> {
  const intent = await poll(account, account.waitMs.payment, async () => {
    const session = await account.stripe.checkout.sessions.retrieve(sessionId);
    const { payment_intent: payment } = session;
    if (session.status !== "complete" || payment === null) return null;
    return typeof payment === "string" ? payment : payment.id;
  });
  if (intent === null) throw new Error("the test page was not paid in time.");
  return intent;
}
