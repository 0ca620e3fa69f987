/** Time that passes only when all wait for it; `run` gives the virtual milliseconds that some work takes. */
export function createVirtualTime() {
  let now = 0;
  let slot = -Infinity;
  const waiting: { at: number; wake: () => void }[] = [];

  const wait = (ms: number) => new Promise<void>((wake) => waiting.push({ at: now + ms, wake }));

  return {
    now: () => now,
    wait,
    /** As wait, after the next free turn at so many a second. */
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
        // Everything that can go on without time goes on first.
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
