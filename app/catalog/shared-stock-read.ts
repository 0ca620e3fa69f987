import DataLoader from "dataloader";

/**
 * Turns a read of many ids into a read that its callers share: at most one runs at a time, and all who ask while it runs share
 * the NEXT one, so that no caller gets numbers that were read before it asked. A failed read rejects those who
 * shared it and nobody else. Ids without a value are absent from the answer.
 */
export function createSharedRead<Value>(read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Value>>) {
  let running: Promise<unknown> = Promise.resolve();

  const loader = new DataLoader<string, Value | undefined>(
    async (ids) => {
      const reading = read([...new Set(ids)]);
      running = reading.catch(() => undefined);
      const values = await reading;
      return ids.map((id) => values.get(id));
    },
    {
      cache: false,
      // Fails without: "callers that come while a read is running share the next one, never the running one".
      batchScheduleFn: (dispatch) => void running.then(dispatch),
    },
  );

  return async (asked: readonly string[]): Promise<ReadonlyMap<string, Value>> => {
    const ids = [...new Set(asked)];
    const values = await Promise.all(ids.map((id) => loader.load(id)));
    const found = new Map<string, Value>();
    for (const [index, id] of ids.entries()) {
      const value = values[index];
      if (value !== undefined) found.set(id, value);
    }
    return found;
  };
}
