import type {
  CheckoutRecord,
  StripeCharge,
  StripeEvent,
  StripePaymentIntent,
  StripePrice,
  StripeProduct,
  StripeRefund,
} from "./stripe-objects.server";
import { DEFAULT_TARIFF, type Tariff } from "./totals.server";

const MAX_FINISHED = 20_000;
const EVICTED_AT_ONCE = 1_000;
const MAX_EVENTS = 10_000;

/** The stand-in's whole state. Maps are in order of creation, on which lists rely. */
export interface StripeState {
  checkouts: Map<string, CheckoutRecord>;
  /** Ids of the checkouts that can still be paid, with their deadlines in epoch seconds. */
  open: Map<string, number>;
  /** Ids of all other checkouts, oldest first. */
  finished: Set<string>;
  paymentIntents: Map<string, StripePaymentIntent>;
  charges: Map<string, StripeCharge>;
  refunds: Map<string, StripeRefund>;
  /** Initial status of further refunds by payment intent. Default: `succeeded`. */
  refundStatuses: Map<string, StripeRefund["status"]>;
  products: Map<string, StripeProduct>;
  prices: Map<string, StripePrice>;
  /** Ids of the prices created from a session's `price_data`: inactive, and not listed. */
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
    refundStatuses: new Map(),
    products: new Map(),
    prices: new Map(),
    inlinePrices: new Set(),
    events: new Map(),
    tariff: { ...DEFAULT_TARIFF },
  };
}

/**
 * Marks a checkout as finished. Beyond 20,000 finished ones, evicts the oldest with their payments, refunds and prices.
 */
export function finishCheckout(state: StripeState, id: string): void {
  state.open.delete(id);
  state.finished.add(id);
  if (state.finished.size > MAX_FINISHED) evictOldest(state, EVICTED_AT_ONCE);
}

/** Evicts many at once, because finding the charges and refunds of a payment scans all of them. */
function evictOldest(state: StripeState, count: number): void {
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
    state.refundStatuses.delete(intent);
  }
  for (const collection of [state.charges, state.refunds]) {
    for (const [id, { payment_intent: intent }] of collection) if (intents.has(intent)) collection.delete(id);
  }
}

/** Stores an event; keeps the latest 10,000. */
export function storeEvent(state: StripeState, event: StripeEvent): void {
  state.events.set(event.id, event);
  if (state.events.size <= MAX_EVENTS) return;
  const [oldest] = state.events.keys();
  if (oldest !== undefined) state.events.delete(oldest);
}
