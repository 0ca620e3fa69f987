import { CLAIMS_PER_PAGE, type Claim, type ClaimsQuery, type ReservationStore } from "./reservation-store";

/** All claims that are asked for, oldest first, read page by page: those that end in between are left out, or not. */
export async function* everyClaim(store: Pick<ReservationStore, "claims">, query: Omit<ClaimsQuery, "after">): AsyncGenerator<Claim> {
  const { limit = CLAIMS_PER_PAGE } = query;
  let after: Claim | undefined;
  for (;;) {
    const page = await store.claims({ ...query, limit, after });
    yield* page;
    after = page.at(-1);
    if (after === undefined || page.length < limit) return;
  }
}
