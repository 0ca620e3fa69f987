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
 * Reads a list and calls `visit` once for each item, in no order. A slice is read page by page; whenever a page has come and fewer than
 * `lanes` slices are being read, what is left of its slice is shared out. How long the parts are is taken from that page, so that a rush
 * of one hour is shared like a steady month. Slices meet in a second that both include, so nothing falls between them.
 * Rejects with the first page that cannot be read, after which no other is asked for.
 */
export async function readSideBySide<T extends Item>(
  { since, until = null, lanes }: { since: number; until?: number | null | undefined; lanes: number },
  readPage: (slice: Slice) => Promise<Page<T>>,
  visit: (item: T) => void,
): Promise<void> {
  const seen = new Set<string>();
  /** Slices that are being read now. */
  let reading = 1;
  let hasFailed = false;

  async function read(slice: Slice): Promise<void> {
    if (hasFailed) return;
    const page = await readPage(slice).catch((error: unknown) => {
      hasFailed = true;
      throw error;
    });
    for (const item of page.items) {
      if (seen.has(item.id)) continue;
      seen.add(item.id);
      visit(item);
    }
    const [newest, last] = [page.items[0], page.items.at(-1)];
    const isMore = page.hasMore && newest !== undefined && last !== undefined;
    const parts = isMore ? shareOut(slice, { newest, last, among: 1 + lanes - reading }) : [];
    reading += parts.length - 1;
    await Promise.all(parts.map(read));
  }

  await read({ since, until });
}

/** Pages of one part, by what the last page suggests: that is worth less further away, and each part ends with a page that is not full. */
const MOST_PAGES = 16;
const FEWEST_PAGES = 1.5;

/** What is left of a slice after a page, in parts for as many lanes, or for fewer where that is too little for each. */
function shareOut(slice: Slice, { newest, last, among }: { newest: Item; last: Item; among: number }): Slice[] {
  const reached = Math.floor(last.createdAt / 1000);
  const perPage = Math.max(1, Math.floor(newest.createdAt / 1000) - reached);
  const pages = (reached - slice.since) / perPage;
  const count = Math.max(1, Math.floor(Math.min(among, pages / FEWEST_PAGES)));
  const length = Math.ceil(perPage * Math.min(MOST_PAGES, pages / count));
  const parts: Slice[] = [];
  // Only the newest goes on where the page ended.
  let older: Slice = { ...slice, after: last.id };
  for (let from = reached - length; parts.length < count - 1 && from > slice.since; from -= length) {
    parts.push({ ...older, since: from });
    older = { since: slice.since, until: from };
  }
  return [...parts, older];
}
