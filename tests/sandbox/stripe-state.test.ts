import { expect, test } from "vitest";
import { createCheckouts } from "~/sandbox/stripe/checkouts.server";
import { createRefund } from "~/sandbox/stripe/refunds.server";
import { createStripeState } from "~/sandbox/stripe/stripe-state.server";
import { START } from "./stripe-sandbox-fixture";

test("memory is bounded: the oldest finished sessions are evicted with their payments, open ones are kept", () => {
  const state = createStripeState();
  const emit = () => undefined;
  const checkouts = createCheckouts({ state, now: () => START, emit, paymentPageBase: () => "http://pay.test" });
  const create = () =>
    checkouts.create({
      mode: "payment",
      success_url: "http://shop.test/",
      line_items: [{ quantity: 1, price_data: { currency: "usd", unit_amount: 500, product_data: { name: "Mug" } } }],
    }).session;
  const open = create();
  const first = create();
  checkouts.pay(first.id);
  createRefund(state, { payment_intent: first.payment_intent ?? "" }, { nowSeconds: START / 1000, emit });
  for (let i = 0; i < 19_999; i += 1) checkouts.pay(create().id);
  expect([state.checkouts.has(first.id), state.finished.size, state.refunds.size]).toEqual([true, 20_000, 1]);
  const last = create();
  checkouts.pay(last.id);
  expect([state.checkouts.has(open.id), state.checkouts.has(first.id), state.checkouts.has(last.id)]).toEqual([
    true,
    false,
    true,
  ]);
  expect(state.refunds.size).toBe(0);
  const payments = [state.finished, state.paymentIntents, state.charges].map(({ size }) => size);
  expect(payments).toEqual([19_001, 19_001, 19_001]);
  expect(state.prices.size).toBe(19_002);
});
