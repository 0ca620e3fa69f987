import type { HoldingOperations, SellingPaused } from "~/checkout/checkout";
import type { Line, ReservationStore } from "~/reservations/reservation-store";
import type { Selling } from "./operator-desk";

/** Whether selling is paused, shared by all servers of the shop. */
export interface SellingSwitch {
  /**
   * Returns the last known state: changes on another server arrive within about a second, and while Redis is unavailable the state
   * stays as it was. Waits only for the first reading after boot, within the deadline of a Redis call. Never throws.
   */
  read(): Promise<Selling>;
  /** Idempotent. Both throw `UnavailableError` if Redis did not confirm the change; its outcome is then unknown. */
  pause(): Promise<Selling>;
  resume(): Promise<Selling>;
  close(): void;
}

export const NOT_PAUSED: Selling = { isPaused: false, pausedAt: null, closedBy: null };

/** A switch for a single process, forgotten on restart. `now` returns epoch milliseconds. */
export function createMemorySellingSwitch(now: () => number): SellingSwitch {
  let selling = NOT_PAUSED;
  return {
    read: async () => selling,
    async pause() {
      if (!selling.isPaused) selling = { isPaused: true, pausedAt: now(), closedBy: null };
      return selling;
    },
    resume: async () => (selling = NOT_PAUSED),
    close: () => undefined,
  };
}

const RETRY_AFTER_SECONDS = 60;

/**
 * Guards the operations that can hold units. While selling is paused, they refuse to hold more of a product than the session already
 * holds; reducing, keeping and paying for it all work. Lapsed lines do not count as held. While the shop has closed itself, paying is
 * refused too, because the sale could not be deducted from stock. Refusals change nothing.
 */
export function guardSelling(
  checkout: HoldingOperations,
  { selling, store }: { selling: Pick<SellingSwitch, "read">; store: Pick<ReservationStore, "view"> },
): HoldingOperations {
  /** Returns null if the request may proceed. */
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
    const requested = new Map<string, number>();
    for (const { productId, quantity } of lines) requested.set(productId, (requested.get(productId) ?? 0) + quantity);
    return [...requested].some(([productId, quantity]) => isMore({ productId, quantity }, held.get(productId) ?? 0))
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
      // For a held product the held quantity is paid for, whatever the cart says.
      return (
        (await refusal(request.sessionHash, ({ quantity }, held) => quantity > 0 && held === 0, request.lines, true)) ??
        checkout.start(request)
      );
    },
  };
}
