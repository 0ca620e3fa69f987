import type Stripe from "stripe";
import { unknownOutcome } from "./ask-stripe.server";

export type After = Pick<Stripe.PaginationParams, "starting_after">;

/** All items of a list, page by page. */
export async function* pages<Item extends { id: string }>(
  what: string,
  readPage: (after: After) => Promise<{ data: Item[]; has_more: boolean }>,
): AsyncGenerator<Item> {
  try {
    for (let last: Item | undefined; ;) {
      const page = await readPage(last === undefined ? {} : { starting_after: last.id });
      yield* page.data;
      if (!page.has_more) return;
      last = page.data.at(-1);
    }
  } catch (error) {
    throw unknownOutcome(what, error);
  }
}

/** Filter for a list's `created`, which is in seconds; `createdSince` is epoch milliseconds. */
export const since = (createdSince: number) => ({ gte: Math.floor(createdSince / 1000) });
