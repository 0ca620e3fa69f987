import { z } from "zod";
import { expand, integer, text } from "./request-params.server";
import { invalidParam, noSuch } from "./stripe-error.server";

/** Pagination parameters of all lists. Source: https://docs.stripe.com/api/pagination */
export const pageParams = {
  limit: integer({ min: 1, max: 100 }).optional(),
  starting_after: text.optional(),
  ending_before: text.optional(),
  expand,
};

const bound = integer().optional();
/** `created=5` or `created[gte]=5`, in epoch seconds. */
export const createdParam = z
  .preprocess(
    (value) => (typeof value === "string" ? { gte: value, lte: value } : value),
    z.strictObject({ gt: bound, gte: bound, lt: bound, lte: bound }),
  )
  .optional();

export interface PageRequest {
  limit?: number | undefined;
  starting_after?: string | undefined;
  ending_before?: string | undefined;
}

export interface StripeList<T> {
  object: "list";
  data: T[];
  has_more: boolean;
  url: string;
}

export function isCreatedWithin(created: number, range: z.infer<typeof createdParam>): boolean {
  if (range === undefined) return true;
  return (
    (range.gt === undefined || created > range.gt) &&
    (range.gte === undefined || created >= range.gte) &&
    (range.lt === undefined || created < range.lt) &&
    (range.lte === undefined || created <= range.lte)
  );
}

/**
 * Returns one page of the matching items of `all`, which is in list order (mostly newest first). The cursor may be an
 * item that no longer matches, such as a session that was completed between two pages.
 */
export function page<T extends { id: string }>(
  all: readonly T[],
  matches: (item: T) => boolean,
  request: PageRequest,
  list: { url: string; kind: string },
): StripeList<T> {
  const limit = request.limit ?? 10;
  const { starting_after: after, ending_before: before } = request;
  if (after !== undefined && before !== undefined) {
    throw invalidParam("You cannot specify both `starting_after` and `ending_before` at the same time.", {
      param: "starting_after",
    });
  }
  const position = (id: string, param: string): number => {
    const index = all.findIndex((item) => item.id === id);
    if (index === -1) throw noSuch(list.kind, id, param, 400);
    return index;
  };
  if (before !== undefined) {
    const found = all.slice(0, position(before, "ending_before")).filter(matches);
    return { object: "list", data: found.slice(-limit), has_more: found.length > limit, url: list.url };
  }
  const start = after === undefined ? 0 : position(after, "starting_after") + 1;
  const data: T[] = [];
  for (let index = start; index < all.length; index += 1) {
    const item = all[index];
    if (item === undefined || !matches(item)) continue;
    if (data.length === limit) return { object: "list", data, has_more: true, url: list.url };
    data.push(item);
  }
  return { object: "list", data, has_more: false, url: list.url };
}
