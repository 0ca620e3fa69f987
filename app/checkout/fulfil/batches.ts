import type { StripeSession } from "~/checkout/stripe/gateway";
import type { Leases } from "./lease-work.server";
import type { CheckoutRecord } from "./line-marks";

/**
 * A paid checkout of one line with nothing taken or announced yet. It holds its own lease and waits for its product's.
 */
interface Waiting {
  readonly session: StripeSession;
  readonly record: CheckoutRecord;
  readonly held: Leases;
}

/** Result of a batch, once its leader has gone as far as it can. */
export interface BatchResult {
  readonly leader: CheckoutRecord;
  /**
   * Followers' records by checkout id, including the batch that they name. Empty if they were not included after all.
   */
  readonly named: ReadonlyMap<string, CheckoutRecord>;
}

interface WaitingEntry {
  /** Aborts when a batch includes this checkout, which then no longer needs the lease. */
  readonly signal: AbortSignal;
  /** Set once a batch includes this checkout. Rejects when the outcome is unknown. */
  readonly taken: Promise<BatchResult> | undefined;
  leave(): void;
}

export interface Follower extends Waiting {
  /** Ends this checkout's wait; `moved` will have its result. */
  follow(moved: Promise<BatchResult>): void;
}

/** This server's checkouts that wait for the lease of one product, in order of arrival. */
export interface Batches {
  join(productId: string, waiting: Waiting): WaitingEntry;
  /** The first `atMost` waiting checkouts, without removing them. */
  waiting(productId: string, atMost: number): readonly Follower[];
}

export function createBatches(): Batches {
  const lines = new Map<string, Set<Follower>>();
  return {
    join(productId, waiting) {
      const line = lines.get(productId) ?? new Set();
      lines.set(productId, line);
      const aborted = new AbortController();
      let taken: Promise<BatchResult> | undefined;
      const leave = () => {
        line.delete(follower);
        if (line.size === 0 && lines.get(productId) === line) lines.delete(productId);
      };
      const follower: Follower = {
        ...waiting,
        follow(moved) {
          taken = moved;
          leave();
          aborted.abort(new Error("included in a batch"));
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
