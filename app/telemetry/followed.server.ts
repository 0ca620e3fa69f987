import { AsyncLocalStorage } from "node:async_hooks";

const ids = new AsyncLocalStorage<{ readonly checkoutId: string }>();

/**
 * Runs `work`; every line that is logged on its way bears the checkout's id, unless it names another. So a warning of the database's
 * room, which knows of no checkouts, is found with the payment that it held up.
 */
export function following<T>(checkoutId: string, work: () => Promise<T>): Promise<T> {
  return ids.run({ checkoutId }, work);
}

/** The ids that a line bears by where it is logged. */
export function followed(): { checkoutId?: string } {
  return { ...ids.getStore() };
}
