import type {
  CheckoutRecord,
  StripeCharge,
  StripeEvent,
  StripePaymentIntent,
  StripePrice,
  StripeProduct,
  StripeRefund,
} from "./stripe-objects.server";

const MAX_FINISHED = 20_000;
const MAX_EVENTS = 40_000;

/** All that the stand-in remembers. Maps keep the order of creation, which is the order that lists are in. */
export interface StripeState {
  checkouts: Map<string, CheckoutRecord>;
  /** Of `checkouts`, those that can still be paid, with their deadline in epoch seconds. */
  open: Map<string, number>;
  /** Of `checkouts`, those that cannot, oldest first. */
  finished: Set<string>;
  paymentIntents: Map<string, StripePaymentIntent>;
  charges: Map<string, StripeCharge>;
  refunds: Map<string, StripeRefund>;
  products: Map<string, StripeProduct>;
  prices: Map<string, StripePrice>;
  events: Map<string, StripeEvent>;
}

export function createStripeState(): StripeState {
  return {
    checkouts: new Map(),
    open: new Map(),
    finished: new Set(),
    paymentIntents: new Map(),
    charges: new Map(),
    refunds: new Map(),
    products: new Map(),
    prices: new Map(),
    events: new Map(),
  };
}

/** Takes a checkout off the open ones; beyond 20,000 finished ones the oldest is forgotten with all that hangs on it. */
export function finishCheckout(state: StripeState, id: string): void {
  state.open.delete(id);
  state.finished.add(id);
  if (state.finished.size <= MAX_FINISHED) return;
  const [oldest] = state.finished;
  if (oldest !== undefined) forgetCheckout(state, oldest);
}

function forgetCheckout(state: StripeState, id: string): void {
  state.finished.delete(id);
  const record = state.checkouts.get(id);
  state.checkouts.delete(id);
  for (const { price } of record?.lineItems ?? []) {
    if (price.active) continue;
    state.prices.delete(price.id);
    state.products.delete(price.product);
  }
  const intent = state.paymentIntents.get(record?.session.payment_intent ?? "");
  if (intent === undefined) return;
  state.paymentIntents.delete(intent.id);
  for (const charge of state.charges.values()) {
    if (charge.payment_intent === intent.id) state.charges.delete(charge.id);
  }
  for (const refund of state.refunds.values()) {
    if (refund.payment_intent === intent.id) state.refunds.delete(refund.id);
  }
}

export function rememberEvent(state: StripeState, event: StripeEvent): void {
  state.events.set(event.id, event);
  if (state.events.size <= MAX_EVENTS) return;
  const [oldest] = state.events.keys();
  if (oldest !== undefined) state.events.delete(oldest);
}
