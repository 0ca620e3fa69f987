import { AsyncLocalStorage } from "node:async_hooks";

const ids = new AsyncLocalStorage<{ readonly checkoutId: string }>();

/**
 * Adds the checkout's id to every line that `work` logs, unless the line names another one. So a warning from the catalog, which knows no
 * checkouts, can be found with the payment that it delayed.
 *
 * @example
 * await withCheckoutId("cs_test_1", () => checkout.fulfil("cs_test_1"));
 */
export function withCheckoutId<T>(checkoutId: string, work: () => Promise<T>): Promise<T> {
  return ids.run({ checkoutId }, work);
}

/** Fields that every log line gets from its context. */
export function logContext(): { checkoutId?: string } {
  return { ...ids.getStore() };
}
