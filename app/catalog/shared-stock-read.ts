import DataLoader from "dataloader";

/**
 * Turns a read of many ids into one that concurrent callers share. At most one read runs at a time, and callers that arrive meanwhile
 * share the NEXT one, so that no caller gets numbers that were read before its call. A failed read rejects only the callers that shared
 * it. Ids without a value are absent from the result.
 *
 * @example
 * const readStock = createSharedRead((ids) => queryStock(ids));
 * await Promise.all([readStock(["mug"]), readStock(["mug", "pot"])]); // one query for both
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
      // Fails without: "never returns a value that was read before the call".
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
