import { Problem } from "~/http/problem.server";
import { keyPrefix } from "~/reservations/redis/redis-connection.server";
import type { ReservationStore } from "~/reservations/reservation-store";
import { createRedisSellingSwitch } from "./redis-selling-switch.server";
import { createMemorySellingSwitch, guardSelling, type HoldingVerbs, type SellingSwitch } from "./selling-switch";

const RETRY_AFTER_SECONDS = 60;

export interface SellingOptions {
  readonly redis: { readonly url: string; readonly shopTag: string } | null;
  readonly store: Pick<ReservationStore, "view">;
  readonly log: { info(facts: object, message: string): void; warn(facts: object, message: string): void };
}

/** The switch, and the verbs that heed it: 503 `selling_paused` with Retry-After. */
export interface SellingControl extends SellingSwitch {
  guarded(checkout: HoldingVerbs): HoldingVerbs;
}

export function createSelling({ redis, store, log }: SellingOptions): SellingControl {
  const selling =
    redis === null ? createMemorySellingSwitch(Date.now) : createRedisSellingSwitch({ url: redis.url, key: `${keyPrefix(redis.shopTag)}:selling-paused`, log });

  function refuse(session: string): never {
    log.info({ session }, "refused while selling is paused");
    throw new Problem(503, "selling_paused", "Selling is paused for a moment. What you hold stays held, and you can pay for it.", {
      headers: { "Retry-After": String(RETRY_AFTER_SECONDS) },
    });
  }
  return { ...selling, guarded: (checkout) => guardSelling(checkout, { selling, store, refuse }) };
}
