import { Mutex } from "async-mutex";
import { UnavailableError } from "~/errors";

/** Mutual exclusion by key within this process, first come, first served. */
export interface Turns {
  /**
   * Waits for the caller's turn and resolves to the function that ends it; throws `UnavailableError` when `signal`
   * aborts first.
   */
  take(key: string, signal: AbortSignal): Promise<() => void>;
}

interface Entry {
  readonly mutex: Mutex;
  /** Number of callers that hold or wait for the mutex. */
  users: number;
}

export function createTurns(): Turns {
  const entries = new Map<string, Entry>();
  return {
    async take(key, signal) {
      const entry = entries.get(key) ?? { mutex: new Mutex(), users: 0 };
      entries.set(key, entry);
      entry.users += 1;
      const leave = () => {
        entry.users -= 1;
        if (entry.users === 0) entries.delete(key);
      };
      const unlock = await acquireUntil(entry.mutex, signal).catch((cause: unknown) => {
        leave();
        throw new UnavailableError(`the lease ${key} is busy`, { cause });
      });
      let hasEnded = false;
      return () => {
        if (hasEnded) return;
        hasEnded = true;
        unlock();
        leave();
      };
    },
  };
}

/** async-mutex cannot cancel a waiter; a caller that timed out releases the lock as soon as it is granted. */
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
