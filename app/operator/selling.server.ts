import { keyPrefix } from "~/reservations/redis/redis-connection.server";
import type { ReservationStore } from "~/reservations/reservation-store";
import type { Selling } from "./operator-desk";
import { createRedisSellingSwitch } from "./redis-selling-switch.server";
import { createMemorySellingSwitch, guardSelling, type HoldingOperations, type SellingSwitch } from "./selling-switch";

export interface SellingOptions {
  readonly redis: { readonly url: string; readonly shopTag: string } | null;
  readonly store: Pick<ReservationStore, "view">;
  /** Why the products table rejects updates, or null. It closes the shop on this server until updates work again. */
  readonly closedBy: () => string | null;
  readonly log: { warn(facts: object, message: string): void };
}

/** The switch, and the guard that enforces it. */
export interface SellingControl extends SellingSwitch {
  guarded(checkout: HoldingOperations): HoldingOperations;
}

export function createSelling({ redis, store, closedBy, log }: SellingOptions): SellingControl {
  const operatorSwitch =
    redis === null
      ? createMemorySellingSwitch(Date.now)
      : createRedisSellingSwitch({ url: redis.url, key: `${keyPrefix(redis.shopTag)}:selling-paused`, log });

  const withClosedBy = async (selling: Promise<Selling>): Promise<Selling> => ({
    ...(await selling),
    closedBy: closedBy(),
  });
  const selling: SellingSwitch = {
    ...operatorSwitch,
    read: () => withClosedBy(operatorSwitch.read()),
    pause: () => withClosedBy(operatorSwitch.pause()),
    resume: () => withClosedBy(operatorSwitch.resume()),
  };

  return { ...selling, guarded: (checkout) => guardSelling(checkout, { selling, store }) };
}
