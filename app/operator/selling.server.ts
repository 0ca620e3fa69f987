import { keyPrefix } from "~/reservations/redis/redis-connection.server";
import type { ReservationStore } from "~/reservations/reservation-store";
import type { Selling } from "./operator-desk";
import { createRedisSellingSwitch } from "./redis-selling-switch.server";
import { createMemorySellingSwitch, guardSelling, type HoldingOperations, type SellingSwitch } from "./selling-switch";

export interface SellingOptions {
  readonly redis: { readonly url: string; readonly shopTag: string } | null;
  readonly store: Pick<ReservationStore, "view">;
  /** Why the products table takes no updates; null while it does. The shop is closed by it as by a pause, on this server, and opens by itself. */
  readonly closedBy: () => string | null;
  readonly log: { warn(facts: object, message: string): void };
}

/** The switch, and the operations that heed it. */
export interface SellingControl extends SellingSwitch {
  guarded(checkout: HoldingOperations): HoldingOperations;
}

export function createSelling({ redis, store, closedBy, log }: SellingOptions): SellingControl {
  const operators =
    redis === null
      ? createMemorySellingSwitch(Date.now)
      : createRedisSellingSwitch({ url: redis.url, key: `${keyPrefix(redis.shopTag)}:selling-paused`, log });

  const told = async (selling: Promise<Selling>): Promise<Selling> => ({ ...(await selling), closedBy: closedBy() });
  const selling: SellingSwitch = {
    ...operators,
    read: () => told(operators.read()),
    pause: () => told(operators.pause()),
    resume: () => told(operators.resume()),
  };

  return { ...selling, guarded: (checkout) => guardSelling(checkout, { selling, store }) };
}
