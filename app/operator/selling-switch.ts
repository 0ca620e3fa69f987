import type { CheckoutService, SellingPaused } from "~/checkout/checkout";
import type { Line, ReservationStore } from "~/reservations/reservation-store";
import type { Selling } from "./operator-desk";

/** Whether the shop sells, for all its servers. */
export interface SellingSwitch {
  /**
   * As last heard: another server's word arrives within about a second, and while Redis does not answer the last word stands.
   * Waits for nothing but the first answer after boot, and for that one no longer than Redis is given to answer. Never throws.
   */
  read(): Promise<Selling>;
  /** Both throw `UnavailableError` when it could not be said to all servers, which may then have heard it or not. */
  pause(): Promise<Selling>;
  resume(): Promise<Selling>;
  close(): void;
}

export const SELLING: Selling = { isPaused: false, pausedAt: null, closedBy: null };

/** Of one process: a restart forgets it. `now`: epoch milliseconds. */
export function createMemorySellingSwitch(now: () => number): SellingSwitch {
  let selling = SELLING;
  return {
    read: async () => selling,
    async pause() {
      if (!selling.isPaused) selling = { isPaused: true, pausedAt: now(), closedBy: null };
      return selling;
    },
    resume: async () => (selling = SELLING),
    close: () => undefined,
  };
}

export type HoldingOperations = Pick<CheckoutService, "changeCart" | "start">;

const RETRY_AFTER_SECONDS = 60;

/**
 * The operations that hold something. While selling is paused they refuse to hold more of a product than the session holds already, so
 * that fewer, the same, and paying go on. Lapsed lines are no longer held. While the shop has closed itself paying is
 * refused too: a payment could not be taken from the stock.
 */
export function guardSelling(
  checkout: HoldingOperations,
  { selling, store }: { selling: Pick<SellingSwitch, "read">; store: Pick<ReservationStore, "view"> },
): HoldingOperations {
  /** Null: go on. */
  async function refusal(
    sessionHash: string,
    isMore: (line: Line, held: number) => boolean,
    lines: readonly Line[],
    isPaying = false,
  ): Promise<SellingPaused | null> {
    const { isPaused, closedBy } = await selling.read();
    if (!isPaused && closedBy === null) return null;
    const refused: SellingPaused = {
      outcome: "selling_paused",
      mayPay: closedBy === null,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    };
    if (closedBy !== null && isPaying) return refused;
    const { lines: granted, claim } = await store.view(sessionHash);
    const held = new Map([...granted, ...(claim?.lines ?? [])].map((line) => [line.productId, line.quantity]));
    const asked = new Map<string, number>();
    for (const { productId, quantity } of lines) asked.set(productId, (asked.get(productId) ?? 0) + quantity);
    return [...asked].some(([productId, quantity]) => isMore({ productId, quantity }, held.get(productId) ?? 0))
      ? refused
      : null;
  }

  return {
    async changeCart(request) {
      return (
        (await refusal(request.sessionHash, ({ quantity }, held) => quantity > held, request.lines)) ??
        checkout.changeCart(request)
      );
    },
    async start(request) {
      // Where the store holds the product its quantity wins, whatever the cart says.
      return (
        (await refusal(request.sessionHash, ({ quantity }, held) => quantity > 0 && held === 0, request.lines, true)) ??
        checkout.start(request)
      );
    },
  };
}
