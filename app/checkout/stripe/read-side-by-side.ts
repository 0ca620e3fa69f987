/** Part of a list sorted newest first: items created from `since` to `until`, both inclusive, in epoch seconds. `until` null: no end. */
export interface Slice {
  readonly since: number;
  readonly until: number | null;
  /** Id of the last item read. */
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
 * Reads a list in parallel and calls `visit` once for each item, in no order. A slice is read page by page. When a page arrives and fewer
 * than `lanes` slices are being read, the rest of its slice is split. The length of the parts follows from that page, so that an hour's
 * rush is split as well as a steady month. Adjacent slices share a second, so no item is missed between them.
 * Rejects with the error of the first page that cannot be read, and then requests no other page.
 *
 * @example await readSideBySide({ since, lanes: 8 }, readPage, (session) => found.push(session));
 */
export async function readSideBySide<T extends Item>(
  { since, until = null, lanes }: { since: number; until?: number | null | undefined; lanes: number },
  readPage: (slice: Slice) => Promise<Page<T>>,
  visit: (item: T) => void,
): Promise<void> {
  const seen = new Set<string>();
  /** Slices being read now. */
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

/**
 * Bounds for the pages of one part, as estimated from the last page: the estimate gets worse with distance, and each part ends with a
 * partial page.
 */
const MAX_PAGES = 16;
const FEWEST_PAGES = 1.5;

/** Splits the rest of a slice into at most `among` parts, or fewer if the parts would be too small. */
function shareOut(slice: Slice, { newest, last, among }: { newest: Item; last: Item; among: number }): Slice[] {
  const reached = Math.floor(last.createdAt / 1000);
  const perPage = Math.max(1, Math.floor(newest.createdAt / 1000) - reached);
  const pages = (reached - slice.since) / perPage;
  const count = Math.max(1, Math.floor(Math.min(among, pages / FEWEST_PAGES)));
  const length = Math.ceil(perPage * Math.min(MAX_PAGES, pages / count));
  const parts: Slice[] = [];
  // Only the newest part continues where the page ended.
  let older: Slice = { ...slice, after: last.id };
  for (let from = reached - length; parts.length < count - 1 && from > slice.since; from -= length) {
    parts.push({ ...older, since: from });
    older = { since: slice.since, until: from };
  }
  return [...parts, older];
}
