import type {
  CheckoutRecord,
  StripeCharge,
  StripeEvent,
  StripePaymentIntent,
  StripePrice,
  StripeProduct,
  StripeRefund,
} from "./stripe-objects.server";
import { TARIFF, type Tariff } from "./totals.server";

const MAX_FINISHED = 20_000;
const FORGOTTEN_AT_ONCE = 1_000;
const MAX_EVENTS = 10_000;

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
  /** By payment intent: the status that its next refunds get, where that is not `succeeded`. */
  refundsBecome: Map<string, StripeRefund["status"]>;
  products: Map<string, StripeProduct>;
  prices: Map<string, StripePrice>;
  /** Of `prices`, those made by a payment page's own `price_data`: inactive, and in no list. */
  inlinePrices: Set<string>;
  events: Map<string, StripeEvent>;
  tariff: Tariff;
}

export function createStripeState(): StripeState {
  return {
    checkouts: new Map(),
    open: new Map(),
    finished: new Set(),
    paymentIntents: new Map(),
    charges: new Map(),
    refunds: new Map(),
    refundsBecome: new Map(),
    products: new Map(),
    prices: new Map(),
    inlinePrices: new Set(),
    events: new Map(),
    tariff: { ...TARIFF },
  };
}

/** Takes a checkout off the open ones; beyond 20,000 finished ones the oldest are forgotten with all that hangs on them. */
export function finishCheckout(state: StripeState, id: string): void {
  state.open.delete(id);
  state.finished.add(id);
  if (state.finished.size > MAX_FINISHED) forgetOldest(state, FORGOTTEN_AT_ONCE);
}

/** Many at once, because finding the charges and refunds of a payment means looking at all of them. */
function forgetOldest(state: StripeState, count: number): void {
  const intents = new Set<string>();
  for (const id of [...state.finished].slice(0, count)) {
    const record = state.checkouts.get(id);
    state.finished.delete(id);
    state.checkouts.delete(id);
    for (const { price } of record?.lineItems ?? []) {
      if (!state.inlinePrices.delete(price.id)) continue;
      state.prices.delete(price.id);
      state.products.delete(price.product);
    }
    const intent = record?.session.payment_intent ?? null;
    if (intent !== null) intents.add(intent);
  }
  for (const intent of intents) {
    state.paymentIntents.delete(intent);
    state.refundsBecome.delete(intent);
  }
  for (const collection of [state.charges, state.refunds]) {
    for (const [id, { payment_intent: intent }] of collection) if (intents.has(intent)) collection.delete(id);
  }
}

export function rememberEvent(state: StripeState, event: StripeEvent): void {
  state.events.set(event.id, event);
  if (state.events.size <= MAX_EVENTS) return;
  const [oldest] = state.events.keys();
  if (oldest !== undefined) state.events.delete(oldest);
}
