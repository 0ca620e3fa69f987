import type { StripeSession } from "~/checkout/stripe/gateway";
import type { Leases } from "./lease-work.server";
import type { CheckoutRecord } from "./line-marks";

/** A paid checkout of one line, nothing of which is taken or announced, that waits for its product's lease under its own. */
interface Waiting {
  readonly session: StripeSession;
  readonly record: CheckoutRecord;
  readonly held: Leases;
}

/** What came of a batch, when its leader has gone as far as it can. */
export interface Moved {
  readonly leader: CheckoutRecord;
  /** Followers' records by checkout, with the batch that they name; empty when they were not taken along after all. */
  readonly named: ReadonlyMap<string, CheckoutRecord>;
}

interface Place {
  /** Aborts when a batch takes this checkout along: it no longer waits for the lease. */
  readonly signal: AbortSignal;
  /** Undefined while no batch takes this checkout along. Rejects when the outcome is unknown. */
  readonly taken: Promise<Moved> | undefined;
  leave(): void;
}

export interface Follower extends Waiting {
  /** Ends its waiting. */
  follow(moved: Promise<Moved>): void;
}

/** Checkouts of this server that wait for the lease of one product, in order of arrival. */
export interface Batches {
  join(productId: string, waiting: Waiting): Place;
  /** Looks at the first so many, without taking them. */
  waiting(productId: string, atMost: number): readonly Follower[];
}

export function createBatches(): Batches {
  const lines = new Map<string, Set<Follower>>();
  return {
    join(productId, waiting) {
      const line = lines.get(productId) ?? new Set();
      lines.set(productId, line);
      const aborted = new AbortController();
      let taken: Promise<Moved> | undefined;
      const leave = () => {
        line.delete(follower);
        if (line.size === 0 && lines.get(productId) === line) lines.delete(productId);
      };
      const follower: Follower = {
        ...waiting,
        follow(moved) {
          taken = moved;
          leave();
          aborted.abort(new Error("a batch takes it along"));
        },
      };
      line.add(follower);
      return {
        signal: aborted.signal,
        get taken() {
          return taken;
        },
        leave,
      };
    },
    waiting: (productId, atMost) => [...(lines.get(productId) ?? [])].slice(0, atMost),
  };
}
