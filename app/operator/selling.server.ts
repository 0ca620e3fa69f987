import { Problem } from "~/http/problem.server";
import { keyPrefix } from "~/reservations/redis/redis-connection.server";
import type { ReservationStore } from "~/reservations/reservation-store";
import { createRedisSellingSwitch } from "./redis-selling-switch.server";
import type { Selling } from "./operator-desk";
import { createMemorySellingSwitch, guardSelling, type HoldingVerbs, type SellingSwitch } from "./selling-switch";

const RETRY_AFTER_SECONDS = 60;
const CLOSED = "Selling is paused for a moment. What you hold stays held.";
const PAUSED = `${CLOSED.slice(0, -1)}, and you can pay for it.`;

export interface SellingOptions {
  readonly redis: { readonly url: string; readonly shopTag: string } | null;
  readonly store: Pick<ReservationStore, "view">;
  /** Why the products table takes no updates; null while it does. The shop is closed by it as by a pause, on this server, and opens by itself. */
  readonly closedBy: () => string | null;
  readonly log: { info(facts: object, message: string): void; warn(facts: object, message: string): void };
}

/** The switch, and the verbs that heed it: 503 `selling_paused` with Retry-After. */
export interface SellingControl extends SellingSwitch {
  guarded(checkout: HoldingVerbs): HoldingVerbs;
}

export function createSelling({ redis, store, closedBy, log }: SellingOptions): SellingControl {
  const operators =
    redis === null ? createMemorySellingSwitch(Date.now) : createRedisSellingSwitch({ url: redis.url, key: `${keyPrefix(redis.shopTag)}:selling-paused`, log });

  const told = async (selling: Promise<Selling>): Promise<Selling> => ({ ...(await selling), closedBy: closedBy() });
  const selling: SellingSwitch = { ...operators, read: () => told(operators.read()), pause: () => told(operators.pause()), resume: () => told(operators.resume()) };

  function refuse(session: string): never {
    log.info({ session }, "refused while selling is paused");
    throw new Problem(503, "selling_paused", closedBy() === null ? PAUSED : CLOSED, {
      headers: { "Retry-After": String(RETRY_AFTER_SECONDS) },
    });
  }
  return { ...selling, guarded: (checkout) => guardSelling(checkout, { selling, store, refuse }) };
}
