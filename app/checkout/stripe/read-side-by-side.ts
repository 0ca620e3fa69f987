/** Of a list that is newest first: created from `since` to `until`, both included, in epoch seconds; `until` null means to its end. */
export interface Slice {
  readonly since: number;
  readonly until: number | null;
  /** The last item read of it. */
  readonly after?: string | undefined;
}

interface Item {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export interface Page<T extends Item> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}

/**
 * Reads a list and calls `visit` once for each item, in no order. After a page with more to come, what is left is cut into slices of
 * time that are read side by side, `lanes` at once. How long they are is taken from the page, so that a rush of one hour is shared like
 * a steady month. Slices meet in a second that both include, so nothing falls between them.
 * Rejects with the first page that cannot be read, after which no other is asked for.
 */
export async function readSideBySide<T extends Item>(
  { since, lanes }: { since: number; lanes: number },
  readPage: (slice: Slice) => Promise<Page<T>>,
  visit: (item: T) => void,
): Promise<void> {
  const seen = new Set<string>();
  const waiting: (() => void)[] = [];
  let running = 0;
  let failed = false;

  async function read(slice: Slice): Promise<void> {
    const page = await inLane(() => readPage(slice));
    if (page === null) return;
    for (const item of page.items) {
      if (seen.has(item.id)) continue;
      seen.add(item.id);
      visit(item);
    }
    const [newest, last] = [page.items[0], page.items.at(-1)];
    if (!page.hasMore || newest === undefined || last === undefined) return;
    await Promise.all(rest(slice, { newest, last, parts: lanes }).map(read));
  }

  /** Null when another page could not be read meanwhile. */
  async function inLane<R>(run: () => Promise<R>): Promise<R | null> {
    while (running >= lanes) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return failed ? null : await run();
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  }

  await read({ since, until: null });
}

/** So much of the time that the last page spans is expected to fit one page, as items do not come evenly. */
const PER_PAGE = 0.9;
/** Pages of one part; fewer when few are left, so that all lanes have some. */
const MOST_PAGES = 4;

/**
 * What is left of a slice: parts of as many pages as the last page suggests, and all that is older than these. That is read first, since
 * its page tells how to go on.
 */
function rest(slice: Slice, page: { newest: Item; last: Item; parts: number }): Slice[] {
  const reached = Math.floor(page.last.createdAt / 1000);
  const perPage = Math.max(1, (Math.floor(page.newest.createdAt / 1000) - reached) * PER_PAGE);
  const pages = Math.floor((reached - slice.since) / perPage / page.parts);
  const length = Math.ceil(perPage * Math.min(MOST_PAGES, Math.max(1, pages)));
  const parts: Slice[] = [];
  // Only the newest goes on where the page ended.
  let older: Slice = { ...slice, after: page.last.id };
  for (let from = reached - length; parts.length < page.parts - 1 && from > slice.since; from -= length) {
    parts.push({ ...older, since: from });
    older = { since: slice.since, until: from };
  }
  return [older, ...parts];
}
