import { Mutex } from "async-mutex";

import { UnavailableError } from "~/errors";

import type { Lease, LeaseStore } from "./checkout";

interface Entry {
  readonly mutex: Mutex;
  /** Holders and those who wait. */
  users: number;
  unsettled: string | null;
}

/** Leases for one server. They last as long as the process: nobody can take one over, and none is ever lost. */
export function createMemoryLeaseStore(): LeaseStore {
  const entries = new Map<string, Entry>();

  function leave(key: string, entry: Entry): void {
    entry.users -= 1;
    if (entry.users === 0 && entry.unsettled === null) entries.delete(key);
  }

  return {
    async acquire({ key, checkoutId, signal }) {
      const entry = entries.get(key) ?? { mutex: new Mutex(), users: 0, unsettled: null };
      entries.set(key, entry);
      entry.users += 1;
      const unlock = await acquireUntil(entry.mutex, signal).catch((cause: unknown) => {
        leave(key, entry);
        throw new UnavailableError(`the lease ${key} is busy`, { cause });
      });
      let isHeld = true;
      const lease: Lease = {
        unsettled: entry.unsettled === checkoutId ? null : entry.unsettled,
        isHeld: () => isHeld,
        async release({ settled }) {
          if (!isHeld) return;
          isHeld = false;
          // A predecessor's name stays: this holder did not settle it.
          if (settled === true) entry.unsettled = lease.unsettled;
          else if (settled === false) entry.unsettled = lease.unsettled ?? checkoutId;
          unlock();
          leave(key, entry);
        },
      };
      return lease;
    },
  };
}

/** The mutex cannot be told to stop waiting: whoever gave up gives the turn on as soon as it comes. */
async function acquireUntil(mutex: Mutex, signal: AbortSignal): Promise<() => void> {
  signal.throwIfAborted();
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new Error("waited too long", { cause: signal.reason }));
    signal.addEventListener("abort", onAbort, { once: true });
  });
  const turn = mutex.acquire();
  try {
    return await Promise.race([turn, aborted]);
  } catch (error) {
    void turn.then((unlock) => unlock());
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
