/**
 * Virtual time that advances only while everything waits for it. `run` returns the virtual milliseconds that the work
 * takes.
 */
export function createVirtualTime() {
  let now = 0;
  let slot = -Infinity;
  const waiting: { at: number; wake: () => void }[] = [];

  const wait = (ms: number) => new Promise<void>((wake) => waiting.push({ at: now + ms, wake }));

  return {
    now: () => now,
    wait,
    /** Waits for the next free slot at a rate of `perSecond`. */
    async turn(perSecond: number): Promise<void> {
      slot = Math.max(now, slot + 1000 / perSecond);
      await wait(slot - now);
    },
    async run(work: Promise<unknown>): Promise<number> {
      const began = now;
      let isDone = false;
      const done = work.finally(() => (isDone = true));
      done.catch(() => undefined);
      while (!isDone) {
        // First let everything proceed that doesn't wait for time.
        for (let beat = 0; beat < 20 && !isDone; beat += 1) await new Promise((resolve) => setImmediate(resolve));
        waiting.sort((one, other) => one.at - other.at);
        const next = waiting.shift();
        if (next === undefined) continue;
        now = Math.max(now, next.at);
        next.wake();
      }
      await done;
      return now - began;
    },
  };
}
