import type { ListSort } from "~/catalog/catalog";

interface ListState {
  /** Empty: all products. */
  readonly search: string;
  /** Null: the shop's own order. */
  readonly sort: ListSort | null;
  readonly page?: number;
}

/** Address of a page of the list. Whatever is at its default is left out, so that each page has one address. */
export function listAddress({ search, sort, page = 1 }: ListState): string {
  const query = new URLSearchParams({
    ...(search === "" ? {} : { q: search }),
    ...(sort === null ? {} : { sort }),
    ...(page === 1 ? {} : { page: String(page) }),
  }).toString();
  return query === "" ? "/" : `/?${query}`;
}
