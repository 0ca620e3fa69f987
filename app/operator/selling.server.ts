import type { HoldingOperations } from "~/checkout/checkout";
import { decorate } from "~/decorate";
import type { ReservationStore } from "~/reservations/reservation-store";
import type { Selling } from "./operator-desk";
import { guardSelling, type SellingSwitch } from "./selling-switch";

export interface SellingOptions {
  /** The pause that operators set, in memory or for all servers. */
  readonly operatorSwitch: SellingSwitch;
  readonly store: Pick<ReservationStore, "view">;
  /** Why the products table rejects updates, or null. It closes the shop on this server until updates work again. */
  readonly closedBy: () => string | null;
}

/** The switch, and the guard that enforces it. */
export interface SellingControl extends SellingSwitch {
  guarded(checkout: HoldingOperations): HoldingOperations;
}

export function createSelling({ operatorSwitch, store, closedBy }: SellingOptions): SellingControl {
  const withClosedBy = async (selling: Promise<Selling>): Promise<Selling> => ({
    ...(await selling),
    closedBy: closedBy(),
  });
  const selling = decorate(operatorSwitch, {
    read: () => withClosedBy(operatorSwitch.read()),
    pause: () => withClosedBy(operatorSwitch.pause()),
    resume: () => withClosedBy(operatorSwitch.resume()),
  });
  return { ...selling, guarded: (checkout) => guardSelling(checkout, { selling, store }) };
}
